import Equations
import Learning
import PhysicsInformed
import ProblemFiles

/// A recipe for a network that is to satisfy the equations of a problem at points.
struct CollocationRecipe {
  private(set) var network = ""
  private(set) var networkSettings: [String: SettingValue] = [:]
  private(set) var harmonics = 1
  private(set) var randomWaves = 0
  private(set) var randomScale = 1.0
  private(set) var style = ConstraintPlan.Style()
  private(set) var counts = PointCounts()
  /// What the loss of terms of a kind is multiplied by.
  private(set) var weights: [TermDescription.Kind: Double] = [:]
  private(set) var sampler = (name: "sobol", settings: [String: Double]())
  private(set) var balancer = (name: "fixed", settings: [String: Double]())
  private(set) var optimizer = (name: "levenberg-marquardt", settings: [String: Double]())
  private(set) var rate: Double?
  private(set) var schedule = (name: "constant", settings: [String: Double]())
  private(set) var steps = 200
  /// After which no step is begun.
  private(set) var seconds: Double?
  private(set) var seed: UInt64 = 0
  private(set) var isDouble = true
  private(set) var tile = 128
  private let root: RecipeNode

  /// What a recipe of a network at points may have.
  static let parts = [
    "model", "points", "constraints", "weights", "sampler", "balancer", "optimizer", "training",
  ]
  private static let trainingParts = [
    "steps", "seconds", "rate", "schedule", "seed", "precision", "tile", "optimizer",
  ]

  /// Recipes that every problem has: what they leave open follows from the problem's class.
  static let builtIn = [
    "pinn": "{model: {type: mlp}}",
    "pinn-newton":
      "{model: {type: mlp}, optimizer: levenberg-marquardt, training: {steps: 5000, seconds: 600}}",
    "pinn-adam": "{model: {type: mlp}, optimizer: adam, sampler: r3, balancer: gradient-norm}",
  ]

  /// Keys of the model beside those of its kind.
  static let embeddingKeys: [SettingKey] = [
    SettingKey(
      "harmonics", .integer(1...256), default: .number(1),
      "waves of 1 … so many periods along every periodic axis"),
    SettingKey(
      "waves", .integer(0...4096), default: .number(0),
      "random Fourier features: cosines and sines in so many random directions"),
    SettingKey(
      "spread", .number(0...1e4), default: .number(1),
      "the standard deviation of the wavenumbers of random features"),
  ]
  static var modelKeys: [SettingKey] {
    JetNetworkRegistry.shared + embeddingKeys + JetNetworkRegistry.all.flatMap(\.settings)
  }

  /// Whether a recipe is of this sort.
  static func describes(_ recipe: Recipe) -> Bool {
    guard let type = recipe["model"]?["type"]?.scalar else { return false }
    return JetNetworkRegistry.kind(named: type) != nil
  }

  /// - Throws: `ProblemFileError` for what is wrong, at its place.
  init(_ recipe: Recipe) throws(ProblemFileError) {
    root = recipe.root
    guard let model = recipe["model"], let type = model["type"],
      let kind = JetNetworkRegistry.kind(named: try type.text())
    else {
      throw recipe.root.error("the recipe does not say what network to train", hint: "model: {type: mlp}")
    }
    network = kind.name
    try recipe.root.refuseOthers(than: Self.parts, in: "the recipe of a network at points")
    for (key, value) in model.entries ?? [] where key != "type" {
      networkSettings[key] = try value.settingValue()
    }
    let settings: Settings
    do { settings = try Settings(networkSettings, keys: Self.keys(of: kind), of: network) } catch {
      throw located(error)
    }
    harmonics = settings.integer("harmonics")
    randomWaves = settings.integer("waves")
    randomScale = settings.number("spread")
    if settings.text("activation") == "relu" {
      throw (model["activation"] ?? model).error(
        "relu has no second derivative that could be followed",
        hint: "tanh, sin, silu and gelu have all of them")
    }
    try readPoints()
    try readConstraints()
    try readTraining()
  }

  private static func keys(of kind: any JetNetworkKind) -> [SettingKey] {
    JetNetworkRegistry.shared + embeddingKeys + kind.settings
  }

  private mutating func readPoints() throws(ProblemFileError) {
    guard let node = root["points"] else { return }
    guard let entries = node.entries else {
      counts.interior = try node.integer()
      return
    }
    for (key, value) in entries {
      switch key {
      case "interior": counts.interior = try value.integer()
      case "boundary": counts.boundary = try value.integer()
      case "initial": counts.initial = try value.integer()
      default:
        throw value.error("unknown key '\(key)' in 'points'", hint: "it has interior, boundary, initial")
      }
    }
  }

