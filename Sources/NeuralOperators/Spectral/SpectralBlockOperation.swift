package import Differentiation
import Learning

/// `y = f(F⁻¹ R F x + x·W + b)`: a Fourier layer with its pointwise path, bias and activation as one step.
///
/// Inputs are x, R of shape (modes, 2, in, out), and where there is a pointwise path W (in, out) and b. F divides by the number of
/// points, so that the same R acts alike on every grid. Without a pointwise path the result may stand on another grid.
///
/// Source: Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021, equation 4.
package final class SpectralBlockOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int]
  package let modeSet: ModeSet
  private let activation: Activation
  private let analysis: ChannelTransform<Scalar>
  private let synthesis: ChannelTransform<Scalar>
  private let capacity: Int
  private let channels: Int
  private let width: Int

  /// x̂, per mode and sample as (re, −im, im, re).
  private let coefficients: TapeBuffer
  private let derivative: TapeBuffer?
  private let mixed: TapeBuffer
  private let rows: TapeBuffer
  private let scratch: TapeBuffer
  private let mixedGradient: TapeBuffer
  private let coefficientGradient: TapeBuffer
  private let rowsBack: TapeBuffer
  private let scratchBack: TapeBuffer
  private let mixScratch: TapeBuffer
  private let transposed: TapeBuffer

  /// - Parameters:
  ///   - points: the grid of the result; that of x unless given.
  ///   - active: see `ModeSet`.
  package init(
    _ x: Variable, weight: Variable, modes: [Int], pointwise: (weight: Variable, bias: Variable)?,
    activation: Activation, points: [Int]? = nil, active: [Int]? = nil, on tape: Tape<Scalar>
  ) {
    let grid = Array(x.shape.dropLast())
    let target = points ?? grid
    precondition(
      pointwise == nil || target == grid,
      "SpectralBlock: a pointwise path cannot lead from \(grid) to \(target)")
    precondition(grid.count == modes.count, "SpectralBlock: \(modes) modes for the axes \(grid)")
    (channels, width) = (x.channels, weight.shape[weight.shape.count - 1])
    capacity = tape.capacity
    modeSet = ModeSet(modes: modes, points: [grid, target], active: active)
    tape.noteDroppedModes(modeSet.droppedCount, of: weight)
    analysis = ChannelTransform(points: grid, modes: modeSet.reached)
    synthesis = target == grid ? analysis : ChannelTransform(points: target, modes: modeSet.reached)
    inputs = [x, weight] + (pointwise.map { [$0.weight, $0.bias] } ?? [])
    savedInputs = pointwise == nil ? [1] : [0, 1, 2]
    let y = tape.result(target + [width])
    outputs = [y]
    self.activation = activation
    let count = modeSet.count
    coefficients = tape.buffer(count * capacity * 4 * channels, .saved)
    derivative = activation == .identity ? nil : tape.buffer(y.count * capacity, .saved)
    let rowsCount = max(analysis.rowsCount(width: channels), synthesis.rowsCount(width: width))
    let scratchCount = max(analysis.scratchCount(width: channels), synthesis.scratchCount(width: width))
    mixed = tape.buffer(count * capacity * 2 * width, .forward)
    rows = tape.buffer(rowsCount, .forward)
    scratch = tape.buffer(scratchCount, .forward)
    mixedGradient = tape.buffer(count * capacity * 2 * width, .backward)
    coefficientGradient = tape.buffer(count * capacity * 2 * channels, .backward)
    rowsBack = tape.buffer(rowsCount, .backward)
    scratchBack = tape.buffer(scratchCount, .backward)
    mixScratch = tape.buffer(2 * channels * width + 4 * capacity * width, .backward)
    transposed = tape.buffer(channels * width, .backward)
  }

  private func mixing(_ samples: Int, _ body: (ModeMixing) -> Void) {
    func run(_ slots: UnsafePointer<Int32>?) {
      body(
        ModeMixing(
          modes: modeSet.count, samples: samples, inputs: channels, outputs: width, slots: slots,
          capacity: capacity))
    }
    if let slots = modeSet.slots { slots.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (x, rowsMemory, work) = (context.input(0), context.buffer(rows), context.buffer(scratch))
    let (spectrum, mixedSpectrum) = (context.buffer(coefficients), context.buffer(mixed))
    let table = analysis.last
    for sample in 0..<context.samples {
      var products = MatrixProducts(
        rows: table.rows, columns: channels,
        MatrixProduct(
          table.analysis, row: table.points, times: x + sample * inputs[0].count, rightRow: channels,
          rightBatch: table.points * channels, inner: table.points), into: rowsMemory, row: channels)
      products.symmetry = .folded
      products.batch = analysis.rowCount
      products.resultBatch = table.rows * channels
      kernels.multiply(products)
      analysis.analyze(
        rows: rowsMemory, width: channels, into: spectrum + sample * 4 * channels,
        stride: capacity * 4 * channels,
        doubled: true, scratch: work)
    }
    mixing(context.samples) { kernels.mix($0, context.input(1), spectrum, mixedSpectrum) }
    let end = synthesis.last
    for sample in 0..<context.samples {
      synthesis.synthesize(
        modes: mixedSpectrum + sample * 2 * width, stride: capacity * 2 * width, width: width,
        into: rowsMemory,
        scratch: work)
      var products = MatrixProducts(
        rows: end.points, columns: width,
        MatrixProduct(
          end.synthesis, row: end.rows, times: UnsafePointer(rowsMemory), rightRow: width,
          rightBatch: end.rows * width,
          inner: end.rows), into: context.output() + sample * outputs[0].count, row: width)
      if inputs.count > 2 {
        products.second = MatrixProduct(
          x + sample * inputs[0].count, row: channels, batch: end.points * channels, times: context.input(2),
          rightRow: width,
          inner: channels)
        products.bias = context.input(3)
      }
      products.symmetry = .mirrored
      products.batch = synthesis.rowCount
      products.resultBatch = end.points * width
      products.activation = activation
      if let derivative, context.savesForBackward {
        products.derivative = context.buffer(derivative) + sample * outputs[0].count
      }
      kernels.multiply(products)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (rowsMemory, work) = (context.buffer(rowsBack), context.buffer(scratchBack))
    let (dSpectrum, dMixed) = (context.buffer(coefficientGradient), context.buffer(mixedGradient))
    let end = synthesis.last
    let count = outputs[0].count
    let biasGradient = inputs.count > 2 ? context.inputGradient(3) : nil
    if let biasGradient, !context.accumulates(into: 3) { biasGradient.update(repeating: 0, count: width) }
    let (output, slopes) = (context.outputGradient(), derivative.map { UnsafePointer(context.buffer($0)) })
    for sample in 0..<context.samples {
      for first in stride(from: 0, to: synthesis.rowCount, by: rowsPerTile) {
        let tile = first..<min(first + rowsPerTile, synthesis.rowCount)
        let start = sample * count + first * end.points * width
        let dy = output + start
        kernels.addBiasGradient(
          rows: tile.count * end.points, width: width,
          derivative: slopes.map { $0 + start }, dy, into: biasGradient)
        addWeightGradient(context, dy, sample: sample, rows: tile)
        var products = MatrixProducts(
          rows: end.rows, columns: width,
          MatrixProduct(
            end.synthesis, row: 1, column: end.rows, times: UnsafePointer(dy), rightRow: width,
            rightBatch: end.points * width, inner: end.points),
          into: rowsMemory + first * end.rows * width, row: width)
        products.symmetry = .folded
        products.batch = tile.count
        products.resultBatch = end.rows * width
        kernels.multiply(products)
      }
      synthesis.analyze(
        rows: rowsMemory, width: width, into: dMixed + sample * 2 * width, stride: capacity * 2 * width,
        doubled: false,
        scratch: work)
    }
    // A weight that nobody trains is rare enough to be given a gradient that nobody reads.
    guard let weightGradient = context.inputGradient(1) else {
      preconditionFailure("SpectralBlock: its weight must be trained")
    }
    // Modes that are dropped get no gradient from the products.
    let zeroes = modeSet.droppedCount > 0 && !context.accumulates(into: 1)
    if zeroes { weightGradient.update(repeating: 0, count: inputs[1].count) }
    mixing(context.samples) {
      kernels.mixBack(
        $0, context.input(1), context.buffer(coefficients), dMixed, weightGradient,
        zeroes || context.accumulates(into: 1), dSpectrum, context.buffer(mixScratch))
    }
    guard let dx = context.inputGradient(0) else { return }
    let weightTransposed = context.buffer(transposed)
    if inputs.count > 2 {
      kernels.transpose(channels, width, context.input(2), width, weightTransposed, channels)
    }
    let table = analysis.last
    for sample in 0..<context.samples {
      analysis.synthesize(
        modes: dSpectrum + sample * 2 * channels, stride: capacity * 2 * channels, width: channels,
        into: rowsMemory,
        scratch: work)
      var products = MatrixProducts(
        rows: table.points, columns: channels,
        MatrixProduct(
          table.analysis, row: 1, column: table.points, times: UnsafePointer(rowsMemory), rightRow: channels,
          rightBatch: table.rows * channels, inner: table.rows), into: dx + sample * inputs[0].count,
        row: channels
      )
      if inputs.count > 2 {
        products.second = MatrixProduct(
          context.outputGradient() + sample * count, row: width, batch: table.points * width,
          times: weightTransposed,
          rightRow: channels, inner: width)
      }
      products.symmetry = .mirrored
      products.batch = analysis.rowCount
      products.resultBatch = table.points * channels
      products.accumulates = context.accumulates(into: 0)
      kernels.multiply(products)
    }
  }

  /// Rows of the last axis that go through all that is done to a gradient while they are in the first cache.
  private var rowsPerTile: Int { max(1, 4096 / (synthesis.last.points * width)) }

  /// The gradient of W from some rows of a sample.
  private func addWeightGradient(
    _ context: OperationContext<Scalar>, _ dy: UnsafePointer<Scalar>, sample: Int, rows: Range<Int>
  ) {
    guard inputs.count > 2, let gradient = context.inputGradient(2) else { return }
    let isFirst = sample == 0 && rows.lowerBound == 0
    let points = rows.count * analysis.last.points
    let start = sample * inputs[0].count + rows.lowerBound * analysis.last.points * channels
    var products = MatrixProducts(
      rows: channels, columns: width,
      MatrixProduct(
        context.input(0) + start, row: 1, column: channels, times: dy, rightRow: width, inner: points),
      into: gradient, row: width)
    products.accumulates = !isFirst || context.accumulates(into: 2)
    Scalar.networkKernels.multiply(products)
  }
}
