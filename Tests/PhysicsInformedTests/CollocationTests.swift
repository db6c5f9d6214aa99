import Arrays
import Differentiation
import Equations
import Foundation
import Geometry
import Learning
import PhysicsInformed
import ProblemFiles
import Testing

@Suite struct CollocationTests {
  static func grid(_ n: Int) -> PointCloud {
    var coordinates: [Double] = []
    for i in 0..<n {
      for j in 0..<n { coordinates += [(Double(i) + 0.5) / Double(n), (Double(j) + 0.5) / Double(n)] }
    }
    return PointCloud(dimension: 2, coordinates: coordinates)
  }

  @Test func poisson() throws {
    let text = """
      problem: poisson
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u]
      equations: ["lap(u) + 2*pi^2*sin(pi*x)*sin(pi*y) = 0"]
      boundary: [{on: x, dirichlet: {u: 0}}, {on: y, dirichlet: {u: 0}}]
      """
    let file = try ProblemFileReader().read(text: text, file: "p.yaml")
    let form = try PointwiseForm(file.problem)
    let embedding = Embedding(
      coordinates: form.domain.axes.map { .init(lower: $0.lower, upper: $0.upper, isPeriodic: $0.isPeriodic) })
    let settings = try Settings(["width": .number(32), "depth": .number(1)], keys: JetNetworkRegistry.shared, of: "mlp")
    let network = try JetNetworkRegistry.all[0].make(settings)
    let ansatz = Ansatz(embedding: embedding, network: network, constraint: HardConstraint(forms: [.none]))
    let (expressions, derivatives) = form.compact(form.equations.map(\.expression))
    var relation = form.equations[0]
    relation.expression = expressions[0]
    let interior = TermDescription(
      name: "equations", kind: .equations, relations: [relation], derivatives: derivatives,
      columns: form.coordinates, capacity: 900)
    let value = PointwiseForm.Derivative(unknown: 0, orders: [0, 0])
    var condition = relation
    condition.expression = .input(0)
    let boundary = TermDescription(
      name: "boundary", kind: .boundary, relations: [condition], derivatives: [value],
      columns: form.coordinates, capacity: 120)
    let workers = Workers(count: 2)
    let clock = ContinuousClock()
    for seed in 0..<3 {
      let system = try CollocationSystem<Double>([interior, boundary], ansatz, seed: UInt64(seed), tile: 64, workers: workers)
      system.terms[0].set(Self.grid(30))
      var edge: [Double] = []
      for k in 0..<30 {
        let s = (Double(k) + 0.5) / 30
        edge += [0, s, 1, s, s, 0, s, 1]
      }
      system.terms[1].set(PointCloud(dimension: 2, coordinates: edge))
      system.weights = [1, 4]
      let model = CollocationLeastSquares(system)
      #expect(model.parameterCount == 129)
      var parameters = model.parameters
      let method = LevenbergMarquardt(model, workers: workers)
      let start = clock.now
      for step in 0..<200 {
        let outcome = method.step(&parameters)
        if step % 20 == 19 || step < 3 { print(seed, step, outcome.loss, outcome.radius, outcome.damping, outcome.evaluations, clock.now - start) }
        if outcome.isStalled { break }
      }
      model.parameters = parameters
      let evaluator = try AnsatzEvaluator<Double>(ansatz, names: form.coordinates, store: system.store)
      let test = Self.grid(57).coordinates
      let found = evaluator.values(at: test)
      var (error, size) = (0.0, 0.0)
      for k in found.indices {
        let exact = sin(.pi * test[2 * k]) * sin(.pi * test[2 * k + 1])
        error += (found[k] - exact) * (found[k] - exact)
        size += exact * exact
      }
      print("seed", seed, "error", (error / size).squareRoot(), clock.now - start)
    }
  }
}
