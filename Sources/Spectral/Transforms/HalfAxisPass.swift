/// Real Fourier transforms of all lines along one axis: n reals to n/2 + 1 complex numbers, and back.
///
/// As in `RealAxisPass`, lines that are not contiguous are gathered a tile at a time.
final class HalfAxisPass<Scalar: TransformScalar>: @unchecked Sendable {
  private let real: AxisExtents
  private let complex: AxisExtents
  private static var tile: Int { 16 }
  private let plans: Pair
  private let remainder: Pair?

  private final class Pair {
    let forward: TransformPlan<Scalar>
    let inverse: TransformPlan<Scalar>

    /// `count` lines that are `distance` apart, with their elements `stride` apart.
    init(points: Int, stride: Int, count: Int, distance: (real: Int, complex: Int), _ mode: PlanningMode) {
      let axis = TransformDimension(points, stride)
      forward = .realToComplex(
        axis, batch: [TransformDimension(count, distance.real, distance.complex)], mode: mode)
      inverse = .complexToReal(
        axis, batch: [TransformDimension(count, distance.complex, distance.real)], mode: mode)
    }
  }

  init(points: [Int], modes: [Int], axis: Int, mode: PlanningMode) {
    let (real, complex) = (AxisExtents(points, axis), AxisExtents(modes, axis))
    self.real = real
    self.complex = complex
    guard real.inner > 1 else {
      plans = Pair(
        points: real.count, stride: 1, count: real.outer, distance: (real.count, complex.count), mode)
      remainder = nil
      return
    }
    let width = min(Self.tile, real.inner)
    plans = Pair(points: real.count, stride: width, count: width, distance: (1, 1), mode)
    let rest = real.inner % width
    remainder = rest > 0 ? Pair(points: real.count, stride: rest, count: rest, distance: (1, 1), mode) : nil
  }

  /// How many numbers of scratch memory a call needs.
  var scratchCount: Int { real.inner > 1 ? Self.tile * (real.count + 2 * complex.count) : 0 }

  /// Unscaled; keeps the reals.
  func forward(
    _ values: UnsafeMutablePointer<Scalar>, _ coefficients: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard real.inner > 1 else { return plans.forward.execute(values, coefficients) }
    let half = scratch + Self.tile * real.count
    eachTile { valueStart, coefficientStart, width, isRemainder in
      for row in 0..<real.count {
        (scratch + row * width).update(from: values + valueStart + row * real.inner, count: width)
      }
      if isRemainder {
        remainder!.forward.execute(scratch, half)
      } else {
        plans.forward.execute(scratch, half)
      }
      for row in 0..<complex.count {
        (coefficients + 2 * (coefficientStart + row * real.inner)).update(
          from: half + 2 * row * width, count: 2 * width)
      }
    }
  }

  /// Unscaled; destroys the complex numbers.
  func inverse(
    _ coefficients: UnsafeMutablePointer<Scalar>, _ values: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard real.inner > 1 else { return plans.inverse.execute(coefficients, values) }
    let half = scratch + Self.tile * real.count
    eachTile { valueStart, coefficientStart, width, isRemainder in
      for row in 0..<complex.count {
        (half + 2 * row * width).update(
          from: coefficients + 2 * (coefficientStart + row * real.inner), count: 2 * width)
      }
      if isRemainder {
        remainder!.inverse.execute(half, scratch)
      } else {
        plans.inverse.execute(half, scratch)
      }
      for row in 0..<real.count {
        (values + valueStart + row * real.inner).update(from: scratch + row * width, count: width)
      }
    }
  }

  /// Calls `body` with the first elements of each tile of lines and its width.
  private func eachTile(
    _ body: (_ valueStart: Int, _ coefficientStart: Int, _ width: Int, _ isRemainder: Bool) -> Void
  ) {
    let width = min(Self.tile, real.inner)
    for outer in 0..<real.outer {
      for column in stride(from: 0, to: real.inner, by: width) {
        let count = min(width, real.inner - column)
        body(
          outer * real.count * real.inner + column, outer * complex.count * real.inner + column, count,
          count < width)
      }
    }
  }
}
