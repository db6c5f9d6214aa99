package import Differentiation

/// `y = scale·x + shift` with fixed numbers per channel, or per channel and point: what undoes a normalisation.
package final class ScaleAndShiftOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let scale: [Scalar]
  private let shift: [Scalar]

  package init(_ x: Variable, scale: [Scalar], shift: [Scalar], on tape: Tape<Scalar>) {
    precondition(
      scale.count == shift.count && (scale.count == x.channels || scale.count == x.count),
      "ScaleAndShift: \(scale.count) factors and \(shift.count) shifts for a variable of shape \(x.shape)")
    inputs = [x]
    outputs = [tape.result(x.shape)]
    self.scale = scale
    self.shift = shift
  }

  package func forward(_ context: OperationContext<Scalar>) {
    scaleAndShift(
      context.input(0), into: context.output(), count: context.samples * inputs[0].count, scale: scale,
      shift: shift,
      period: scale.count, adding: false)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let gradient = context.inputGradient(0) else { return }
    scaleAndShift(
      UnsafePointer(context.outputGradient()), into: gradient, count: context.samples * inputs[0].count,
      scale: scale,
      shift: nil, period: scale.count, adding: context.accumulates(into: 0))
  }
}
