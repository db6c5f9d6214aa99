package import Arrays
package import Differentiation
import Learning

/// The loss of a function that is to satisfy relations at points: `Σ weight · mean over the points of the residual²`, term by term.
///
/// Tiles of points go through the whole network, forward and backward, so that memory does not grow with their number. The sums of
/// fixed chunks of tiles are added in a fixed order: results are the same bits for any number of workers.
package final class CollocationSystem<Scalar: NetworkScalar> {
  package let store = ParameterStore<Scalar>()
  package let terms: [CollocationTerm<Scalar>]
  package let ansatz: Ansatz
  /// What the loss of every term is multiplied by.
  package var weights: [Double]
  package private(set) var columns = RowColumns(ParameterLayout())
  private let workers: Workers
  /// Chunks that the tiles of a term are divided into, at most.
  private static var chunkLimit: Int { 16 }

  // What workers look at while they run; written before they start.
  private var chunks: [Chunk] = []
  private var parameters: UnsafeMutablePointer<Scalar>?
  private var gradients: [AlignedStorage<Scalar>] = []

  private struct Chunk: Sendable {
    var term: Int
    var tiles: Range<Int>
  }

  /// - Parameter tile: points that go through the network at once.
  /// - Throws: `CollocationError` for relations that cannot be evaluated.
  package init(
    _ descriptions: [TermDescription], _ ansatz: Ansatz, seed: UInt64, tile: Int, workers: Workers
  ) throws(CollocationError) {
    guard !descriptions.isEmpty else { throw .noResidual }
    self.ansatz = ansatz
    self.workers = workers
    weights = descriptions.map { _ in 1 }
    var terms: [CollocationTerm<Scalar>] = []
    for description in descriptions {
      terms.append(
        try CollocationTerm(
          description, ansatz, store: store, tile: min(tile, max(description.capacity, 8)),
          workers: workers.count))
    }
    self.terms = terms
    store.initialize(seed: seed)
    columns = RowColumns(store.layout)
  }

  /// The number of trained parameters.
  package var parameterCount: Int { columns.count }

  private func divide() {
    chunks = []
    for (number, term) in terms.enumerated() {
      let tiles = term.points.tiles
      let size = (tiles + Self.chunkLimit - 1) / Self.chunkLimit
      for first in stride(from: 0, to: tiles, by: max(size, 1)) {
        chunks.append(Chunk(term: number, tiles: first..<min(first + size, tiles)))
      }
    }
  }

  /// The mean squares of every relation of every term, without weights.
  ///
  /// - Parameter parameters: in the store's layout; the store's own unless given.
  package func losses(at parameters: UnsafeMutablePointer<Scalar>? = nil) -> [[Double]] {
    work(parameters, keepsSizes: false) { (_: Int, _: Int, _: Int) in }
  }

  /// The same, and the gradient of each term's loss, without the term's weight, added up over its relations.
  ///
  /// - Parameter gradients: a block in the store's layout for every term.
  package func losses(
    at parameters: UnsafeMutablePointer<Scalar>? = nil, gradients blocks: [UnsafeMutablePointer<Scalar>]
  ) -> [[Double]] {
    divide()
    while gradients.count < chunks.count {
      gradients.append(AlignedStorage(count: max(store.layout.extent, 1)))
    }
    let found = work(parameters) { [self] chunk, tile, worker in
      let term = terms[chunks[chunk].term]
      let replica = term.replicas[worker]
      let residuals = replica.tape.values(replica.residuals)
      let seed = replica.tape.gradient(replica.residuals)
      let (size, first) = (term.points.tile, tile * term.points.tile)
      for relation in 0..<term.relations {
        let factor = 2 * term.description.weights[relation] / Double(term.points.count)
        for point in 0..<size {
          seed[relation * size + point] =
            Scalar(factor * term.points.weights.baseAddress[first + point])
            * residuals[relation * size + point]
        }
      }
      replica.tape.backward(
        gradients: gradients[chunk].baseAddress, accumulates: tile > chunks[chunk].tiles.lowerBound)
    }
    for (number, block) in blocks.enumerated() { reduce(number, into: block) }
    return found
  }

  /// Adds up the gradients of a term's chunks.
  private func reduce(_ term: Int, into block: UnsafeMutablePointer<Scalar>) {
    let own = chunks.indices.filter { chunks[$0].term == term }
    block.update(repeating: 0, count: store.layout.extent)
    for chunk in own {
      Scalar.networkKernels.add(store.layout.extent, UnsafePointer(gradients[chunk].baseAddress), block)
    }
  }

  /// Takes all tiles through the network; `body` sees each after its forward pass.
  ///
  /// - Parameter keepsSizes: whether terms take note of the sizes of their residuals: those that gradients are of.
  private func work(
    _ parameters: UnsafeMutablePointer<Scalar>?, keepsSizes: Bool = true,
    _ body: @escaping (_ chunk: Int, _ tile: Int, _ worker: Int) -> Void
  ) -> [[Double]] {
    divide()
    self.parameters = parameters
    nonisolated(unsafe) let system = self
    nonisolated(unsafe) let body = body
    let results = AlignedStorage<Double>(count: max(1, chunks.reduce(0) { $0 + terms[$1.term].relations }))
    var starts = [0]
    for chunk in chunks { starts.append(starts[starts.count - 1] + terms[chunk.term].relations) }
    let places = starts
    workers.run(chunks: chunks.count) { chunk, worker in
      let part = system.chunks[chunk]
      let term = system.terms[part.term]
      let sums = results.baseAddress + places[chunk]
      for tile in part.tiles {
        let residuals = term.forward(tile: tile, worker: worker, parameters: system.parameters)
        term.measure(residuals, tile: tile, addTo: sums, keepsSizes: keepsSizes)
        body(chunk, tile, worker)
      }
    }
    var totals = terms.map { $0.description.relations.map { _ in 0.0 } }
    for (number, chunk) in chunks.enumerated() {
      for relation in totals[chunk.term].indices {
        totals[chunk.term][relation] +=
          results.baseAddress[places[number] + relation] / Double(terms[chunk.term].points.count)
      }
    }
    return totals
  }

  /// The losses of the terms, with all weights.
  package func weighted(_ losses: [[Double]]) -> [Double] {
    terms.indices.map { term in
      weights[term]
        * zip(losses[term], terms[term].description.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The whole loss, with all weights.
  package func total(_ losses: [[Double]]) -> Double { weighted(losses).reduce(0, +) }

  /// For each term the sum over its points of the squared norm of its residuals' gradient.
  package func traces() -> [Double] {
    divide()
    let width = columns.count
    let largest = terms.reduce(0) { max($0, $1.points.tile) }
    let rows = (0..<workers.count).map { _ in AlignedStorage<Scalar>(count: largest * width) }
    let sums = AlignedStorage<Double>(count: chunks.count)
    let columns = columns
    _ = work(nil) { [self] chunk, tile, worker in
      let term = terms[chunks[chunk].term]
      let replica = term.replicas[worker]
      let (size, seed) = (term.points.tile, replica.tape.gradient(replica.residuals))
      let base = rows[worker].baseAddress
      for relation in 0..<term.relations {
        base.update(repeating: 0, count: size * width)
        seed.update(repeating: 0, count: term.relations * size)
        for point in 0..<size where term.points.weights.baseAddress[tile * size + point] > 0 {
          seed[relation * size + point] = 1
        }
        replica.tape.backwardRows(RowGradients(base: base, distance: width, columns: columns))
        for index in 0..<size * width { sums.baseAddress[chunk] += Double(base[index]) * Double(base[index]) }
      }
    }
    var totals = terms.map { _ in 0.0 }
    for (number, chunk) in chunks.enumerated() { totals[chunk.term] += sums.baseAddress[number] }
    return totals
  }
}

extension CollocationSystem where Scalar == Double {
  /// Rows of the Jacobian of all residuals: points of whole tiles, relation by relation, term by term.
  package var rowCount: Int {
    terms.reduce(0) { $0 + $1.relations * $1.points.tiles * $1.points.tile }
  }

  /// The residuals whose squares make up the loss, and their derivatives with respect to the trained parameters.
  ///
  /// - Parameters:
  ///   - rows: `rowCount` rows: the derivatives, then the residual.
  ///   - distance: numbers between two rows, at least `parameterCount + 1`.
  /// - Returns: the loss.
  package func linearize(
    at parameters: UnsafeMutablePointer<Double>? = nil, into rows: UnsafeMutablePointer<Double>, distance: Int
  ) -> Double {
    var starts = [0]
    for term in terms {
      starts.append(starts[starts.count - 1] + term.relations * term.points.tiles * term.points.tile)
    }
    nonisolated(unsafe) let rows = rows
    let columns = columns
    let found = work(parameters) { [self] chunk, tile, worker in
      let number = chunks[chunk].term
      let term = terms[number]
      let replica = term.replicas[worker]
      let residuals = replica.tape.values(replica.residuals)
      let seed = replica.tape.gradient(replica.residuals)
      let (size, length) = (term.points.tile, term.points.tiles * term.points.tile)
      for relation in 0..<term.relations {
        let base = rows + (starts[number] + relation * length + tile * size) * distance
        base.update(repeating: 0, count: size * distance)
        seed.update(repeating: 0, count: term.relations * size)
        let factor = weights[number] * term.description.weights[relation] / Double(term.points.count)
        for point in 0..<size {
          let root = (factor * term.points.weights.baseAddress[tile * size + point]).squareRoot()
          seed[relation * size + point] = root
          base[point * distance + columns.count] = root * residuals[relation * size + point]
        }
        replica.tape.backwardRows(RowGradients(base: base, distance: distance, columns: columns))
      }
    }
    return total(found)
  }
}
