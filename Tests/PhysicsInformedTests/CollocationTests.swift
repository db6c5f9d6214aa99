import Arrays
import Differentiation
import Equations
import Foundation
import Geometry
import Learning
import PhysicsInformed
import ProblemFiles
import Testing

/// Collocation systems of small problems.
enum SmallProblem {
  static func form(_ lines: String...) throws -> PointwiseForm {
    let text = (["problem: small"] + lines).joined(separator: "\n")
    return try PointwiseForm(ProblemFileReader().read(text: text, file: "small.yaml").problem)
  }

  static func network(
    _ name: String = "mlp", width: Int = 6, depth: Int = 2, scale: String = "none",
    activation: String = "tanh"
  ) throws -> any JetNetwork {
    let kind = try #require(JetNetworkRegistry.kind(named: name))
    return try kind.make(
      Settings(
        [
          "width": .number(Double(width)), "depth": .number(Double(depth)), "scale": .text(scale),
          "activation": .text(activation),
        ], keys: JetNetworkRegistry.shared + kind.settings, of: name))
  }

  static func embedding(of form: PointwiseForm) -> Embedding {
    var coordinates = form.domain.axes.map {
      Embedding.Coordinate(lower: $0.lower, upper: $0.upper, isPeriodic: $0.isPeriodic)
    }
    if let time = form.domain.time {
      coordinates.append(.init(lower: time.lowerBound, upper: time.upperBound, isPeriodic: false))
    }
    return Embedding(coordinates: coordinates)
  }

  /// All terms with their points.
  static func system(
    _ form: PointwiseForm, network: any JetNetwork, style: ConstraintPlan.Style = .init(), points: Int = 40,
    boundary: Int = 12,
    seed: UInt64 = 0, workers: Workers = Workers(count: 1)
  ) throws -> CollocationSystem<Double> {
    var counts = PointCounts()
    (counts.interior, counts.boundary, counts.initial) = (points, boundary, 12)
    let plan = try CollocationPlan(form, style: style, counts: counts)
    let ansatz = Ansatz(
      embedding: embedding(of: form), network: network, constraint: plan.constraints.constraint)
    let system = try CollocationSystem<Double>(
      plan.terms.map(\.description), ansatz, seed: seed, tile: 16, workers: workers)
    let problem = Problem(name: "small", domain: form.domain)
    for (number, term) in plan.terms.enumerated() {
      if term.description.kind == .equations {
        let sampler = try SobolSamplerKind().make(for: plan.domain, seed: seed, settings: [:])
        system.terms[number].set(try sampler.begin(term.count))
      } else {
        let (points, normals) = try plan.points(of: term, problem: problem, seed: seed)
        system.terms[number].set(points, normals: normals)
      }
    }
    return system
  }
}

@Suite struct CollocationTests {
  private static let flow = [
    "domain: {x: [0, 1], y: [0, 2], t: [0, 1]}", "unknowns: [u, v]", "parameters: {nu: 0.1}",
    "equations:", "  - dt(u) + u*dx(u) + v*dy(u) = nu*lap(u) + sin(x)*v",
    "  - dt(v) + u*dx(v) + v*dy(v) = nu*lap(v)",
    "boundary:", "  - {on: x, dirichlet: {u: 0, v: 0}}", "  - {on: y, neumann: {u: sin(pi*x), v: 0}}",
    "initial: {u: x*(1 - x), v: 0}",
  ].joined(separator: "\n")

