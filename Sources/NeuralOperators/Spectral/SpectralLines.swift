import Differentiation

/// The Fourier layer along one axis, for all lines of points along it.
///
/// A sample is (outer, n, inner, channels), its spectrum (outer, modes, 2, inner, channels).
final class SpectralLines<Scalar: NetworkScalar> {
  private let table: AxisTable<Scalar>
  private let modes: Int
  /// Modes of the weights; those that the grid does not reach are left alone.
  private let weightModes: Int
  var droppedCount: Int { weightModes - modes }
  private let outer: Int
  private let inner: Int
  private let inputs: Int
  private let outputs: Int

  init(grid: [Int], axis: Int, modes weightModes: Int, inputs: Int, outputs: Int) {
    modes = min(weightModes, (grid[axis] + 1) / 2)
    self.weightModes = weightModes
    table = AxisTable(points: grid[axis], modes: modes, isLast: true, scale: 1 / Double(grid[axis]))
    outer = grid[..<axis].reduce(1, *)
    inner = grid[(axis + 1)...].reduce(1, *)
    self.inputs = inputs
    self.outputs = outputs
  }

  func spectrumCount(_ channels: Int) -> Int { outer * modes * 2 * inner * channels }
  private var matrix: Int { inputs * outputs }
  /// −Im R of every mode, then the spectrum of the result.
  var forwardScratch: Int { padded(modes * matrix) + spectrumCount(outputs) }
  /// Re Rᵀ, Im Rᵀ and −Im Rᵀ of every mode, a matrix, then the spectra of both gradients.
  var backwardScratch: Int {
    padded((3 * modes + 1) * matrix) + padded(spectrumCount(outputs)) + spectrumCount(inputs)
  }

  private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// −Im R, what the real part needs.
  func negate(_ weight: UnsafePointer<Scalar>, into work: UnsafeMutablePointer<Scalar>) {
    for mode in 0..<modes {
      copyNegated(weight + (2 * mode + 1) * matrix, work + mode * matrix, matrix)
    }
  }

  func transpose(_ weight: UnsafePointer<Scalar>, into work: UnsafeMutablePointer<Scalar>) {
    let transpose = Scalar.networkKernels.transpose
    for mode in 0..<modes {
      let target = work + 3 * mode * matrix
      transpose(inputs, outputs, weight + 2 * mode * matrix, outputs, target, inputs)
      transpose(inputs, outputs, weight + (2 * mode + 1) * matrix, outputs, target + matrix, inputs)
      copyNegated(UnsafePointer(target + matrix), target + 2 * matrix, matrix)
    }
  }

  /// Lines to spectra or back: products with the table for every outer index.
  private func product(
    _ left: UnsafePointer<Scalar>, row: Int, column: Int, rows: Int, _ symmetry: MatrixSymmetry,
    _ x: UnsafePointer<Scalar>, innerRows: Int, channels: Int, into y: UnsafeMutablePointer<Scalar>,
    adding: Bool
  ) {
    let length = inner * channels
    var products = MatrixProducts(
      rows: rows, columns: length,
      MatrixProduct(
        left, row: row, column: column, times: x, rightRow: length, rightBatch: innerRows * length,
        inner: innerRows),
      into: y, row: length)
    products.symmetry = symmetry
    products.batch = outer
    products.resultBatch = rows * length
    products.accumulates = adding
    Scalar.networkKernels.multiply(products)
  }

  /// For every mode and pair of parts: `y = a·A + b·B` on all lines.
  private func mix(
    _ x: UnsafePointer<Scalar>, from channels: Int, to width: Int, into y: UnsafeMutablePointer<Scalar>,
    matrices: (_ mode: Int) -> (
      real: (UnsafePointer<Scalar>, UnsafePointer<Scalar>),
      imaginary: (UnsafePointer<Scalar>, UnsafePointer<Scalar>)
    )
  ) {
    for mode in 0..<modes {
      let (real, imaginary) = matrices(mode)
      for part in 0..<2 {
        let pair = part == 0 ? real : imaginary
        // Along the last axis the lines are the outer index itself.
        let (batch, rows) = inner == 1 ? (1, outer) : (outer, inner)
        let (from, to) = (2 * modes * inner * channels, 2 * modes * inner * width)
        var products = MatrixProducts(
          rows: rows, columns: width,
          MatrixProduct(
            x + 2 * mode * inner * channels, row: inner == 1 ? from : channels, batch: from, times: pair.0,
            rightRow: width, inner: channels),
          plus: MatrixProduct(
            x + (2 * mode + 1) * inner * channels, row: inner == 1 ? from : channels, batch: from,
            times: pair.1,
            rightRow: width, inner: channels), into: y + (2 * mode + part) * inner * width,
          row: inner == 1 ? to : width)
        products.batch = batch
        products.resultBatch = to
        Scalar.networkKernels.multiply(products)
      }
    }
  }