  private mutating func readConstraints() throws(ProblemFileError) {
    if let node = root["constraints"] {
      func boundary(_ node: RecipeNode) throws(ProblemFileError) -> ConstraintPlan.Style.Boundary {
        guard let value = ConstraintPlan.Style.Boundary(rawValue: try node.text()) else {
          throw node.error(
            "'\(try node.text())' is no way to satisfy conditions", hint: "there is hard, soft")
        }
        return value
      }
      func initial(_ node: RecipeNode) throws(ProblemFileError) -> ConstraintPlan.Style.Initial {
        guard let value = ConstraintPlan.Style.Initial(rawValue: try node.text()) else {
          throw node.error(
            "'\(try node.text())' is no way to satisfy conditions", hint: "there is hard, decaying, soft")
        }
        return value
      }
      if node.entries == nil {
        style.boundary = try boundary(node)
        style.initial = try initial(node)
      } else {
        try node.refuseOthers(than: ["boundary", "initial", "decay"], in: "'constraints'")
        if let value = node["boundary"] { style.boundary = try boundary(value) }
        if let value = node["initial"] { style.initial = try initial(value) }
        if let value = node["decay"] { style.decay = try value.number() }
      }
    }
    for (key, value) in root["weights"]?.entries ?? [] {
      guard let kind = TermDescription.Kind(rawValue: key) else {
        throw value.error(
          "unknown key '\(key)' in 'weights'", hint: "it has equations, boundary, initial, data")
      }
      weights[kind] = try value.number()
    }
  }

  private mutating func readTraining() throws(ProblemFileError) {
    if let chosen = root["sampler"] {
      let (name, settings) = try chosen.method()
      sampler = (name, settings)
    }
    if let chosen = root["balancer"] {
      let (name, settings) = try chosen.method()
      balancer = (name, settings)
    }
    let node = root["training"]
    if let node { try node.refuseOthers(than: Self.trainingParts, in: "the training of a network at points") }
    if let chosen = root["optimizer"] ?? node?["optimizer"] {
      let (name, settings) = try chosen.method()
      optimizer = (name, settings)
    }
    let isLeastSquares = LeastSquaresRegistry.kind(named: optimizer.name) != nil
    if isLeastSquares, root["sampler"] == nil {
      // Points that stay are soon fitted better than what lies between them.
      sampler = ("rad", ["every": 5, "candidates": 20_000])
    }
    isDouble = isLeastSquares || (try? OptimizerRegistry.kind(named: optimizer.name))?.needsDouble == true
    if !isLeastSquares { steps = 20_000 }
    guard let node else { return }
    if let value = node["steps"] { steps = try value.integer() }
    if let value = node["seconds"] { seconds = try value.number() }
    if let value = node["rate"] { rate = try value.number() }
    if let value = node["schedule"] {
      let (name, settings) = try value.method()
      schedule = (name, settings)
    }
    if let value = node["seed"] { seed = UInt64(try value.integer()) }
    if let value = node["tile"] { tile = try value.integer() }
    if let value = node["precision"] { isDouble = try value.text() == "double" }
  }

  /// Features of points of a problem.
  func embedding(of form: PointwiseForm, seed: UInt64) -> Embedding {
    var coordinates = form.domain.axes.map {
      Embedding.Coordinate(lower: $0.lower, upper: $0.upper, isPeriodic: $0.isPeriodic)
    }
    if let time = form.domain.time {
      coordinates.append(.init(lower: time.lowerBound, upper: time.upperBound, isPeriodic: false))
    }
    var embedding = Embedding(coordinates: coordinates)
    embedding.harmonics = harmonics
    embedding.randomWaves = randomWaves
    embedding.randomScale = randomScale
    embedding.seed = seed
    return embedding
  }

  /// - Throws: `ProblemFileError`.
  func makeNetwork() throws(ProblemFileError) -> any JetNetwork {
    guard let kind = JetNetworkRegistry.kind(named: network) else {
      throw root.error("there is no network '\(network)'")
    }
    do { return try kind.make(try Settings(networkSettings, keys: Self.keys(of: kind), of: network)) } catch {
      throw located(error)
    }
  }

  private func located(_ error: SettingError) -> ProblemFileError {
    let model = root["model"] ?? root
    return (error.key.flatMap { model[$0] } ?? model).error(error.message, hint: error.hint)
  }

  /// Why there are no points, at the place of the sampler.
  func located(_ error: SamplingError) -> ProblemFileError { locatedAtSampler("\(error)") }

  func locatedAtSampler(_ message: String) -> ProblemFileError {
    (root["sampler"] ?? root["points"] ?? root).error(message)
  }

  /// What is wrong with a method, at its place.
  func located(_ error: LearningError) -> ProblemFileError {
    (root["optimizer"] ?? root["training"] ?? root).error("\(error)")
  }
}
