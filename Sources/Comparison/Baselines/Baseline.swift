public import Arrays

/// A method that every learned operator is compared with.
///
/// One file each, and a line in `BaselineRegistry`. It never sees the test before it is judged by it.
public protocol Baseline: Sendable {
  /// The name in tables and documents.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from; empty for what needs no source.
  var source: String { get }

  /// Why there is no such baseline for these data; `nil` where there is one.
  func obstacle(_ task: BaselineTask) -> String?

  /// Learns all that it needs; asked only where there is no obstacle.
  ///
  /// - Throws: what reading throws; `LearningError.notFinite` for values that are not finite.
  func fit(_ task: BaselineTask, workers: Workers) throws -> any FittedBaseline
}

extension Baseline {
  public var source: String { "" }
  public func obstacle(_ task: BaselineTask) -> String? { nil }
}

/// A baseline that has learned.
public protocol FittedBaseline: Sendable {
  /// What was chosen, and from what, for people; may be empty.
  var remark: String { get }

  /// Predicts the targets of some samples, in physical units, on the calling thread.
  ///
  /// - Parameters:
  ///   - inputs: the inputs of the samples one after the other, each row-major with the channels last.
  ///   - count: the number of samples.
  ///   - targets: room for as many targets.
  func predict(_ inputs: UnsafePointer<Double>, count: Int, into targets: UnsafeMutablePointer<Double>)
}

/// How a baseline did.
public struct BaselineReport: Sendable, Hashable, Codable {
  public var name: String
  /// The mean relative L2 error on the test, in physical units; `nil` where the baseline does not apply.
  public var relativeL2: Double?
  /// Seconds for reading the training data and learning from them.
  public var fitSeconds: Double
  /// Seconds for a prediction on one thread, among others; `nil` where there is none.
  public var secondsPerSample: Double?
  /// What was chosen, or why it does not apply.
  public var remark: String

  public init(
    name: String, relativeL2: Double?, fitSeconds: Double, secondsPerSample: Double?, remark: String
  ) {
    self.name = name
    self.relativeL2 = relativeL2
    self.fitSeconds = fitSeconds
    self.secondsPerSample = secondsPerSample
    self.remark = remark
  }
}
