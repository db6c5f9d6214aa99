import CFFTW

/// Real transforms in place of all lines along one axis of a row-major array.
///
/// Lines that are not contiguous are gathered a tile at a time: FFTW alone walks whole arrays with large
/// strides, which is several times slower from some hundreds of points on.
final class RealAxisPass<Scalar: TransformScalar>: @unchecked Sendable {
  private let extents: AxisExtents
  /// Lines per tile: two cache lines of doubles.
  private static var tile: Int { 16 }
  private let plan: TransformPlan<Scalar>
  /// For the last columns, where the tiles do not come out even.
  private let remainderPlan: TransformPlan<Scalar>?

  init(shape: [Int], axis: Int, kind: fftw_r2r_kind, mode: PlanningMode) {
    let extents = AxisExtents(shape, axis)
    self.extents = extents
    func tilePlan(_ width: Int) -> TransformPlan<Scalar> {
      .real(
        [TransformDimension(extents.count, width)], kinds: [kind], batch: [TransformDimension(width, 1)],
        mode: mode)
    }
    guard extents.inner > 1 else {
      plan = .real(
        [TransformDimension(extents.count, 1)], kinds: [kind],
        batch: [TransformDimension(extents.outer, extents.count)], mode: mode)
      remainderPlan = nil
      return
    }
    let remainder = extents.inner % Self.tile
    plan = tilePlan(min(Self.tile, extents.inner))
    remainderPlan = remainder > 0 && extents.inner > Self.tile ? tilePlan(remainder) : nil
  }

  /// How many numbers of scratch memory `execute` needs.
  var scratchCount: Int { extents.inner > 1 ? extents.count * Self.tile : 0 }

  /// Transforms all lines; both addresses are 16-byte aligned.
  func execute(_ data: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) {
    guard extents.inner > 1 else { return plan.execute(data, data) }
    for outer in 0..<extents.outer {
      let block = data + outer * extents.count * extents.inner
      for column in stride(from: 0, to: extents.inner, by: Self.tile) {
        let width = min(Self.tile, extents.inner - column)
        for row in 0..<extents.count {
          (scratch + row * width).update(from: block + row * extents.inner + column, count: width)
        }
        if width < Self.tile && remainderPlan != nil {
          remainderPlan!.execute(scratch, scratch)
        } else {
          plan.execute(scratch, scratch)
        }
        for row in 0..<extents.count {
          (block + row * extents.inner + column).update(from: scratch + row * width, count: width)
        }
      }
    }
  }
}
