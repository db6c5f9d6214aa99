import Differentiation
import Learning

/// The axes that a network sees, and how it treats them.
struct GridSettings {
  var placements: [CoordinateChannels.Placement]
  var bases: [AxisBasis]
  var padding: [Double]
  /// Channels of the network's result.
  var outputs: Int
}

/// What the settings of the Fourier operators have in common.
enum FourierSettings {
  static let keys: [SettingKey] = [
    SettingKey(
      "modes", .integers(1...4096),
      "the frequencies kept along each axis: 0 … modes − 1, and −modes … −1; of cosines and sines the first ones"
    ),
    SettingKey("width", .integer(1...4096), "channels of the Fourier layers"),
    SettingKey("layers", .integer(1...64), default: .number(4), "Fourier layers"),
    SettingKey(
      "repeats", .integer(1...64), default: .number(1),
      "how often each layer is applied in a row, with the same weights"),
    SettingKey("projection", .integer(1...65536), default: .number(128), "hidden channels of the projection"),
    SettingKey(
      "activation", .choice(Activation.allCases.map(\.rawValue)), default: .text("gelu"),
      "the nonlinear function"),
    initial(.positive),
    SettingKey(
      "time", .choice(["channels", "axis", "steps"]), default: .text("channels"),
      "how frames of the output are made: as channels, as one more axis, or step by step from their own answers"
    ),
    SettingKey(
      "padding", .number(0...2), isOptional: true,
      "by which share of its points an axis that is not periodic is prolonged"),
    SettingKey(
      "symmetry", .choice(GridSymmetry.allCases.map(\.rawValue)),
      default: .text(GridSymmetry.none.rawValue),
      "motions of the axes that the operator keeps, as a mean over networks: exchanges of equal axes, reflections, or all of them"
    ),
    SettingKey("detached", .boolean, default: .boolean(false), "steps: whether gradients stop at each step"),
    SettingKey(
      "increments", .boolean, default: .boolean(false),
      "steps: whether the network gives the change of a frame"),
  ]

  /// How spectral weights are drawn.
  static func initial(_ usual: SpectralBlock.Initial) -> SettingKey {
    SettingKey(
      "initial", .choice(SpectralBlock.Initial.allCases.map(\.rawValue)), default: .text(usual.rawValue),
      "how spectral weights are drawn")
  }

  /// An axis that is not periodic is prolonged by this share unless the recipe says otherwise.
  private static let usualPadding = 0.25

  static func activation(_ settings: Settings) -> Activation {
    Activation(rawValue: settings.text("activation")) ?? .gelu
  }

  /// A network made by `make` for the axes that it sees, and what leads from frames to them and back.
  static func network(
    _ settings: Settings, for data: DataDescription,
    make: (_ grid: GridSettings) throws(SettingError) -> any Layer
  ) throws(SettingError) -> any Layer {
    let time = settings.text("time")
    let frames = data.outputChannels / max(data.fields, 1)
    guard time == "channels" || frames * data.fields == data.outputChannels else {
      throw SettingError(
        key: "time",
        message: "\(data.outputChannels) output channels are no whole frames of \(data.fields) fields")
    }
    let network = try make(grid(settings, for: data))
    let whole: any Layer =
      switch time {
      case "axis": SpaceTime(frames: frames, network)
      case "steps":
        RollOut(
          frames: frames, fields: data.fields, isDetached: settings.boolean("detached"),
          addsToLast: settings.boolean("increments"), network)
      default: network
      }
    let group = GridSymmetry(rawValue: settings.text("symmetry")) ?? .none
    guard group != .none else { return whole }
    guard group.motions(of: data.grid, placements: data.placements).count > 1 else {
      throw SettingError(
        key: "symmetry",
        message: "of \(data.grid.map(String.init).joined(separator: "×")) points no two axes are alike")
    }
    return Symmetrized(group, placements: data.placements, whole)
  }

  private static func grid(_ settings: Settings, for data: DataDescription) -> GridSettings {
    let time = settings.text("time")
    let placements = data.placements + (time == "axis" ? [.nodes] : [])
    let isExpanded = settings.has("basis") && settings.text("basis") == "boundary"
    let share = settings.has("padding") ? settings.number("padding") : usualPadding
    return GridSettings(
      placements: placements,
      bases: placements.indices.map { axis in
        guard isExpanded, placements[axis] != .periodic else { return .fourier }
        let isSine = axis < data.ends.count && data.ends[axis] == .dirichlet
        return switch (placements[axis], isSine) {
        case (.cells, true): .sineCells
        case (.cells, false): .cosineCells
        case (_, true): .sineNodes
        case (_, false): .cosineNodes
        }
      },
      padding: placements.map { $0 == .periodic || isExpanded ? 0 : share },
      outputs: time == "channels" ? data.outputChannels : data.fields)
  }
}
