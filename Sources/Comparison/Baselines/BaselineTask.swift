import DataSets
public import Learning

/// What a baseline may learn from: everything but the test.
public struct BaselineTask: Sendable {
  public var training: any TrainingData
  /// Where parameters of a method are chosen; without it they are chosen by leaving out samples of the training data in turn.
  public var validation: (any TrainingData)?
  /// The field that each channel of the input is a frame of, in the order of time; empty where nobody knows.
  public var inputFields: [String]
  /// The same for the targets.
  public var targetFields: [String]

  /// - Parameters:
  ///   - training: what is learned from.
  ///   - validation: where parameters are chosen.
  ///   - inputFields: for each channel of the input its field's name, or an expression of it: `initial.w` and `w(t=9)` are w.
  ///   - targetFields: the same for the targets.
  public init(
    training: any TrainingData, validation: (any TrainingData)? = nil, inputFields: [String] = [],
    targetFields: [String] = []
  ) {
    self.training = training
    self.validation = validation
    self.inputFields = inputFields.map(Self.field)
    self.targetFields = targetFields.map(Self.field)
  }

  private static func field(_ channel: String) -> String {
    (try? DataQuantity(parsing: channel))?.name ?? channel
  }
}
