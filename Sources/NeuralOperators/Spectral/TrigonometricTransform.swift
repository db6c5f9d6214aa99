import Differentiation
import Learning

/// The truncated transform of functions with several channels, some or all of whose axes are expanded in cosines or sines.
///
/// The real axes come first, on real numbers; if there are Fourier axes, what is left of the function is put in an order in which
/// they are the last, and taken through their transform once for every mode of the real ones. Modes are in that order: real axes,
/// then Fourier axes, as `ModeSet` has them.
final class TrigonometricTransform<Scalar: NetworkScalar> {
  /// A real axis on its way, with numbers of the axes before and behind it.
  private struct Step {
    let table: RealAxisTable<Scalar>
    let outer: Int
    let inner: Int
  }
  /// From the last real axis to the first, and back.
  private let analysisSteps: [Step]
  private let synthesisSteps: [Step]
  /// Of the axes that are left; none if all are real.
  private let fourier: ChannelTransform<Scalar>?
  private let fourierPoints: Int
  private let fourierModes: Int
  private let realModes: Int
  /// For every point with the real axes first, where it is in the order of the axes; `nil` if that is the same.
  private let order: [Int32]?
  /// The most rows of channels that are between two steps.
  private let largest: Int

  init(points: [Int], bases: [AxisBasis], modes: [Int]) {
    let realAxes = points.indices.filter { bases[$0].isReal }
    let others = points.indices.filter { !bases[$0].isReal }
    let tables = realAxes.map { RealAxisTable<Scalar>(bases[$0], points: points[$0], modes: modes[$0]) }
    fourier =
      others.isEmpty
      ? nil : ChannelTransform(points: others.map { points[$0] }, modes: others.map { modes[$0] })
    fourierPoints = others.reduce(1) { $0 * points[$1] }
    fourierModes = others.reduce(1) { $0 * ($1 == others.last ? modes[$1] : 2 * modes[$1]) }
    realModes = realAxes.reduce(1) { $0 * modes[$1] }
    var dimensions = points
    var largest = 0
    func step(_ number: Int) -> Step {
      let axis = realAxes[number]
      return Step(
        table: tables[number], outer: dimensions[..<axis].reduce(1, *),
        inner: dimensions[(axis + 1)...].reduce(1, *))
    }
    analysisSteps = realAxes.indices.reversed().map { number in
      defer {
        dimensions[realAxes[number]] = modes[realAxes[number]]
        largest = max(largest, dimensions.reduce(1, *))
      }
      return step(number)
    }
    let reduced = dimensions
    synthesisSteps = realAxes.indices.map { number in
      defer {
        dimensions[realAxes[number]] = points[realAxes[number]]
        // The last step writes where the result belongs.
        if number < realAxes.count - 1 { largest = max(largest, dimensions.reduce(1, *)) }
      }
      return step(number)
    }
    self.largest = largest
    order = Self.order(reduced, realAxes + others)
  }

  /// Modes of the transform.
  var modeCount: Int { realModes * fourierModes }

  /// Numbers of scratch memory that any direction takes.
  func scratchCount(width: Int) -> Int {
    2 * padded(largest * width)
      + (fourier.map { padded($0.rowsCount(width: width)) + $0.scratchCount(width: width) } ?? 0)
  }

  private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  private static func order(_ dimensions: [Int], _ axes: [Int]) -> [Int32]? {
    guard axes != axes.sorted() else { return nil }
    let strides = dimensions.indices.map { dimensions[($0 + 1)...].reduce(1, *) }
    return axes.reduce([0]) { places, axis in
      places.flatMap { place in (0..<dimensions[axis]).map { place + Int32($0 * strides[axis]) } }
    }
  }

