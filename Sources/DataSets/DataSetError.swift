/// Why data cannot be generated or used as asked.
public enum DataSetError: Error, Sendable, Hashable {
  /// Nothing in the problem is random, so all samples would be the same.
  case nothingRandom(problem: String)
  /// Nobody said how many samples there are to be.
  case noCount
  /// Nobody said where the data are.
  case noData(problem: String)
  /// Values on a mesh, or with no axis at all, have no place in a data set.
  case noGrid(problem: String)
  /// The stored resolution cannot be had from that of the solver.
  case resolution(axis: String, asked: Int, solved: Int, reason: String)
  /// No record is made at a time that is to be stored.
  case noRecord(times: ClosedRange<Double>, interval: Double, end: Double)
  /// A name of the problem is that of a variable which every data set has.
  case reservedName(String)
  /// Most samples cannot be solved.
  case tooManyFailures(failed: Int, tried: Int, reason: String)
  /// The file is none of ours, or not complete.
  case notADataSet(path: String, reason: String)
  /// The file was made for another problem.
  case otherProblem(path: String, made: String, wanted: String, difference: String)
  /// No sample belongs to the split.
  case emptySplit(path: String, split: String, samples: Int)
  /// The file has no such input or output.
  case noSuchQuantity(path: String, expression: String, known: [String])
  /// An expression of an input or output that cannot be read.
  case badExpression(String, reason: String)
  /// A value is infinite or undefined.
  case notFinite(path: String, variable: String, sample: Int)
  /// What is combined does not have the same shape.
  case shapes(path: String, reason: String)
  /// All samples are among those that a model has learned from.
  case onlyKnown(path: String)
  /// There is nothing left to be done.
  case complete(path: String)
}

extension DataSetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nothingRandom(let problem):
      "nothing in '\(problem)' is random: all samples would be the same"
    case .noCount: "how many samples? Neither the command nor a recipe says"
    case .noData(let problem): "there are no data for '\(problem)'"
    case .noGrid(let problem): "'\(problem)' is not solved on a grid, and data sets have values on grids only"
    case .resolution(let axis, let asked, let solved, let reason):
      "\(asked) points along \(axis) cannot be had from the \(solved) that there are: \(reason)"
    case .noRecord(let times, let interval, let end):
      "there is no record at t = \(Self.text(times)): records are made every \(short(interval)) up to \(short(end))"
    case .reservedName(let name):
      "'\(name)' is a variable of every data set, and cannot be a name of the problem"
    case .tooManyFailures(let failed, let tried, let reason):
      "\(failed) of the first \(tried) samples cannot be solved; the last one because \(reason)"
    case .notADataSet(_, let reason): reason
    case .otherProblem(_, let made, let wanted, let difference):
      made == wanted
        ? "its data are of another version of '\(made)': \(difference)"
        : "its data are of the problem '\(made)', not of '\(wanted)'"
    case .emptySplit(_, let split, let samples):
      "none of its \(samples) samples belongs to the \(split) split"
    case .noSuchQuantity(_, let expression, _): "it has nothing for '\(expression)'"
    case .badExpression(let text, let reason): "'\(text)' is no input or output: \(reason)"
    case .notFinite(_, let variable, let sample):
      "sample \(sample) of '\(variable)' has values that are not finite"
    case .shapes(_, let reason): reason
    case .onlyKnown: "the model has learned from all of its test samples: their seed and numbers are the same"
    case .complete: "all samples are there already; there is nothing to resume"
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .nothingRandom:
      "a random field is 'initial: {u: {gaussianField: {…}}}', a random parameter 'kappa: {uniform: [0.5, 2]}'"
    case .noCount: "give --samples, or a recipe with data: {samples: …}"
    case .noData: "make them with 'parseval generate'"
    case .noGrid: "choose discretization.method spectral or finite-volume"
    case .tooManyFailures: "smaller steps, a smaller tolerance or milder random data may help"
    case .noSuchQuantity(_, _, let known): "it has \(known.joined(separator: ", "))"
    case .badExpression: "for example: initial.u, fields.a, parameters.kappa, u(t=1), u(t=0:9), p"
    case .onlyKnown: "generate others with another --seed"
    case .emptySplit: "generate more samples, or change the shares of the splits"
    default: nil
    }
  }

  /// The file that it is about.
  public var path: String? {
    switch self {
    case .notADataSet(let path, _), .otherProblem(let path, _, _, _), .emptySplit(let path, _, _),
      .noSuchQuantity(let path, _, _), .notFinite(let path, _, _), .shapes(let path, _), .complete(let path),
      .onlyKnown(let path):
      path
    default: nil
    }
  }

  private static func text(_ times: ClosedRange<Double>) -> String {
    times.lowerBound == times.upperBound
      ? short(times.lowerBound) : "\(short(times.lowerBound)):\(short(times.upperBound))"
  }
}

/// A number without a needless fraction.
func short(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}
