/// What a sample of a data set is for.
///
/// The raw values are those of the variable `split` in files.
public enum DataSplit: Int, Sendable, Hashable, CaseIterable, Codable {
  case training, validation, test

  /// The word in files and messages.
  public var name: String {
    switch self {
    case .training: "train"
    case .validation: "validation"
    case .test: "test"
    }
  }
}

/// How many samples of a data set are kept apart.
///
/// Samples are independent of each other, so the first ones are for training, the next for validation, the last for the test.
public struct SplitSizes: Sendable, Hashable, Codable {
  public var training: Int
  public var validation: Int
  public var test: Int

  public var total: Int { training + validation + test }

  /// Parts of a number of samples; what is above 1 as a sum leaves nothing for training.
  ///
  /// - Parameters:
  ///   - total: the number of all samples.
  ///   - validation: the share for validation, from 0 to 1.
  ///   - test: the share for the test, from 0 to 1.
  public init(total: Int, validation: Double, test: Double) {
    precondition(
      total >= 0 && validation >= 0 && test >= 0 && validation + test <= 1 + 1e-12,
      "SplitSizes: shares \(validation) and \(test) of \(total) samples must be parts of them")
    self.validation = Int((Double(total) * validation).rounded())
    self.test = min(Int((Double(total) * test).rounded()), total - self.validation)
    training = total - self.validation - self.test
  }

  /// What the sample at a position is for.
  public subscript(position: Int) -> DataSplit {
    position < training ? .training : position < training + validation ? .validation : .test
  }
}