  /// Jᵀr of the linearisation is half of the gradient, whatever the network, and rows times a small change are what residuals
  /// change by.
  @Test(arguments: ["mlp", "modified-mlp", "gated-mlp", "siren"], ["none", "layer", "neuron"])
  func rowsAgreeWithGradients(_ name: String, _ scale: String) throws {
    let form = try SmallProblem.form(Self.flow)
    let system = try SmallProblem.system(form, network: SmallProblem.network(name, scale: scale))
    let store = system.store
    // Gates that are closed hide what lies behind them.
    let stream = RandomStream(seed: 4, purpose: "parameters")
    for (index, place) in system.columns.places.enumerated() {
      store.values.baseAddress[place] += 0.1 * stream.normals(at: UInt64(index)).x
    }
    system.weights = system.terms.indices.map { Double($0) + 0.5 }
    let (count, width) = (system.rowCount, system.parameterCount)
    let rows = AlignedStorage<Double>(count: count * (width + 1))
    let loss = system.linearize(into: rows.baseAddress, distance: width + 1)
    let blocks = system.terms.map { _ in AlignedStorage<Double>(count: store.layout.extent) }
    let losses = system.losses(gradients: blocks.map(\.baseAddress))
    #expect(abs(system.total(losses) - loss) <= 1e-13 * loss)
    var squares = 0.0
    for row in 0..<count { squares += pow(rows.buffer[row * (width + 1) + width], 2) }
    #expect(abs(squares - loss) <= 1e-12 * loss)
    var scaleOfGradient = 0.0
    var worst = 0.0
    for (column, place) in system.columns.places.enumerated() {
      var gradient = 0.0
      for (block, weight) in zip(blocks, system.weights) { gradient += weight * block.buffer[place] }
      var product = 0.0
      for row in 0..<count {
        product += rows.buffer[row * (width + 1) + column] * rows.buffer[row * (width + 1) + width]
      }
      scaleOfGradient = max(scaleOfGradient, abs(gradient))
      worst = max(worst, abs(2 * product - gradient))
    }
    #expect(worst <= 1e-12 * scaleOfGradient)
    // Central differences of the loss.
    let step = 1e-5
    for column in stride(from: 0, to: width, by: max(1, width / 7)) {
      let place = system.columns.places[column]
      let before = store.values.baseAddress[place]
      func value(_ shift: Double) -> Double {
        store.values.baseAddress[place] = before + shift
        defer { store.values.baseAddress[place] = before }
        return system.total(system.losses())
      }
      let difference = (value(step) - value(-step)) / (2 * step)
      var gradient = 0.0
      for (block, weight) in zip(blocks, system.weights) { gradient += weight * block.buffer[place] }
      #expect(abs(difference - gradient) <= 1e-6 * max(scaleOfGradient, 1))
    }
  }

  /// Derivatives that a plan puts together are differences of the network's values, mixed ones and sums among them.
  @Test(arguments: [
    [1, 0, 0], [0, 2, 0], [1, 1, 0], [1, 0, 1], [2, 2, 0], [1, 2, 1], [3, 1, 0], [1, 1, 1], [0, 0, 4],
  ])
  func plannedDerivativesAreThoseOfTheNetwork(_ orders: [Int]) throws {
    let form = try SmallProblem.form(Self.flow)
    let derivative = PointwiseForm.Derivative(unknown: 1, orders: orders)
    let relation = PointwiseForm.Relation(expression: .input(0), origin: .problem, name: "")
    let description = TermDescription(
      name: "d", kind: .equations, relations: [relation], derivatives: [derivative],
      columns: form.coordinates,
      capacity: 1)
    let ansatz = Ansatz(
      embedding: SmallProblem.embedding(of: form), network: try SmallProblem.network(),
      constraint: HardConstraint(forms: [.none, .none]))
    let system = try CollocationSystem<Double>(
      [description], ansatz, seed: 2, tile: 8, workers: Workers(count: 1))
    let point = [0.4, 0.7, 0.3]
    system.terms[0].set(PointCloud(dimension: 3, coordinates: point))
    let evaluator = try AnsatzEvaluator<Double>(ansatz, names: form.coordinates, store: system.store)
    func value(_ place: [Double], _ orders: [Int]) -> Double {
      guard let axis = orders.firstIndex(where: { $0 > 0 }) else { return evaluator.values(at: place)[1] }
      var lower = orders
      lower[axis] -= 1
      let step = 0.01
      func at(_ multiple: Double) -> Double {
        var shifted = place
        shifted[axis] += multiple * step
        return value(shifted, lower)
      }
      return (at(-3) * -1 + at(-2) * 9 + at(-1) * -45 + at(1) * 45 + at(2) * -9 + at(3)) / (60 * step)
    }
    let loss = system.losses()[0][0]
    let expected = value(point, orders)
    #expect(abs(loss.squareRoot() - abs(expected)) <= 1e-5 * max(1, abs(expected)), "\(orders)")
  }

  /// What holds by construction holds for any network.
  @Test(arguments: ["hard", "decaying"]) func hardConditionsHoldExactly(_ initial: String) throws {
    let form = try SmallProblem.form(
      "domain: {x: [0, 2], t: [1, 3]}", "unknowns: [u]", "equations: [\"dt(u) = dxx(u)\"]",
      "boundary: [{on: x = 0, dirichlet: {u: t}}, {on: x = 2, dirichlet: {u: 1}}]",
      "initial: {u: 1 + sin(pi*x)}")
    var style = ConstraintPlan.Style()
    style.initial = try #require(ConstraintPlan.Style.Initial(rawValue: initial))
    let system = try SmallProblem.system(form, network: SmallProblem.network(), style: style)
    #expect(system.terms.count == 1)
    let evaluator = try AnsatzEvaluator<Double>(system.ansatz, names: form.coordinates, store: system.store)
    for time in [1, 1.7, 3] {
      let ends = evaluator.values(at: [0, time, 2, time])
      #expect(abs(ends[0] - time) <= 1e-14)
      #expect(abs(ends[1] - 1) <= 1e-14)
    }
    for x in [0.0, 0.3, 1.1, 1.9] {
      #expect(abs(evaluator.values(at: [x, 1])[0] - 1 - sin(.pi * x)) <= 1e-14)
    }
  }

