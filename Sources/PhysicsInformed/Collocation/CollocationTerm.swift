package import Arrays
package import Differentiation
package import Equations

/// What a function of points is made of, beside its parameters: features, network, hard constraints.
package struct Ansatz: Sendable {
  package var embedding: Embedding
  package var network: any JetNetwork
  package var constraint: HardConstraint
  /// Parameters of the problem that are to be found, with their first values.
  package var parameters: [(name: String, initial: Double)]

  package init(
    embedding: Embedding, network: any JetNetwork, constraint: HardConstraint,
    parameters: [(name: String, initial: Double)] = []
  ) {
    self.embedding = embedding
    self.network = network
    self.constraint = constraint
    self.parameters = parameters
  }

  package var unknowns: Int { constraint.forms.count }
  package var dimension: Int { embedding.coordinates.count }
}

/// Relations that are to hold at some points, as `CollocationSystem` makes a term of its loss of them.
package struct TermDescription: Sendable {
  /// Where the points lie.
  package enum Kind: String, Sendable { case equations, boundary, initial, data }
  package var name: String
  package var kind: Kind
  package var relations: [PointwiseForm.Relation]
  package var derivatives: [PointwiseForm.Derivative]
  /// Names of the columns of its points: the coordinates, and on boundaries components of the normal.
  package var columns: [String]
  /// The most points that there will be.
  package var capacity: Int
  /// Of the squares of every relation.
  package var weights: [Double]

  package init(
    name: String, kind: Kind, relations: [PointwiseForm.Relation],
    derivatives: [PointwiseForm.Derivative], columns: [String], capacity: Int
  ) {
    self.name = name
    self.kind = kind
    self.relations = relations
    self.derivatives = derivatives
    self.columns = columns
    self.capacity = capacity
    weights = relations.map { _ in 1 }
  }
}

/// A term of a collocation loss: its points, its programs, and a tape for every worker.
package final class CollocationTerm<Scalar: NetworkScalar>: @unchecked Sendable {
  package let description: TermDescription
  package let points: PointSet
  /// The root of the sum of the squares of all relations at every point, when a gradient was computed last.
  package let sizes: AlignedStorage<Double>
  /// The same network for every worker.
  final class Replica {
    let tape: Tape<Scalar>
    let input: Variable
    let unknowns: Jet
    let residuals: Variable

    init(tape: Tape<Scalar>, input: Variable, unknowns: Jet, residuals: Variable) {
      self.tape = tape
      self.input = input
      self.unknowns = unknowns
      self.residuals = residuals
    }
  }
  private(set) var replicas: [Replica] = []
  private let program: ResidualProgram
  private let constraint: ConstraintProgram?
  private let embedding: Embedding

  /// - Throws: `CollocationError` for relations that cannot be evaluated.
  init(
    _ description: TermDescription, _ ansatz: Ansatz, store: ParameterStore<Scalar>, tile: Int, workers: Int
  ) throws(CollocationError) {
    self.description = description
    embedding = ansatz.embedding
    let dimension = ansatz.dimension
    points = PointSet(
      columns: description.columns.count, dimension: dimension, capacity: description.capacity, tile: tile)
    sizes = AlignedStorage(count: points.capacity)
    program = try ResidualProgram(
      description.relations, of: description.derivatives, parameters: ansatz.parameters.map(\.name),
      names: description.columns, dimension: dimension, capacity: points.capacity)
    constraint =
      ansatz.constraint.isTrivial
      ? nil
      : try ConstraintProgram(
        ansatz.constraint, program.plan.shape, names: description.columns, dimension: dimension,
        capacity: points.capacity)
    for _ in 0..<workers { replicas.append(record(ansatz, store)) }
  }

  var relations: Int { description.relations.count }

  private func record(_ ansatz: Ansatz, _ store: ParameterStore<Scalar>) -> Replica {
    let tape = Tape<Scalar>(store, capacity: 1)
    let input = tape.input([points.tile, ansatz.dimension])
    let unknowns = ansatz.unknowns(at: input, program.plan.shape, constraint, on: tape)
    let parameters = ansatz.problemParameters(on: tape)
    let operation = ResidualOperation(
      unknowns, parameters: parameters, program, relations: relations, on: tape)
    tape.record(operation)
    // Every relation has rows of its own.
    tape.finish(results: [operation.outputs[0]], repeatsBackward: relations > 1)
    return Replica(tape: tape, input: input, unknowns: unknowns, residuals: operation.outputs[0])
  }

  /// Takes points over.
  package func set(_ cloud: PointCloud, normals: [Double] = []) {
    points.set(cloud, normals: normals)
    program.refresh(points)
    constraint?.functions.evaluate(at: points)
  }

  /// The residuals of a tile: of shape (relations, points).
  func forward(
    tile: Int, worker: Int, parameters: UnsafeMutablePointer<Scalar>?
  ) -> UnsafeMutablePointer<Scalar> {
    let replica = replicas[worker]
    let input = replica.tape.values(replica.input)
    let dimension = embedding.coordinates.count
    for axis in 0..<dimension {
      let column = points.columns[axis].baseAddress + tile * points.tile
      for point in 0..<points.tile {
        input[point * dimension + axis] = Scalar(embedding.normalized(column[point], axis: axis))
      }
    }
    replica.tape.firstSample = tile
    replica.tape.forward(samples: 1, parameters: parameters)
    return replica.tape.values(replica.residuals)
  }
}

