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
  public static let all = [fno1D]

  /// Burgers' equation, 1024 points: the initial value and the coordinate, to the value at the end.
  public static let fno1D = OperatorPreset(
    name: "fno-1d", architecture: "fno", settings: ["modes": .number(16), "width": .number(64)],
    data: DataDescription(grid: [1024], placements: [.periodic], inputChannels: 1, outputChannels: 1),
    parameters: 549_569, source: "Li et al., ICLR 2021, fourier_1d.py")
}
