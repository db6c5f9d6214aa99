import Arrays
import Learning

/// Training samples as a regression sees them, and those by which it chooses its parameters.
struct RegressionSamples: Sendable {
  let scaling: InputScaling
  /// A row of scaled values for each sample.
  let inputs: DenseMatrix
  let span: TargetSpan
  /// Squared lengths of the targets themselves.
  let lengths: [Double]
  /// Those of another split; `nil` where the samples themselves judge, each left out in turn.
  let judges: Judges?

  struct Judges: Sendable {
    let inputs: DenseMatrix
    let coordinates: DenseMatrix
    let remainders: [Double]
    let lengths: [Double]
  }

  /// - Parameters:
  ///   - limit: samples at most, of either split.
  ///   - isChoosing: whether samples that judge are wanted.
  init(_ task: BaselineTask, atMost limit: Int, isChoosing: Bool) throws {
    let data = task.training
    let rows = try SampleRows(data, SampleLimit.samples(of: data, atMost: limit))
    scaling = InputScaling(of: rows, channels: data.inputShape.last ?? 1)
    inputs = DenseMatrix(rows.count, rows.inputWidth, rows.inputs)
    scaling.scale(inputs.start, count: rows.count, into: inputs.start)
    lengths = Self.lengths(rows)
    span = TargetSpan(consuming: rows)
    guard isChoosing, let validation = task.validation, validation.count > 0 else {
      judges = nil
      return
    }
    let others = try SampleRows(validation, SampleLimit.samples(of: validation, atMost: limit))
    let otherInputs = DenseMatrix(others.count, others.inputWidth, others.inputs)
    scaling.scale(otherInputs.start, count: others.count, into: otherInputs.start)
    let lengths = Self.lengths(others)
    let projected = span.project(
      consuming: DenseMatrix(others.count, others.targetWidth, others.targets))
    judges = Judges(
      inputs: otherInputs, coordinates: projected.coordinates, remainders: projected.remainders,
      lengths: lengths)
  }

  private static func lengths(_ rows: SampleRows) -> [Double] {
    (0..<rows.count).map {
      squaredLength(rows.targets.baseAddress + $0 * rows.targetWidth, rows.targetWidth)
    }
  }

  var count: Int { inputs.rows }

  /// The mean squared length of a scaled input: the unit of a ridge parameter in a regression that is linear in it.
  var meanSquaredLength: Double {
    let sum = squaredLength(inputs.start, inputs.rows * inputs.columns)
    return sum > 0 ? sum / Double(count) : 1
  }
}
