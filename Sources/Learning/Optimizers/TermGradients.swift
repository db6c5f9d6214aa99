import Arrays
import CKernels
package import Differentiation

/// Sums and products of the gradients of several loss terms.
///
/// They lie in the blocks of a step, those of one term after those of the other, as many for each.
package final class TermGradients<Scalar: LearningScalar> {
  private let pass: UpdatePass<Scalar>
  private let extent: Int
  package let terms: Int

  package init(_ layout: ParameterLayout, terms: Int) {
    pass = UpdatePass(layout)
    extent = layout.extent
    self.terms = terms
  }

  /// Blocks of a term.
  private func blocks(_ step: OptimizerStep<Scalar>) -> Int {
    precondition(
      step.gradients.count % terms == 0,
      "TermGradients: \(step.gradients.count) blocks of gradients cannot be shared by \(terms) terms")
    return step.gradients.count / terms
  }

  /// Sums the blocks of each term, with the step's scale, into the first of them.
  package func gather(_ step: OptimizerStep<Scalar>) {
    let blocks = blocks(step)
    for term in 0..<terms {
      var own = step
      own.clipping = .none
      own.gradients = UnsafeBufferPointer(rebasing: step.gradients[term * blocks..<(term + 1) * blocks])
      var job = pass.job(own)
      _ = pass.gather(&job, own)
    }
  }

  /// Writes the inner products of the gathered gradients: `terms` rows and columns.
  package func products(_ step: OptimizerStep<Scalar>, into products: inout [Double]) {
    let blocks = blocks(step)
    for i in 0..<terms {
      for j in 0...i {
        let product = pass.dot(step.gradients[i * blocks], step.gradients[j * blocks], step.workers)
        products[i * terms + j] = product
        products[j * terms + i] = product
      }
    }
  }

  /// Replaces the first gathered gradient by the weighted sum of all of them.
  package func combine(_ step: OptimizerStep<Scalar>, weights: [Double]) {
    let blocks = blocks(step)
    let target = step.gradients[0]
    if weights[0] != 1 { DenseKernels.blend(extent, weights[0], target, 0, target, into: target) }
    for term in 1..<max(terms, 1) {
      DenseKernels.blend(extent, 1, target, weights[term], step.gradients[term * blocks], into: target)
    }
  }
}
