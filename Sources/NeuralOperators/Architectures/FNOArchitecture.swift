import Differentiation
import Learning

/// `model: {type: fno}`.
struct FNOArchitecture: Architecture {
  let name = "fno"
  let summary = "Fourier neural operator: channels of the lowest modes are mixed mode by mode"
  let source = "Li et al., ICLR 2021"
  var keys: [SettingKey] { FourierSettings.keys }

  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer {
    try FourierSettings.network(settings, for: data) { modes, width, outputs, placements, padding in
      FourierNeuralOperator(
        modes: modes, width: width, layers: settings.integer("layers"),
        projection: settings.integer("projection"),
        outputs: outputs, activation: FourierSettings.activation(settings),
        initial: SpectralBlock.Initial(rawValue: settings.text("initial")) ?? .positive,
        coordinates: placements,
        padding: padding)
    }
  }
}

/// What the settings of the Fourier operators have in common.
enum FourierSettings {
  static let keys: [SettingKey] = [
    SettingKey(
      "modes", .integers(1...4096), "the frequencies kept along each axis: 0 … modes − 1, and −modes … −1"),
    SettingKey("width", .integer(1...4096), "channels of the Fourier layers"),
    SettingKey("layers", .integer(1...64), default: .number(4), "Fourier layers"),
    SettingKey("projection", .integer(1...65536), default: .number(128), "hidden channels of the projection"),
    SettingKey(
      "activation", .choice(Activation.allCases.map(\.rawValue)), default: .text("gelu"),
      "the nonlinear function"),
    SettingKey(
      "initial", .choice(["positive", "normal"]), default: .text("positive"), "how spectral weights are drawn"
    ),
    SettingKey(
      "time", .choice(["channels", "axis", "steps"]), default: .text("channels"),
      "how frames of the output are made: as channels, as one more axis, or step by step from their own answers"
    ),
    SettingKey(
      "padding", .number(0...2), isOptional: true,
      "by which share of its points an axis that is not periodic is prolonged"),
    SettingKey("detached", .boolean, default: .boolean(false), "steps: whether gradients stop at each step"),
    SettingKey(
      "increments", .boolean, default: .boolean(false),
      "steps: whether the network gives the change of a frame"),
  ]

  /// An axis that is not periodic is prolonged by this share unless the recipe says otherwise.
  private static let usualPadding = 0.25

  static func activation(_ settings: Settings) -> Activation {
    Activation(rawValue: settings.text("activation")) ?? .gelu
  }

  /// A network made by `make` for the axes that it sees, and what leads from frames to them and back.
  static func network(
    _ settings: Settings, for data: DataDescription,
    make: (
      _ modes: [Int], _ width: Int, _ outputs: Int, [CoordinateChannels.Placement], _ padding: [Double]
    ) throws(SettingError) -> any Layer
  ) throws(SettingError) -> any Layer {
    let width = settings.integer("width")
    let time = settings.text("time")
    let isAxis = time == "axis"
    let frames = data.outputChannels / max(data.fields, 1)
    guard time == "channels" || frames * data.fields == data.outputChannels else {
      throw SettingError(
        key: "time",
        message: "\(data.outputChannels) output channels are no whole frames of \(data.fields) fields")
    }
    let placements = data.placements + (isAxis ? [.nodes] : [])
    let modes = try settings.integers("modes", axes: placements.count)
    let share = settings.has("padding") ? settings.number("padding") : usualPadding
    let padding = placements.map { $0 == .periodic ? 0 : share }
    let outputs = time == "channels" ? data.outputChannels : data.fields
    let inner = try make(modes, width, outputs, placements, padding)
    switch time {
    case "axis": return SpaceTime(frames: frames, inner)
    case "steps":
      return RollOut(
        frames: frames, fields: data.fields, isDetached: settings.boolean("detached"),
        addsToLast: settings.boolean("increments"), inner)
    default: return inner
    }
  }
}
