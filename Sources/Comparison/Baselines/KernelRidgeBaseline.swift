public import Arrays
import Learning

#if canImport(Glibc)
  import Glibc
#endif

/// Kernel ridge regression with Gaussians around the training samples.
///
/// ```
/// (K + λI) C = T,   prediction Σᵢ k(x, xᵢ) Cᵢ,   k(x, y) = exp(−‖x − y‖² / 2ℓ²)
/// ```
/// Inputs are taken about their mean, in units of the deviation of their channel; targets about their mean. ℓ, in units of the
/// median distance of two samples, and λ are those of the least mean relative error, on the validation split or leaving out
/// samples of the training one by one: first on a coarse grid, then on a finer one around its best point.
public struct KernelRidgeBaseline: Baseline {
  public let name = "kernelRidge"
  public let summary = "kernel ridge regression with Gaussians around the training samples"
  public let source = "Saunders, Gammerman, Vovk, ICML 1998"
  /// Length scales that are tried first, in units of the median distance.
  public let lengths: [Double]
  /// Ridge parameters that are tried first.
  public let strengths: [Double]
  private let isRefined: Bool

  public init() {
    self.init(
      lengths: (-2...6).map { exp2(Double($0)) },
      strengths: (-6...0).map { pow(100, Double($0)) }, isRefined: true)
  }

  package init(lengths: [Double], strengths: [Double], isRefined: Bool = false) {
    precondition(
      !lengths.isEmpty && !strengths.isEmpty, "KernelRidgeBaseline: nothing to choose from")
    self.lengths = lengths
    self.strengths = strengths
    self.isRefined = isRefined
  }

  public func fit(_ task: BaselineTask, workers: Workers) throws -> any FittedBaseline {
    let choice = try ChoiceSamples(task)
    let search = KernelSearch(choice)
    var best = search.best(lengths: lengths, strengths: strengths, workers: workers)
    if isRefined, let coarse = best {
      let around = search.best(
        lengths: [-0.5, -0.25, 0, 0.25, 0.5].map { coarse.length * exp2($0) },
        strengths: [-1, -0.5, 0, 0.5, 1].map { coarse.strength * pow(10, $0) },
        workers: workers)
      best = around ?? best
    }
    guard let best else { throw BaselineError.noChoice(baseline: name) }
    let all = try choice.all(of: task)
    // In inputs of other samples the same length is meant, not the same share of another median.
    let map = FeatureMap.gaussians(all.inputs, length: best.length * search.medianDistance)
    let system = RidgeSystem(
      features: map.features(of: all.inputs), targets: all.targets, isDual: true, unit: 1)
    guard let solution = system.solution(best.strength) else {
      throw BaselineError.noChoice(baseline: name)
    }
    return FittedRegression(
      samples: all, map: map, solution: solution,
      remark: "ℓ = \(twoDigits(best.length)) of the median distance, λ = \(twoDigits(best.strength)), "
        + choice.text(of: task) + all.share(of: task))
  }
}