  /// Values to modes, `stride` numbers apart, as (re, −im, im, re) where they are doubled.
  ///
  /// - Parameter adjoint: whether it is the adjoint of `synthesize` that is wanted, without weights of quadrature.
  func analyze(
    _ x: UnsafePointer<Scalar>, width: Int, into modes: UnsafeMutablePointer<Scalar>, stride: Int,
    doubled: Bool,
    adjoint: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) {
    var spaces = (scratch, scratch + padded(largest * width))
    var source = x
    for number in 0..<analysisSteps.count {
      let step = analysisSteps[number]
      let table = step.table
      let left = adjoint ? (table.synthesis, 1, table.modes) : (table.analysis, table.points, 1)
      product(
        left, from: source, step, table.points, to: table.modes, width: width, into: spaces.0, adding: false)
      source = UnsafePointer(spaces.0)
      spaces = (spaces.1, spaces.0)
    }
    guard let fourier else {
      return copyChannels(
        source, row: width, to: modes, row: stride, points: modeCount, channels: width)
    }
    if let order {
      gatherRows(source, order, width: width, into: spaces.0)
      source = UnsafePointer(spaces.0)
    }
    let rows = scratch + 2 * padded(largest * width)
    let work = rows + padded(fourier.rowsCount(width: width))
    let table = fourier.last
    for mode in 0..<realModes {
      let left = adjoint ? (table.synthesis, 1, table.rows) : (table.analysis, table.points, 1)
      var products = MatrixProducts(
        rows: table.rows, columns: width,
        MatrixProduct(
          left.0, row: left.1, column: left.2, times: source + mode * fourierPoints * width, rightRow: width,
          rightBatch: table.points * width, inner: table.points), into: rows, row: width)
      products.batch = fourier.rowCount
      products.resultBatch = table.rows * width
      Scalar.networkKernels.multiply(products)
      fourier.analyze(
        rows: rows, width: width, into: modes + mode * fourierModes * stride, stride: stride,
        doubled: doubled,
        scratch: work)
    }
  }

  /// Modes, `stride` numbers apart, to values.
  ///
  /// - Parameter adjoint: whether it is the adjoint of `analyze` that is wanted.
  func synthesize(
    _ modes: UnsafePointer<Scalar>, stride: Int, width: Int, into y: UnsafeMutablePointer<Scalar>,
    adding: Bool,
    adjoint: Bool, scratch: UnsafeMutablePointer<Scalar>
  ) {
    var spaces = (scratch, scratch + padded(largest * width))
    if let fourier {
      let rows = scratch + 2 * padded(largest * width)
      let work = rows + padded(fourier.rowsCount(width: width))
      let table = fourier.last
      for mode in 0..<realModes {
        fourier.synthesize(
          modes: modes + mode * fourierModes * stride, stride: stride, width: width, into: rows, scratch: work
        )
        let left = adjoint ? (table.analysis, 1, table.points) : (table.synthesis, table.rows, 1)
        var products = MatrixProducts(
          rows: table.points, columns: width,
          MatrixProduct(
            left.0, row: left.1, column: left.2, times: UnsafePointer(rows), rightRow: width,
            rightBatch: table.rows * width, inner: table.rows), into: spaces.0 + mode * fourierPoints * width,
          row: width)
        products.batch = fourier.rowCount
        products.resultBatch = table.points * width
        Scalar.networkKernels.multiply(products)
      }
      if let order {
        scatterRows(UnsafePointer(spaces.0), order, width: width, into: spaces.1)
        spaces = (spaces.1, spaces.0)
      }
    } else {
      copyChannels(modes, row: stride, to: spaces.0, row: width, points: modeCount, channels: width)
    }
    for number in 0..<synthesisSteps.count {
      let step = synthesisSteps[number]
      let table = step.table
      let isEnd = number == synthesisSteps.count - 1
      let left = adjoint ? (table.analysis, 1, table.points) : (table.synthesis, table.modes, 1)
      product(
        left, from: UnsafePointer(spaces.0), step, table.modes, to: table.points, width: width,
        into: isEnd ? y : spaces.1, adding: isEnd && adding)
      spaces = (spaces.1, spaces.0)
    }
  }

  /// The product of a matrix, given with the distances of its rows and columns, with one axis of an array.
  private func product(
    _ left: (UnsafePointer<Scalar>, row: Int, column: Int), from x: UnsafePointer<Scalar>, _ step: Step,
    _ count: Int, to target: Int, width: Int, into y: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    let length = step.inner * width
    var products = MatrixProducts(
      rows: target, columns: length,
      MatrixProduct(
        left.0, row: left.row, column: left.column, times: x, rightRow: length, rightBatch: count * length,
        inner: count), into: y, row: length)
    products.batch = step.outer
    products.resultBatch = target * length
    products.accumulates = adding
    Scalar.networkKernels.multiply(products)
  }
}

/// Rows of `width` numbers from the places that `order` names, one after the other.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func gatherRows<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ order: [Int32], width: Int, into y: UnsafeMutablePointer<Scalar>
) {
  for (row, place) in order.enumerated() {
    let source = x + Int(place) * width
    for index in 0..<width { y[row * width + index] = source[index] }
  }
}

/// The way back.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scatterRows<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ order: [Int32], width: Int, into y: UnsafeMutablePointer<Scalar>
) {
  for (row, place) in order.enumerated() {
    let target = y + Int(place) * width
    for index in 0..<width { target[index] = x[row * width + index] }
  }
}
