import Differentiation
import Learning

/// A norm of a sample that comes from an inner product: `‖e‖² = ⟨e, A e⟩` with A symmetric.
protocol QuadraticNorm<Scalar>: AnyObject {
  associatedtype Scalar: NetworkScalar
  /// Numbers of scratch memory.
  var scratchCount: Int { get }
  /// ‖e‖²; may overwrite e.
  func square(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>) -> Double
  /// Replaces e by A e.
  func apply(_ e: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Scalar>)
}

/// ‖p − t‖ / ‖t‖ of every sample in some norm.
final class RelativeNormOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  private let norm: any QuadraticNorm<Scalar>
  private let norms: TapeBuffer
  private let scratch: TapeBuffer
  private let scratchBack: TapeBuffer

  init(_ prediction: Variable, _ target: Variable, norm: any QuadraticNorm<Scalar>, on tape: Tape<Scalar>) {
    precondition(
      prediction.shape == target.shape,
      "RelativeNorm: shapes \(prediction.shape) and \(target.shape) must be equal")
    inputs = [prediction, target]
    outputs = [tape.result([1])]
    self.norm = norm
    // ‖p − t‖ and ‖t‖ of every sample.
    norms = tape.buffer(2 * tape.capacity, .saved)
    scratch = tape.buffer(prediction.count + norm.scratchCount, .forward)
    scratchBack = tape.buffer(prediction.count + norm.scratchCount, .backward)
  }

  func forward(_ context: OperationContext<Scalar>) {
    let count = inputs[0].count
    let kept = context.buffer(norms)
    let work = context.buffer(scratch)
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      scaledDifference(p, t, 1, into: work, count: count, adding: false)
      kept[2 * sample] = Scalar(norm.square(work, scratch: work + count).squareRoot())
      work.update(from: t, count: count)
      let size = norm.square(work, scratch: work + count).squareRoot()
      kept[2 * sample + 1] = Scalar(max(size, .leastNormalMagnitude))
      context.output()[sample] = kept[2 * sample] / kept[2 * sample + 1]
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let dp = context.inputGradient(0) else { return }
    let count = inputs[0].count
    let kept = context.buffer(norms)
    let work = context.buffer(scratchBack)
    let adds = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      let (p, t) = (context.input(0) + sample * count, context.input(1) + sample * count)
      let product = kept[2 * sample] * kept[2 * sample + 1]
      // At the minimum any slope will do, and none is the one that stays.
      let factor = product > 0 ? context.outputGradient()[sample] / product : 0
      scaledDifference(p, t, factor, into: work, count: count, adding: false)
      norm.apply(work, scratch: work + count)
      if adds {
        Scalar.networkKernels.add(count, work, dp + sample * count)
      } else {
        (dp + sample * count).update(from: work, count: count)
      }
    }
  }
}
