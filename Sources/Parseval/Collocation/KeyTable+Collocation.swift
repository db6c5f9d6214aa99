import Arrays
import Learning
import PhysicsInformed
public import ProblemFiles

extension KeyTable {
  /// The keys of recipes for networks at points, beside `model` and `training`.
  public static var collocation: KeyTable {
    let recipe = "recipes.*"
    let (points, constraints, weights) = ("\(recipe).points", "\(recipe).constraints", "\(recipe).weights")
    let (optimizer, sampler) = ("\(recipe).optimizer", "\(recipe).sampler")
    let balancer = "\(recipe).balancer"
    let balancers = BalancerRegistry.all.map { RegisteredName($0.name, $0.summary) }
    let samplers = SamplerRegistry.all.map { RegisteredName($0.name, $0.summary) }
    let methods =
      OptimizerRegistry.all.map { RegisteredName($0.name, $0.summary) }
      + LeastSquaresRegistry.all.map { RegisteredName($0.name, $0.summary) }
    return KeyTable(
      title: "Networks at points of space and time",
      keys: [
        Key(
          points, [.integer, .mapping], "Points at which equations and conditions are to hold.",
          default: "4000",
          example: "{interior: 4096, boundary: 256, initial: 256}", shortForm: "interior"),
        Key(
          "\(points).interior", [.integer], "Points within the domain.", default: "4000",
          range: ValueRange(1, 1e8), example: "4096"),
        Key(
          "\(points).boundary", [.integer],
          "Points on every part of the boundary whose conditions are terms of the loss.",
          default: "256", range: ValueRange(1, 1e8), example: "256"),
        Key(
          "\(points).initial", [.integer],
          "Points at the first time, where initial values are a term of the loss.",
          default: "256", range: ValueRange(1, 1e8), example: "256"),
        Key(
          constraints, [.choice(["hard", "soft"]), .mapping],
          "Whether conditions hold by construction, where that can be, or are terms of the loss.",
          default: "hard",
          example: "{boundary: hard, initial: decaying}"),
        Key(
          "\(constraints).boundary", [.choice(["hard", "soft"])], "Dirichlet conditions.", default: "hard",
          example: "soft"),
        Key(
          "\(constraints).initial", [.choice(["hard", "decaying", "soft"])],
          "Initial values: u₀ + τ N, or a u₀ that decays, or a term of the loss.", default: "hard",
          example: "decaying"),
        Key(
          "\(constraints).decay", [.number], "How fast an initial value decays: exp(−decay τ).", default: "5",
          range: .positive, example: "5"),
        Key(weights, [.mapping], "What terms of the loss are multiplied by.", example: "{boundary: 100}"),
        Key(
          "\(weights).equations", [.number], "The equations.", default: "1", range: .positive, example: "1"),
        Key(
          "\(weights).boundary", [.number], "Conditions on the boundary.", default: "1", range: .positive,
          example: "100"),
        Key(
          "\(weights).initial", [.number], "Initial values.", default: "1", range: .positive, example: "100"),
        Key("\(weights).data", [.number], "Data.", default: "1", range: .positive, example: "1"),
        Key(
          sampler, [.registered, .mapping], "What chooses the points of the equations.",
          default: "rad for methods of second order, sobol for others",
          example: "r3", shortForm: "type"),
        Key("\(sampler).type", [.registered], "The kind of sampler.", example: "r3"),
        Key(
          balancer, [.registered, .mapping], "How the terms of the loss are put together.", default: "fixed",
          example: "gradient-norm", shortForm: "type"),
        Key("\(balancer).type", [.registered], "The kind of balancer.", example: "gradient-norm"),
        Key(
          optimizer, [.registered, .mapping], "How the weights of a network at points are moved.",
          default: "levenberg-marquardt", example: "adam", shortForm: "type"),
        Key("\(optimizer).type", [.registered], "The kind of optimizer.", example: "adam"),
        Key(
          "\(recipe).training.steps", [.integer], "Steps of a network at points.",
          default: "200 of levenberg-marquardt, 20000 of others", range: ValueRange(1, 1e9), example: "500"),
        Key(
          "\(recipe).training.seconds", [.number],
          "The time after which no step of a network at points is begun.",
          unit: "s", default: "none", range: .positive, example: "600"),
        Key(
          "\(recipe).training.precision", [.choice(["float", "double"])],
          "The numbers that a network at points computes with.",
          default: "double for methods of second order, float for others", example: "double"),
        Key(
          "\(recipe).training.tile", [.integer], "Points that go through the network at once.",
          default: "128",
          range: ValueRange(8, 65536), example: "128"),
      ]
        + parameters(
          OptimizerRegistry.all.flatMap(\.parameters) + LeastSquaresRegistry.all.flatMap(\.parameters),
          under: optimizer)
        + parameters(SamplerRegistry.all.flatMap(\.parameters), under: sampler)
        + parameters(BalancerRegistry.all.flatMap(\.parameters), under: balancer),
      names: [
        balancer: balancers, "\(balancer).type": balancers, sampler: samplers, "\(sampler).type": samplers,
        optimizer: methods, "\(optimizer).type": methods,
      ])
  }
}
