package import Differentiation
import Learning

/// `y = Σ_a F_a⁻¹ R_a F_a x`: a Fourier layer along each axis by itself, summed.
///
/// Inputs are x and for each axis R of shape (modes, 2, in, out). Along an axis only that one is transformed; every line of points
/// across it is mixed by the same matrices, so that the products are large ones.
///
/// Source: Tran, Mathews, Xie, Ong, Factorized Fourier neural operators, ICLR 2023.
package final class FactorizedSpectralOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  private let lines: [SpectralLines<Scalar>]
  private let spectra: [TapeBuffer]
  private let scratch: TapeBuffer
  private let scratchBack: TapeBuffer
  package let savedInputs: [Int]

  package init(_ x: Variable, weights: [Variable], modes: [Int], on tape: Tape<Scalar>) {
    let grid = Array(x.shape.dropLast())
    precondition(
      grid.count == modes.count && weights.count == modes.count, "FactorizedSpectral: one weight per axis")
    let (channels, width) = (x.channels, weights[0].shape[3])
    inputs = [x] + weights
    savedInputs = Array(1...weights.count)
    let y = tape.result(grid + [width])
    outputs = [y]
    lines = grid.indices.map {
      SpectralLines(grid: grid, axis: $0, modes: modes[$0], inputs: channels, outputs: width)
    }
    for (line, weight) in zip(lines, weights) { tape.noteDroppedModes(line.droppedCount, of: weight) }
    let capacity = tape.capacity
    spectra = lines.map { tape.buffer($0.spectrumCount(channels) * capacity, .saved) }
    scratch = tape.buffer(lines.map(\.forwardScratch).max() ?? 0, .forward)
    scratchBack = tape.buffer(lines.map(\.backwardScratch).max() ?? 0, .backward)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    for axis in 0..<lines.count {
      let line = lines[axis]
      let work = context.buffer(scratch)
      line.negate(context.input(1 + axis), into: work)
      let size = line.spectrumCount(inputs[0].channels)
      for sample in 0..<context.samples {
        line.forward(
          context.input(0) + sample * inputs[0].count, weight: context.input(1 + axis),
          spectrum: context.buffer(spectra[axis]) + sample * size,
          into: context.output() + sample * outputs[0].count,
          adding: axis > 0, work: work)
      }
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    for axis in 0..<lines.count {
      let line = lines[axis]
      guard let weightGradient = context.inputGradient(1 + axis) else {
        preconditionFailure("FactorizedSpectral: its weights must be trained")
      }
      let work = context.buffer(scratchBack)
      line.transpose(context.input(1 + axis), into: work)
      let size = line.spectrumCount(inputs[0].channels)
      for sample in 0..<context.samples {
        line.backward(
          UnsafePointer(context.outputGradient()) + sample * outputs[0].count,
          spectrum: context.buffer(spectra[axis]) + sample * size, weightGradient: weightGradient,
          addingWeight: sample > 0 || context.accumulates(into: 1 + axis),
          into: context.inputGradient(0).map { $0 + sample * inputs[0].count },
          adding: axis > 0 || context.accumulates(into: 0), work: work)
      }
    }
  }
}
