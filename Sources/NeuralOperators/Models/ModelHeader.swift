public import Exchange
public import Learning

/// What a file says of the network in it: enough to make it again, and to know what it is for.
public struct ModelHeader: Sendable, Codable, Hashable {
  /// Versions of this header that can be read: this one.
  public static let currentVersion = 1
  public var version = Self.currentVersion
  /// The name of the architecture, and its settings as they were given.
  public var architecture: String
  public var settings: [String: SettingValue]
  public var data: DataDescription
  public var inputNormalizer: Normalizer
  public var outputNormalizer: Normalizer
  /// `float` or `double`.
  public var precision: String
  /// What the input channels and the output channels are, as recipes write it.
  public var inputs: [String]
  public var outputs: [String]
  /// The names of the grid's axes.
  public var axes: [String]
  public var problem: String
  /// What data must have been made for: see `DataSetHeader.statement`.
  public var statement: String
  public var recipe: String
  public var trainingError: Double?
  public var validationError: Double?
  public var trainingSeconds: Double
  public var provenance: Provenance

  public init(
    architecture: String, settings: [String: SettingValue], data: DataDescription,
    inputNormalizer: Normalizer, outputNormalizer: Normalizer, precision: String, inputs: [String],
    outputs: [String],
    axes: [String], problem: String, statement: String, recipe: String, provenance: Provenance
  ) {
    self.architecture = architecture
    self.settings = settings
    self.data = data
    self.inputNormalizer = inputNormalizer
    self.outputNormalizer = outputNormalizer
    self.precision = precision
    self.inputs = inputs
    self.outputs = outputs
    self.axes = axes
    self.problem = problem
    self.statement = statement
    self.recipe = recipe
    self.provenance = provenance
    trainingSeconds = 0
  }

  /// The network in physical units.
  ///
  /// - Throws: `SettingError` for an architecture that does not exist, or settings that do not fit it.
  public func makeNetwork() throws(SettingError) -> NormalizedNetwork {
    guard let kind = ArchitectureRegistry.architecture(named: architecture) else {
      throw SettingError(
        key: "type", message: "there is no architecture '\(architecture)'",
        hint: "there is \(ArchitectureRegistry.all.map(\.name).joined(separator: ", "))")
    }
    let settings = try Settings(settings, keys: kind.keys, of: architecture)
    return NormalizedNetwork(
      inputs: inputNormalizer, try kind.make(settings, for: data), outputs: outputNormalizer)
  }
}
