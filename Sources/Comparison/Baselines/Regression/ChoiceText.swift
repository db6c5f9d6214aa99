import Learning

#if canImport(Glibc)
  import Glibc
#endif

extension ChoiceSamples {
  /// How parameters are chosen, for people.
  func text(of task: BaselineTask) -> String {
    let count = samples.count
    let used = count < task.training.count ? " with \(count) of \(task.training.count) training samples" : ""
    return (judges == nil ? "chosen by leaving out a sample" : "chosen on the validation split") + used
  }
}

extension RegressionSamples {
  /// What the fit leaves out, for people.
  func share(of task: BaselineTask) -> String {
    count < task.training.count ? "; fitted to \(count) of \(task.training.count) samples, evenly spaced" : ""
  }
}

/// A number with two digits that count.
func twoDigits(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value)" }
  // Dividing by a power of ten is exact in its digits where multiplying by its inverse is not.
  let exponent = log10(abs(value)).rounded(.down) - 1
  let digits = exponent < 0 ? (value * pow(10, -exponent)).rounded() : (value / pow(10, exponent)).rounded()
  return "\(exponent < 0 ? digits / pow(10, -exponent) : digits * pow(10, exponent))"
}
