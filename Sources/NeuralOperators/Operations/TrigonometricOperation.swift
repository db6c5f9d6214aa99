import Differentiation

/// `y = T⁻¹ R T x`: the spectral path of a layer some or all of whose axes are expanded in cosines or sines.
///
/// Inputs are x and R of shape (modes, parts, in, out): one part where all axes are real, so that nothing imaginary is stored or
/// multiplied, else two. Amplitudes do not depend on the number of points, so that the same R acts alike on every grid. The result
/// may stand on another grid.
final class TrigonometricOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs = [1]
  private let modeSet: ModeSet
  private let analysis: TrigonometricTransform<Scalar>
  private let synthesis: TrigonometricTransform<Scalar>
  private let isComplex: Bool
  private let capacity: Int
  private let channels: Int
  private let width: Int

  private let coefficients: TapeBuffer
  private let mixed: TapeBuffer
  private let scratch: TapeBuffer
  private let mixedGradient: TapeBuffer
  private let coefficientGradient: TapeBuffer
  private let scratchBack: TapeBuffer
  private let mixScratch: TapeBuffer

  init(
    _ x: Variable, weight: Variable, modes: [Int], bases: [AxisBasis], points: [Int]? = nil,
    active: [Int]? = nil, on tape: Tape<Scalar>
  ) {
    let grid = Array(x.shape.dropLast())
    let target = points ?? grid
    precondition(
      grid.count == modes.count && bases.count == modes.count,
      "Trigonometric: \(modes) modes for the axes \(grid)")
    isComplex = bases.contains { !$0.isReal }
    precondition(
      weight.shape[1] == (isComplex ? 2 : 1), "Trigonometric: a weight \(weight.shape) for \(bases)")
    (channels, width, capacity) = (x.channels, weight.shape[3], tape.capacity)
    modeSet = ModeSet(modes: modes, points: [grid, target], bases: bases, active: active)
    tape.noteDroppedModes(modeSet.droppedCount, of: weight)
    analysis = TrigonometricTransform(points: grid, bases: bases, modes: modeSet.reached)
    synthesis =
      target == grid ? analysis : TrigonometricTransform(points: target, bases: bases, modes: modeSet.reached)
    inputs = [x, weight]
    outputs = [tape.result(target + [width])]
    let (count, parts) = (modeSet.count * capacity, isComplex ? 2 : 1)
    let scratchCount = max(analysis.scratchCount(width: channels), synthesis.scratchCount(width: width))
    coefficients = tape.buffer(count * parts * parts * channels, .saved)
    mixed = tape.buffer(count * parts * width, .forward)
    scratch = tape.buffer(scratchCount, .forward)
    mixedGradient = tape.buffer(count * parts * width, .backward)
    coefficientGradient = tape.buffer(count * parts * channels, .backward)
    scratchBack = tape.buffer(scratchCount, .backward)
    mixScratch = tape.buffer(2 * channels * width + 4 * capacity * width, .backward)
  }

  /// Numbers of a mode of one sample, of this many channels.
  private func size(_ channels: Int, doubled: Bool = false) -> Int {
    isComplex ? (doubled ? 4 : 2) * channels : channels
  }

  private func withMixing(_ samples: Int, _ body: (ModeMixing) -> Void) {
    func run(_ slots: UnsafePointer<Int32>?) {
      body(
        ModeMixing(
          modes: modeSet.count, samples: samples, inputs: channels, outputs: width, slots: slots,
          capacity: capacity))
    }
    if let slots = modeSet.slots { slots.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (x, work) = (context.input(0), context.buffer(scratch))
    let (spectrum, mixedSpectrum) = (context.buffer(coefficients), context.buffer(mixed))
    let (from, to) = (size(channels, doubled: true), size(width))
    for sample in 0..<context.samples {
      analysis.analyze(
        x + sample * inputs[0].count, width: channels, into: spectrum + sample * from,
        stride: capacity * from,
        doubled: true, adjoint: false, scratch: work)
    }
    withMixing(context.samples) {
      if isComplex {
        Scalar.networkKernels.mix($0, context.input(1), spectrum, mixedSpectrum)
      } else {
        $0.mixReal(context.input(1), spectrum, into: mixedSpectrum)
      }
    }
    for sample in 0..<context.samples {
      synthesis.synthesize(
        UnsafePointer(mixedSpectrum) + sample * to, stride: capacity * to, width: width,
        into: context.output() + sample * outputs[0].count, adding: false, adjoint: false, scratch: work)
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    let work = context.buffer(scratchBack)
    let (dSpectrum, dMixed) = (context.buffer(coefficientGradient), context.buffer(mixedGradient))
    let (from, to) = (size(channels), size(width))
    for sample in 0..<context.samples {
      synthesis.analyze(
        UnsafePointer(context.outputGradient()) + sample * outputs[0].count, width: width,
        into: dMixed + sample * to, stride: capacity * to, doubled: false, adjoint: true, scratch: work)
    }
    guard let weightGradient = context.inputGradient(1) else {
      preconditionFailure("Trigonometric: its weight must be trained")
    }
    // Modes that are dropped get no gradient from the products.
    let zeroes = modeSet.droppedCount > 0 && !context.accumulates(into: 1)
    if zeroes { weightGradient.update(repeating: 0, count: inputs[1].count) }
    let adds = zeroes || context.accumulates(into: 1)
    withMixing(context.samples) {
      if isComplex {
        Scalar.networkKernels.mixBack(
          $0, context.input(1), context.buffer(coefficients), dMixed, weightGradient, adds, dSpectrum,
          context.buffer(mixScratch))
      } else {
        $0.mixRealBack(
          context.input(1), context.buffer(coefficients), dMixed, weightGradient: weightGradient,
          adding: adds,
          into: dSpectrum, scratch: context.buffer(mixScratch))
      }
    }
    guard let dx = context.inputGradient(0) else { return }
    for sample in 0..<context.samples {
      analysis.synthesize(
        UnsafePointer(dSpectrum) + sample * from, stride: capacity * from, width: channels,
        into: dx + sample * inputs[0].count, adding: context.accumulates(into: 0), adjoint: true,
        scratch: work)
    }
  }
}
