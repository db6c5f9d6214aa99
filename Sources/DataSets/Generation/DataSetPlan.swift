/// What of a problem's samples goes into a data set.
///
/// A plan stands in the file that it makes, so that an interrupted generation continues by it.
public struct DataSetPlan: Sendable, Hashable, Codable {
  /// How the values of fields are stored.
  public enum Precision: String, Sendable, Hashable, Codable, CaseIterable { case float, double }

  /// The number of samples.
  public var samples: Int
  /// The shares of the samples that are kept for validation and for the test.
  public var validation = 0.1
  public var test = 0.1
  public var precision = Precision.float
  /// Points along axes that are stored coarser than they are solved, by name.
  public var resolution: [String: Int] = [:]
  /// The times of the records that are stored; all records if empty.
  public var times: [ClosedRange<Double>] = []
  /// The time that solving begins at; `nil` for a steady problem.
  public var begin: Double?
  /// The seed of everything random.
  public var seed: UInt64 = 0
  /// The number of the first sample; 0 unless given.
  public var first: Int?
  /// The recipe that the data are for, for the reader's information.
  public var recipe: String?

  public init(samples: Int) {
    precondition(samples >= 1, "DataSetPlan: \(samples) samples are none")
    self.samples = samples
  }

  /// How many samples each split has.
  public var splits: SplitSizes { SplitSizes(total: samples, validation: validation, test: test) }

  /// Whether a record at a time is stored.
  ///
  /// Times are compared with the slack that their computation needs.
  public func stores(time: Double, interval: Double) -> Bool {
    let slack = 1e-6 * interval
    return times.isEmpty || times.contains { time >= $0.lowerBound - slack && time <= $0.upperBound + slack }
  }
}
