/// An operation on points that do not depend on each other, which can give its parameters' gradients for every point by itself.
///
/// The rows of a Jacobian. All its arrays are of shape (channels, points, width), parameters apart.
package protocol RowOperation<Scalar>: Operation {
  /// What `backward` does, but what it would add to the gradient of a parameter is added to the row of the point it comes from.
  func backwardRows(_ context: OperationContext<Scalar>, _ rows: RowGradients<Scalar>)
}

/// Rows of a Jacobian: one per point, as long as there are parameters.
package struct RowGradients<Scalar: NetworkScalar> {
  /// The row of the first point of the first sample.
  package var base: UnsafeMutablePointer<Scalar>
  /// Numbers between the rows of two points.
  package var distance: Int
  package var columns: RowColumns

  package init(base: UnsafeMutablePointer<Scalar>, distance: Int, columns: RowColumns) {
    self.base = base
    self.distance = distance
    self.columns = columns
  }
}

/// Where parameters stand in a row: in the order of their layout, without its gaps and without what is not trained.
package struct RowColumns: Sendable {
  /// By the offset of the slot.
  private let starts: [Int: Int]
  package let count: Int
  /// Of every column, its place in the layout.
  package let places: [Int]

  package init(_ layout: ParameterLayout) {
    var starts: [Int: Int] = [:]
    var places: [Int] = []
    for slot in layout.slots where slot.role != .state {
      starts[slot.offset] = places.count
      places += slot.offset..<slot.offset + slot.count
    }
    self.starts = starts
    self.places = places
    count = places.count
  }

  /// The first column of the slot that begins at an offset of the layout.
  package func start(ofSlotAt offset: Int) -> Int {
    guard let start = starts[offset] else {
      preconditionFailure("RowColumns: no trained parameter begins at \(offset)")
    }
    return start
  }
}

/// How the gradient of a matrix is made for every point by itself.
package struct OuterRows {
  package var points: Int
  package var channels: Int
  package var inner: Int
  package var width: Int
  package var distance: Int

  package init(points: Int, channels: Int, inner: Int, width: Int, distance: Int) {
    self.points = points
    self.channels = channels
    self.inner = inner
    self.width = width
    self.distance = distance
  }
}
