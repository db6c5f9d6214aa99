import Equations
import Learning
import NeuralOperators
import ProblemFiles

/// The `model` and the `training` of a recipe.
struct RecipeSettings {
  private(set) var architecture = ""
  private(set) var settings: [String: SettingValue] = [:]
  private(set) var training = TrainingOptions()
  /// The deviation of noise on the normalised inputs.
  private(set) var noise: Double?
  private(set) var normalization = Normalizer.Kind.channel
  /// Motions of the grid under which training samples are seen, too.
  private(set) var symmetry = GridSymmetry.none
  private var symmetryNode: RecipeNode?
  /// The name of the loss, and its numbers.
  private(set) var loss = (name: RelativeL2().name, values: [String: Double]())
  private var lossNode: RecipeNode?
  private var optimizerNode: RecipeNode?
  private var scheduleNode: RecipeNode?
  private var growthNode: RecipeNode?
  private let model: RecipeNode?
  /// What a recipe of an operator may have.
  private static let parts = ["model", "data", "training"]

  /// - Throws: `ProblemFileError` for what is wrong, at its place.
  init(_ recipe: Recipe) throws(ProblemFileError) {
    model = recipe["model"]
    guard let model, let type = model["type"] else {
      throw recipe.root.error(
        "the recipe does not say what network to train", hint: "model: {type: fno, modes: 12, width: 32}")
    }
    architecture = try type.text()
    guard let kind = ArchitectureRegistry.architecture(named: architecture) else {
      throw type.error(
        "'\(architecture)' cannot be trained",
        hint: nearestName(to: architecture, in: ArchitectureRegistry.all.map(\.name)).map {
          "did you mean '\($0)'?"
        }
          ?? "there is \(ArchitectureRegistry.all.map(\.name).joined(separator: ", "))")
    }
    try recipe.root.refuseOthers(than: Self.parts, in: "the recipe of an operator")
    for (key, value) in model.entries ?? [] where key != "type" { settings[key] = try value.settingValue() }
    // Said before hours are spent on data.
    do { _ = try Settings(settings, keys: kind.keys, of: architecture) } catch { throw located(error) }
    if let node = recipe["training"] { try read(node) }
  }

  private mutating func read(_ node: RecipeNode) throws(ProblemFileError) {
    func integer(_ key: String) throws(ProblemFileError) -> Int? {
      guard let node = node[key] else { return nil }
      return try node.integer()
    }
    func number(_ key: String) throws(ProblemFileError) -> Double? {
      guard let node = node[key] else { return nil }
      return try node.number()
    }
    training.epochs = try integer("epochs") ?? training.epochs
    training.batchSize = try integer("batch") ?? training.batchSize
    training.chunks = try integer("chunks")
    training.rate = try number("rate")
    training.averageDecay = try number("average")
    noise = try number("noise")
    training.patience = try integer("patience")
    training.seed = UInt64(try integer("seed") ?? 0)
    if let limit = try number("clip") { training.clipping = .norm(limit) }
    if let kind = node["normalization"]?.scalar {
      normalization = Normalizer.Kind(rawValue: kind) ?? .channel
    }
    if let kind = node["symmetry"] {
      symmetryNode = kind
      symmetry = kind.scalar.flatMap(GridSymmetry.init) ?? .none
    }
    if let node = node["optimizer"] {
      optimizerNode = node
      let (name, settings) = try node.method()
      do { training.optimizer = try OptimizerRegistry.kind(named: name) } catch {
        throw node.error("\(error)")
      }
      training.optimizerSettings = settings
    }
    if let node = node["loss"] {
      lossNode = node
      let (name, values) = try node.method()
      loss = (name, values)
    }
    growthNode = node["growth"]
    if let growthNode, ArchitectureRegistry.architecture(named: architecture)?.canGrow != true {
      throw growthNode.error(
        "the modes of '\(architecture)' cannot grow",
        hint: "those of \(ArchitectureRegistry.all.filter(\.canGrow).map(\.name).joined(separator: ", ")) can"
      )
    }
    if let node = node["schedule"] {
      scheduleNode = node
      (training.schedule, training.scheduleSettings) = try node.method()
    }
  }

  /// The loss on the grid of the data.
  ///
  /// - Throws: `ProblemFileError` where it does not fit the grid, at its place.
  func makeLoss(axes: [GridAxis]) throws(ProblemFileError) -> any Loss {
    do { return try LossRegistry.kind(named: loss.name).make(axes: axes, values: loss.values) } catch {
      guard let lossNode else {
        preconditionFailure("RecipeSettings: the usual loss fits every grid: \(error)")
      }
      throw lossNode.error("\(error)")
    }
  }

  /// How the modes of a network grow, if the recipe says so.
  ///
  /// - Throws: `ProblemFileError` for a network that cannot, or modes that it does not have, at its place.
  func growth(of network: any Layer) throws(ProblemFileError) -> ModeGrowth? {
    guard let node = growthNode else { return nil }
    guard let first = node["start"] else {
      throw node.error("'growth' does not say with how many modes", hint: "growth: {start: 4}")
    }
    var start: [Int] = []
    for element in first.elements ?? [first] { start.append(try element.integer()) }
    var rule = ModeGrowth.Rule.lossGap(Self.usualLossGap)
    if let gap = node["gap"] { rule = .lossGap(try gap.number()) }
    if let explained = node["explained"] {
      guard node["gap"] == nil else { throw explained.error("'gap' and 'explained' are two rules: give one") }
      rule = .explainedVariance(try explained.number(), buffer: try node["buffer"]?.integer() ?? 1)
    }
    do { return try ModeGrowth(of: network, start: start, rule: rule) } catch {
      throw (error.key.flatMap { node[$0] } ?? node).error(error.message, hint: error.hint)
    }
  }

  private static let usualLossGap = 0.02

  /// The samples of training, moved by the symmetries that the recipe names.
  ///
  /// - Throws: `ProblemFileError` where the grid has none of them, at its place.
  func symmetric(
    _ data: any TrainingData, placements: [CoordinateChannels.Placement]
  ) throws(ProblemFileError) -> any TrainingData {
    guard let symmetryNode, symmetry != .none else { return data }
    let moved: SymmetricData
    do { moved = try SymmetricData(data, symmetry, placements: placements) } catch {
      throw symmetryNode.error("\(error)")
    }
    guard moved.motionCount > 1 else {
      throw symmetryNode.error(
        "of \(data.inputShape.dropLast().map(String.init).joined(separator: "×")) points no two axes are alike"
      )
    }
    return moved
  }

  /// What is wrong with a method of the training, at its place where that is known.
  func located(_ error: LearningError) -> any Error {
    switch error {
    case .invalidParameter(let name, let method, _, _), .unknownParameter(let name, let method, _):
      let node = method == training.schedule ? scheduleNode : optimizerNode
      return node.map { ($0[name] ?? $0).error("\(error)") } ?? error
    case .tooLarge:
      return model?.error("\(error)", hint: "fewer modes or a smaller width") ?? error
    default: return error
    }
  }

  /// What is wrong with the model, at its place.
  func located(_ error: SettingError) -> ProblemFileError {
    guard let model else { preconditionFailure("RecipeSettings: a recipe without a model was read") }
    return (error.key.flatMap { model[$0] } ?? model).error(error.message, hint: error.hint)
  }
}
