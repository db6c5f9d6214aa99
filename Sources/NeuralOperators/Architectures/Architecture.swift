public import Learning

/// A kind of network that recipes name.
///
/// One file each, and a line in `ArchitectureRegistry`.
public protocol Architecture: Sendable {
  /// The name in recipes: `model: {type: NAME}`.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// The settings beside `type`.
  var keys: [SettingKey] { get }
  /// Whether modes of its networks can come into use while they learn, see `ModeGrowth`; not unless said.
  var canGrow: Bool { get }

  /// The network for some data.
  ///
  /// - Throws: `SettingError` for settings that do not fit the data.
  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer
}

extension Architecture {
  public var canGrow: Bool { false }
}

/// What a network is to be made for.
public struct DataDescription: Sendable, Hashable, Codable {
  /// Points of the input's axes: space, in the problem's order.
  public var grid: [Int]
  /// Where the points of each axis stand.
  public var placements: [CoordinateChannels.Placement]
  public var inputChannels: Int
  /// Numbers of the target at every point of the grid; for data with a time axis the frames times the fields.
  public var outputChannels: Int
  /// Fields of the input's last frame, of which the output has some frames: what a roll-out passes on.
  public var fields: Int
  /// What the problem demands at the ends of each axis; where there are fewer, periodic axes have none and others any.
  public var ends: [AxisEnds]

  /// The conditions at both ends of an axis.
  public enum AxisEnds: String, Sendable, Hashable, Codable {
    /// None: the axis goes on at its other end.
    case periodic
    /// Values are given.
    case dirichlet
    /// Slopes are given.
    case neumann
    /// Anything else, such as a mixture or an axis of time.
    case other
  }

  public init(
    grid: [Int], placements: [CoordinateChannels.Placement], inputChannels: Int, outputChannels: Int,
    fields: Int = 1, ends: [AxisEnds] = []
  ) {
    self.grid = grid
    self.placements = placements
    self.ends = ends
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.fields = fields
  }
}

/// The kinds of networks, by name.
///
/// A new kind is one file and a line here.
public enum ArchitectureRegistry {
  public static let all: [any Architecture] = [
    FNOArchitecture(), TFNOArchitecture(), FFNOArchitecture(), UNOArchitecture(),
  ]

  /// The kind of this name, if there is one.
  public static func architecture(named name: String) -> (any Architecture)? { all.first { $0.name == name } }
}
