import Arrays
import CKernels
import Differentiation

/// A vector of random signs and its product with the Hessian, by central differences of the gradient.
///
/// The gradient is evaluated twice, at parameters moved by ± h along the signs with h ‖v‖ = ∛ε (1 + ‖θ‖), ε the rounding of the
/// numbers: the error of the difference and that of rounding are about the same then.
final class HessianProbe<Scalar: LearningScalar> {
  /// The signs; zero between the slots and for what is not trained.
  let signs: AlignedStorage<Scalar>
  /// The Hessian times the signs.
  let product: AlignedStorage<Scalar>
  private let origin: AlignedStorage<Scalar>
  private let slots: [ParameterSlot]
  private let pass: UpdatePass<Scalar>
  private let purpose: String
  private let seed: UInt64
  /// Evaluations of the loss that a product takes.
  static var evaluations: Int { 2 }

  /// - Parameters:
  ///   - pass: over all that is trained.
  ///   - purpose: what the signs are drawn for.
  init(_ layout: ParameterLayout, _ pass: UpdatePass<Scalar>, purpose: String, seed: UInt64) {
    self.pass = pass
    self.purpose = purpose
    self.seed = seed
    slots = layout.slots.filter { $0.role != .state }
    signs = AlignedStorage(count: layout.extent)
    product = AlignedStorage(count: layout.extent)
    origin = AlignedStorage(count: layout.extent)
  }

  /// Draws the signs of a step and multiplies them by the Hessian; the parameters are as they were afterwards.
  ///
  /// - Returns: whether the product is finite; nothing may be learned from it otherwise.
  func draw(_ step: OptimizerStep<Scalar>, number: Int, _ evaluate: () -> Double) -> Bool {
    drawSigns(number)
    var step = step
    step.clipping = .none
    let (v, workers) = (signs.baseAddress, step.workers)
    origin.baseAddress.update(from: step.parameters, count: origin.count)
    let length = 1 + pass.dot(step.parameters, step.parameters, workers).squareRoot()
    let distance = cubeRootOfRounding * length / pass.dot(v, v, workers).squareRoot()
    gradient(step, at: distance, evaluate)
    product.baseAddress.update(from: step.gradients[0], count: product.count)
    gradient(step, at: -distance, evaluate)
    let target = product.baseAddress
    pass.combine(step.gradients[0], target, factor: -1, into: target, workers)
    pass.combine(target, target, factor: 1 / (2 * distance) - 1, into: target, workers)
    step.parameters.update(from: origin.baseAddress, count: origin.count)
    return pass.dot(target, target, workers).isFinite
  }

  private var cubeRootOfRounding: Double { Scalar.self == Float.self ? 0x1p-8 : 0x1p-17 }

  /// The gradient at a distance along the signs, in the first of the step's blocks.
  private func gradient(_ step: OptimizerStep<Scalar>, at distance: Double, _ evaluate: () -> Double) {
    pass.combine(
      signs.baseAddress, origin.baseAddress, factor: distance, into: step.parameters, step.workers)
    _ = evaluate()
    var job = pass.job(step)
    _ = pass.gather(&job, step)
  }

  private func drawSigns(_ number: Int) {
    let stream = RandomStream(seed: seed, purpose: purpose, step: number)
    var position: UInt64 = 0
    for slot in slots {
      for start in stride(from: 0, to: slot.count, by: 128) {
        var bits = stream.words(at: position)
        position += 1
        let count = min(128, slot.count - start)
        withUnsafeBytes(of: &bits) {
          let words = $0.assumingMemoryBound(to: UInt32.self).baseAddress!
          DenseKernels.signs(count, words, into: signs.baseAddress + slot.offset + start)
        }
      }
    }
  }
}