  func forward(
    _ x: UnsafePointer<Scalar>, weight: UnsafePointer<Scalar>, spectrum: UnsafeMutablePointer<Scalar>,
    into y: UnsafeMutablePointer<Scalar>, adding: Bool, work: UnsafeMutablePointer<Scalar>
  ) {
    let mixed = work + padded(modes * matrix)
    product(
      table.analysis, row: table.points, column: 1, rows: 2 * modes, .folded, x, innerRows: table.points,
      channels: inputs,
      into: spectrum, adding: false)
    mix(UnsafePointer(spectrum), from: inputs, to: outputs, into: mixed) { mode in
      let (re, im) = (weight + 2 * mode * matrix, weight + (2 * mode + 1) * matrix)
      return ((re, UnsafePointer(work) + mode * matrix), (im, re))
    }
    product(
      table.synthesis, row: 2 * modes, column: 1, rows: table.points, .mirrored, UnsafePointer(mixed),
      innerRows: 2 * modes,
      channels: outputs, into: y, adding: adding)
  }

  func backward(
    _ dy: UnsafePointer<Scalar>, spectrum: UnsafePointer<Scalar>,
    weightGradient: UnsafeMutablePointer<Scalar>,
    addingWeight: Bool, into dx: UnsafeMutablePointer<Scalar>?, adding: Bool,
    work: UnsafeMutablePointer<Scalar>
  ) {
    let spare = work + 3 * modes * matrix
    let dMixed = work + padded((3 * modes + 1) * matrix)
    let dSpectrum = dMixed + padded(spectrumCount(outputs))
    product(
      table.synthesis, row: 1, column: 2 * modes, rows: 2 * modes, .folded, dy, innerRows: table.points,
      channels: outputs,
      into: dMixed, adding: false)
    if modes < weightModes, !addingWeight {
      (weightGradient + 2 * modes * matrix).update(repeating: 0, count: 2 * (weightModes - modes) * matrix)
    }
    for mode in 0..<modes {
      let (real, imaginary) = (weightGradient + 2 * mode * matrix, weightGradient + (2 * mode + 1) * matrix)
      let (re, im) = (2 * mode, 2 * mode + 1)
      gradient(spectrum, re, dMixed, re, into: real, adding: addingWeight)
      gradient(spectrum, im, dMixed, im, into: real, adding: true)
      gradient(spectrum, re, dMixed, im, into: imaginary, adding: addingWeight)
      gradient(spectrum, im, dMixed, re, into: spare, adding: false)
      subtract(UnsafePointer(spare), imaginary, matrix)
    }
    guard let dx else { return }
    mix(UnsafePointer(dMixed), from: outputs, to: inputs, into: dSpectrum) { mode in
      let re = UnsafePointer(work) + 3 * mode * matrix
      return ((re, re + matrix), (re + 2 * matrix, re))
    }
    product(
      table.analysis, row: 1, column: table.points, rows: table.points, .mirrored, UnsafePointer(dSpectrum),
      innerRows: 2 * modes,
      channels: inputs, into: dx, adding: adding)
  }

  /// xᵀ·dy of one part of a mode each, over all lines.
  private func gradient(
    _ x: UnsafePointer<Scalar>, _ part: Int, _ dy: UnsafeMutablePointer<Scalar>, _ other: Int,
    into target: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    let (from, to) = (2 * modes * inner * inputs, 2 * modes * inner * outputs)
    for block in 0..<(inner == 1 ? 1 : outer) {
      var products = MatrixProducts(
        rows: inputs, columns: outputs,
        MatrixProduct(
          x + part * inner * inputs + block * from, row: 1, column: inner == 1 ? from : inputs,
          times: UnsafePointer(dy) + other * inner * outputs + block * to,
          rightRow: inner == 1 ? to : outputs,
          inner: inner == 1 ? outer : inner), into: target, row: outputs)
      products.accumulates = adding || block > 0
      Scalar.networkKernels.multiply(products)
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func copyNegated<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  for index in 0..<count { y[index] = -x[index] }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func subtract<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  for index in 0..<count { y[index] -= x[index] }
}
