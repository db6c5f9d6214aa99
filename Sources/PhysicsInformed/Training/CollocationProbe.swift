import Arrays
import Differentiation

/// What samplers ask of a network that is being trained: residuals, and their gradients, at any points.
final class CollocationProbe<Scalar: NetworkScalar>: ResidualProbe {
  private let term: CollocationTerm<Scalar>
  private let columns: RowColumns
  private let workers: Workers
  private static var room: Int { 4096 }

  /// - Parameter description: the term of the equations.
  /// - Throws: `CollocationError`.
  init(
    _ description: TermDescription, _ ansatz: Ansatz, store: ParameterStore<Scalar>, tile: Int,
    workers: Workers
  ) throws(CollocationError) {
    var description = description
    description.capacity = Self.room
    term = try CollocationTerm(description, ansatz, store: store, tile: tile, workers: workers.count)
    columns = RowColumns(store.layout)
    self.workers = workers
  }

  func residuals(at points: PointCloud) -> [Double] {
    var sizes: [Double] = []
    sizes.reserveCapacity(points.count)
    forEachBlock(of: points) { tile, worker in
      _ = self.forward(tile, worker)
    } done: { count, _ in
      sizes += UnsafeBufferPointer(start: self.term.sizes.baseAddress, count: count)
    }
    return sizes
  }

  func features(at points: PointCloud) -> NDArray<Double> {
    let width = columns.count
    var values = NDArray<Double>(shape: [points.count, width])
    let rows = AlignedStorage<Scalar>(count: (Self.room + term.points.tile) * width)
    forEachBlock(of: points) { tile, worker in
      let residuals = self.forward(tile, worker)
      let replica = self.term.replicas[worker]
      let (size, seed) = (self.term.points.tile, replica.tape.gradient(replica.residuals))
      for point in 0..<size {
        // The gradient of the size is that of the residuals, in their direction.
        let norm = self.term.sizes.baseAddress[tile * size + point]
        for relation in 0..<self.term.relations {
          seed[relation * size + point] = norm > 0 ? residuals[relation * size + point] / Scalar(norm) : 0
        }
      }
      let base = rows.baseAddress + tile * size * width
      base.update(repeating: 0, count: size * width)
      replica.tape.backwardRows(RowGradients(base: base, distance: width, columns: self.columns))
    } done: { count, first in
      values.withUnsafeMutableBuffer { target in
        for index in 0..<count * width { target[first * width + index] = Double(rows.baseAddress[index]) }
      }
    }
    return values
  }

  private func forward(_ tile: Int, _ worker: Int) -> UnsafeMutablePointer<Scalar> {
    let residuals = term.forward(tile: tile, worker: worker, parameters: nil)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: term.relations) { sums in
      sums.initialize(repeating: 0)
      term.measure(residuals, tile: tile, addTo: sums.baseAddress!, keepsSizes: true)
    }
    return residuals
  }

  /// Takes points through the network, some thousands at a time; `done` sees how many there were and the first one's number.
  private func forEachBlock(
    of points: PointCloud, _ body: @escaping (_ tile: Int, _ worker: Int) -> Void,
    done: (_ count: Int, _ first: Int) -> Void
  ) {
    nonisolated(unsafe) let body = body
    for first in stride(from: 0, to: points.count, by: Self.room) {
      let count = min(Self.room, points.count - first)
      let range = first * points.dimension..<(first + count) * points.dimension
      term.set(PointCloud(dimension: points.dimension, coordinates: Array(points.coordinates[range])))
      workers.run(chunks: term.points.tiles) { tile, worker in body(tile, worker) }
      done(count, first)
    }
  }
}
