public import Arrays
import Learning

#if canImport(Glibc)
  import Glibc
#endif

/// Linear regression from all values of the input to all values of the target, with a ridge.
///
/// ```
/// minimise  Σ ‖T − X C‖² + λ ‖C‖²     over C,  X and T about their means
/// ```
/// solved for the values of the input or for the samples, whichever are fewer. λ is that of the least mean relative error, on
/// the validation split or leaving out samples of the training one by one.
public struct RidgeBaseline: Baseline {
  public let name = "ridge"
  public let summary = "linear regression from all values of the input to all values of the target"
  public let source = "Hoerl, Kennard, Technometrics 12, 1970"
  /// Ridge parameters that are tried, in units of the mean squared length of an input.
  public let strengths: [Double]

  public init() { self.init(strengths: (-24...4).map { pow(10, Double($0) / 2) }) }

  package init(strengths: [Double]) {
    precondition(!strengths.isEmpty, "RidgeBaseline: no strengths to choose from")
    self.strengths = strengths
  }

  public func fit(_ task: BaselineTask, workers: Workers) throws -> any FittedBaseline {
    let choice = try ChoiceSamples(task)
    let search = RidgeSearch(choice, map: Self.map(choice.samples), isDual: Self.isDual(choice.samples))
    let errors = strengths.map { search.error($0) }
    guard let best = errors.indices.min(by: { errors[$0] < errors[$1] }), errors[best].isFinite else {
      throw BaselineError.noChoice(baseline: name)
    }
    let all = try choice.all(of: task)
    let map = Self.map(all)
    let system = RidgeSystem(
      features: map.features(of: all.inputs), targets: all.targets, isDual: Self.isDual(all),
      unit: all.meanSquaredLength)
    guard let solution = system.solution(strengths[best]) else {
      throw BaselineError.noChoice(baseline: name)
    }
    return FittedRegression(
      samples: all, map: map, solution: solution,
      remark: "λ = \(twoDigits(strengths[best])) of the mean squared input, \(choice.text(of: task))"
        + all.share(of: task))
  }

  private static func isDual(_ samples: RegressionSamples) -> Bool { samples.count < samples.inputs.columns }

  private static func map(_ samples: RegressionSamples) -> FeatureMap {
    isDual(samples)
      ? .products(samples.inputs, constant: samples.meanSquaredLength) : .values(samples.inputs.columns)
  }
}
