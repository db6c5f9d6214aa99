import Differentiation

/// One real matrix per mode, applied to the real coefficients of a few samples.
///
/// Weights of a slot are (inputs, outputs), `x` of a mode (samples, inputs), `y` (samples, outputs).
extension ModeMixing {
  private func slot(_ mode: Int) -> Int { slots.map { Int($0[mode]) } ?? mode }

  func mixReal<Scalar: NetworkScalar>(
    _ weights: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>
  ) {
    for mode in 0..<modes {
      let (slot, row) = (slot(mode), y + mode * capacity * outputs)
      guard slot >= 0 else {
        row.update(repeating: 0, count: samples * outputs)
        continue
      }
      Scalar.networkKernels.multiply(
        MatrixProducts(
          rows: samples, columns: outputs,
          MatrixProduct(
            x + mode * capacity * inputs, row: inputs, times: weights + slot * inputs * outputs,
            rightRow: outputs, inner: inputs), into: row, row: outputs))
    }
  }

  /// - Parameter scratch: room for a matrix.
  func mixRealBack<Scalar: NetworkScalar>(
    _ weights: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>,
    weightGradient: UnsafeMutablePointer<Scalar>, adding: Bool, into dx: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    let kernels = Scalar.networkKernels
    for mode in 0..<modes {
      let (slot, row) = (slot(mode), dx + mode * capacity * inputs)
      guard slot >= 0 else {
        row.update(repeating: 0, count: samples * inputs)
        continue
      }
      let gradient = dy + mode * capacity * outputs
      var products = MatrixProducts(
        rows: inputs, columns: outputs,
        MatrixProduct(
          x + mode * capacity * inputs, row: 1, column: inputs, times: gradient, rightRow: outputs,
          inner: samples), into: weightGradient + slot * inputs * outputs, row: outputs)
      products.accumulates = adding
      kernels.multiply(products)
      kernels.transpose(inputs, outputs, weights + slot * inputs * outputs, outputs, scratch, inputs)
      kernels.multiply(
        MatrixProducts(
          rows: samples, columns: inputs,
          MatrixProduct(
            gradient, row: outputs, times: UnsafePointer(scratch), rightRow: inputs, inner: outputs),
          into: row, row: inputs))
    }
  }
}
