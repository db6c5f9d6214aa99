public import Learning

/// A network as it was published: its settings, what it was made for, and how many parameters it has.
public struct OperatorPreset: Sendable {
  public var name: String
  /// The name in `ArchitectureRegistry`.
  public var architecture: String
  public var settings: [String: SettingValue]
  public var data: DataDescription
  /// Published parameters, a complex one counted as two.
  public var parameters: Int
  public var source: String

  /// - Throws: `SettingError` for settings that the architecture does not have.
  public func network() throws(SettingError) -> any Layer {
    guard let kind = ArchitectureRegistry.architecture(named: architecture) else {
      throw SettingError(key: "type", message: "there is no architecture '\(architecture)'")
    }
    return try kind.make(Settings(settings, keys: kind.keys, of: architecture), for: data)
  }
}

/// Published networks.
public enum OperatorPresets {
  public static let all = [fno1D, fno2DSteps, fno3D]

  /// Burgers' equation, 1024 points: the initial value and the coordinate, to the value at the end.
  public static let fno1D = OperatorPreset(
    name: "fno-1d", architecture: "fno",
    settings: ["modes": .number(16), "width": .number(64), "activation": .text("relu")],
    data: DataDescription(grid: [1024], placements: [.periodic], inputChannels: 1, outputChannels: 1),
    parameters: 549_569, source: "Li et al., ICLR 2021, fourier_1d.py")

  /// Vorticity of forced flow on 64² points, ten frames to forty, step by step.
  public static let fno2DSteps = OperatorPreset(
    name: "fno-2d-steps", architecture: "fno",
    settings: [
      "modes": .number(8), "width": .number(20), "norm": .text("batch"), "activation": .text("relu"),
      "time": .text("steps"),
    ], data: vorticity, parameters: 414_517, source: "Li et al., ICLR 2021, table 1, FNO-2D")

  /// The same at once, over space and time.
  public static let fno3D = OperatorPreset(
    name: "fno-3d", architecture: "fno",
    settings: [
      "modes": .number(8), "width": .number(20), "norm": .text("batch"), "activation": .text("relu"),
      "time": .text("axis"),
    ], data: vorticity, parameters: 6_558_537, source: "Li et al., ICLR 2021, table 1, FNO-3D")

  private static let vorticity = DataDescription(
    grid: [64, 64], placements: [.periodic, .periodic], inputChannels: 10, outputChannels: 40)
}