  /// Initial values that jump to those of the boundary are left to the loss, and it is said so.
  @Test func conditionsThatContradictEachOtherAreSoft() throws {
    let form = try SmallProblem.form(
      "domain: {x: [0, 1], t: [0, 1]}", "unknowns: [u]", "equations: [\"dt(u) = dxx(u)\"]",
      "boundary: [{on: x, dirichlet: {u: 1}}]", "initial: {u: 0}")
    let plan = ConstraintPlan(form, style: .init())
    #expect(plan.softInitial.count == 1)
    #expect(plan.remarks.contains { $0.contains("does not agree") })
  }

  /// One Laplacian takes four channels in the plane and not five.
  @Test func laplaciansAreOneChannel() throws {
    let form = try SmallProblem.form(
      "domain: {x: [0, 1], y: [0, 1]}", "unknowns: [u]", "equations: [\"lap(u) + u^3 = x\"]",
      "boundary: [{on: x, dirichlet: {u: 0}}, {on: y, dirichlet: {u: 0}}]")
    let (expressions, derivatives) = form.compact(form.equations.map(\.expression))
    let plan = try JetPlan(expressions, of: derivatives, dimension: 2)
    #expect(plan.shape.channels == 4)
    let anisotropic = try SmallProblem.form(
      "domain: {x: [0, 1], y: [0, 1]}", "unknowns: [u]", "equations: [\"dxx(u) + 2*dyy(u) = x\"]",
      "boundary: [{on: x, dirichlet: {u: 0}}, {on: y, dirichlet: {u: 0}}]")
    let other = anisotropic.compact(anisotropic.equations.map(\.expression))
    #expect(try JetPlan(other.expressions, of: other.derivatives, dimension: 2).shape.channels == 5)
  }

  /// Results do not depend on the number of workers.
  @Test func bitsDoNotDependOnWorkers() throws {
    let form = try SmallProblem.form(Self.flow)
    var losses: [[[Double]]] = []
    for count in [1, 3] {
      let system = try SmallProblem.system(
        form, network: SmallProblem.network(), points: 300, workers: Workers(count: count))
      let blocks = system.terms.map { _ in AlignedStorage<Double>(count: system.store.layout.extent) }
      _ = system.losses(gradients: blocks.map(\.baseAddress))
      losses.append(blocks.map { Array($0.buffer) })
    }
    #expect(losses[0] == losses[1])
  }

  /// Exact Gauss–Newton steps solve the Poisson equation to 1e-5 with 129 parameters; the median of three seeds.
  @Test func poissonIsSolvedBySecondOrder() throws {
    let form = try SmallProblem.form(
      "domain: {x: [0, 1], y: [0, 1]}", "unknowns: [u]",
      "equations: [\"lap(u) + 2*pi^2*sin(pi*x)*sin(pi*y) = 0\"]",
      "boundary: [{on: x, dirichlet: {u: 0}}, {on: y, dirichlet: {u: 0}}]")
    var style = ConstraintPlan.Style()
    style.boundary = .soft
    let workers = Workers(count: 2)
    var errors: [Double] = []
    for seed in 0..<3 {
      let system = try SmallProblem.system(
        form, network: SmallProblem.network(width: 32, depth: 1), style: style, points: 900, boundary: 120,
        seed: UInt64(seed),
        workers: workers)
      system.weights = system.terms.map { $0.description.kind == .boundary ? 4 : 1 }
      let model = CollocationLeastSquares(system)
      #expect(model.parameterCount == 129)
      var parameters = model.parameters
      let method = LevenbergMarquardt(model, workers: workers)
      for _ in 0..<200 where !method.step(&parameters).isStalled {}
      model.parameters = parameters
      let evaluator = try AnsatzEvaluator<Double>(system.ansatz, names: form.coordinates, store: system.store)
      var places: [Double] = []
      for i in 0..<57 {
        for j in 0..<57 { places += [(Double(i) + 0.5) / 57, (Double(j) + 0.5) / 57] }
      }
      let found = evaluator.values(at: places)
      var error = 0.0
      var size = 0.0
      for k in found.indices {
        let exact: Double = sin(Double.pi * places[2 * k]) * sin(Double.pi * places[2 * k + 1])
        error += pow(found[k] - exact, 2)
        size += exact * exact
      }
      errors.append((error / size).squareRoot())
    }
    #expect(errors.sorted()[1] <= 1e-5, "\(errors)")
  }
}