extension CollocationTerm {
  /// Adds a tile's squares to the sums of its relations, and takes note of the sizes of its residuals where that is wanted.
  func measure(
    _ residuals: UnsafePointer<Scalar>, tile: Int, addTo sums: UnsafeMutablePointer<Double>, keepsSizes: Bool
  ) {
    let (size, first) = (points.tile, tile * points.tile)
    let (weights, sizes) = (points.weights.baseAddress + first, sizes.baseAddress + first)
    if keepsSizes { sizes.update(repeating: 0, count: size) }
    for relation in 0..<relations {
      sums[relation] += addSquares(
        residuals + relation * size, weights, to: keepsSizes ? sizes : nil, size)
    }
    if keepsSizes { for point in 0..<size { sizes[point] = sizes[point].squareRoot() } }
  }
}

/// The weighted sum of squares; the squares are added to `sizes` where there is one.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addSquares<Scalar: NetworkScalar>(
  _ residuals: UnsafePointer<Scalar>, _ weights: UnsafePointer<Double>,
  to sizes: UnsafeMutablePointer<Double>?, _ count: Int
) -> Double {
  var sum = 0.0
  for point in 0..<count {
    let square = Double(residuals[point]) * Double(residuals[point])
    if let sizes { sizes[point] += square }
    sum += weights[point] * square
  }
  return sum
}

extension Ansatz {
  /// The parameters of the problem that are to be found.
  func problemParameters<Scalar: NetworkScalar>(on tape: Tape<Scalar>) -> [Variable] {
    parameters.map { parameter in
      tape.parameter("problem.\(parameter.name)", [1], role: .vector) { values, _, _ in
        values[0] = Scalar(parameter.initial)
      }
    }
  }

  /// Records the unknowns at points, with the derivatives of a shape in units of the coordinates.
  func unknowns<Scalar: NetworkScalar>(
    at points: Variable, _ shape: JetShape, _ constraint: ConstraintProgram?, on tape: Tape<Scalar>
  ) -> Jet {
    let seed = Jet.coordinates(of: points, embedding.normalized(shape), on: tape)
    let features = embedding(seed, on: tape)
    let result = tape.scope("network") { network(features, outputs: unknowns, on: tape) }
    guard let constraint else { return result }
    let operation = ConstraintOperation(result, constraint, on: tape)
    tape.record(operation)
    return Jet(operation.outputs[0], result.shape)
  }
}
