import CKernels

/// Our own complex transforms of many neighbouring columns; for lengths without prime factors above 5.
///
/// They are vectorised across the columns with the widest vectors the processor has, which Debian's FFTW is
/// not built for, and read and write rows where they are.
package struct FourierColumns: ~Copyable, @unchecked Sendable {
  private let kernel: OpaquePointer
  private let points: Int

  package init?(points: Int) {
    guard let kernel = pvk_columns_create(points) else { return nil }
    self.kernel = kernel
    self.points = points
  }

  deinit { pvk_columns_destroy(kernel) }

  /// Doubles of work space for rows of `width` doubles.
  package func workLength(width: Int) -> Int { 2 * points * width }

  /// Transforms rows of `width` doubles, a multiple of eight; neither direction is scaled.
  @inline(__always)
  package func transform(
    _ source: UnsafePointer<Double>, distance: Int, into target: UnsafeMutablePointer<Double>,
    distance targetDistance: Int, width: Int, isInverse: Bool, work: UnsafeMutablePointer<Double>
  ) {
    pvk_columns_transform(
      kernel, isInverse ? 1 : 0, source, distance, target, targetDistance, width, work)
  }
}

/// Our own transforms of real lines; for lengths that are 32 times a number without prime factors above 5.
package struct FourierLines: ~Copyable, @unchecked Sendable {
  private let kernel: OpaquePointer
  /// Doubles of work space.
  package let workLength: Int

  package init?(points: Int) {
    guard let kernel = pvk_lines_create(points) else { return nil }
    self.kernel = kernel
    workLength = pvk_lines_work(points)
  }

  deinit { pvk_lines_destroy(kernel) }

  /// The values of `lines` functions of which `kept` coefficients are given.
  @inline(__always)
  package func synthesize(
    _ coefficients: UnsafePointer<Double>, stride: Int, kept: Int, values: UnsafeMutablePointer<Double>,
    distance: Int, lines: Int, work: UnsafeMutablePointer<Double>
  ) {
    pvk_lines_synthesize(kernel, coefficients, stride, kept, values, distance, lines, work)
  }

  /// The first `kept` coefficients of `lines` functions, times `scale`; the values are destroyed.
  @inline(__always)
  package func analyze(
    _ values: UnsafeMutablePointer<Double>, distance: Int, coefficients: UnsafeMutablePointer<Double>,
    stride: Int,
    kept: Int, scale: Double, lines: Int, work: UnsafeMutablePointer<Double>
  ) {
    pvk_lines_analyze(kernel, values, distance, coefficients, stride, kept, scale, lines, work)
  }
}
