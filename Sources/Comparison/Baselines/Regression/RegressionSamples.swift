import Arrays
import Learning

/// Training samples as a regression sees them.
struct RegressionSamples: Sendable {
  let scaling: InputScaling
  /// A row of scaled values for each sample.
  let inputs: DenseMatrix
  let targetMean: [Double]
  /// A row about the mean for each sample.
  let targets: DenseMatrix
  /// Squared lengths of the targets themselves.
  let lengths: [Double]

  /// - Parameter limit: samples at most.
  init(_ data: any TrainingData, atMost limit: Int) throws {
    let rows = try SampleRows(data, SampleLimit.samples(of: data, atMost: limit))
    scaling = InputScaling(of: rows, channels: data.inputShape.last ?? 1)
    var mean = [Double](repeating: 0, count: rows.targetWidth)
    for sample in 0..<rows.count {
      let target = rows.targets.baseAddress + sample * rows.targetWidth
      for index in mean.indices { mean[index] += (target[index] - mean[index]) / Double(sample + 1) }
    }
    targetMean = mean
    (inputs, targets, lengths) = Self.prepared(rows, scaling, mean)
  }

  /// Rows in the units of the regression, in place, and the squared lengths that targets had.
  private static func prepared(
    _ rows: SampleRows, _ scaling: InputScaling, _ targetMean: [Double]
  ) -> (inputs: DenseMatrix, targets: DenseMatrix, lengths: [Double]) {
    scaling.scale(rows.inputs.baseAddress, count: rows.count, into: rows.inputs.baseAddress)
    let targets = DenseMatrix(rows.count, rows.targetWidth, rows.targets)
    let lengths = (0..<rows.count).map { squaredLength(targets.row($0), targets.columns) }
    for sample in 0..<rows.count {
      for index in targetMean.indices { targets.row(sample)[index] -= targetMean[index] }
    }
    return (DenseMatrix(rows.count, rows.inputWidth, rows.inputs), targets, lengths)
  }

  /// Other samples in the same units.
  func others(_ rows: SampleRows) -> (inputs: DenseMatrix, targets: DenseMatrix, lengths: [Double]) {
    Self.prepared(rows, scaling, targetMean)
  }

  var count: Int { inputs.rows }

  /// The mean squared length of a scaled input: the unit of a ridge parameter in a regression that is linear in it.
  var meanSquaredLength: Double {
    let sum = squaredLength(inputs.start, inputs.rows * inputs.columns)
    return sum > 0 ? sum / Double(count) : 1
  }
}

/// Samples with which a regression chooses its parameters.
struct ChoiceSamples: Sendable {
  let samples: RegressionSamples
  /// A row for each sample.
  let targets: DenseMatrix
  /// Those of another split; `nil` where the samples themselves judge, each left out in turn.
  let judges: Judges?

  struct Judges: Sendable {
    let inputs: DenseMatrix
    let targets: DenseMatrix
    let remainders: [Double]
    let lengths: [Double]
  }

  init(_ task: BaselineTask) throws {
    samples = try RegressionSamples(task.training, atMost: SampleLimit.choice)
    guard let validation = task.validation, validation.count > 0 else {
      targets = TargetCoordinates(samples.targets, others: nil).training
      judges = nil
      return
    }
    let rows = try SampleRows(validation, SampleLimit.samples(of: validation, atMost: SampleLimit.choice))
    let others = samples.others(rows)
    let coordinates = TargetCoordinates(samples.targets, others: others.targets)
    targets = coordinates.training
    judges = coordinates.others.map {
      Judges(inputs: others.inputs, targets: $0, remainders: coordinates.remainders, lengths: others.lengths)
    }
  }

  /// The samples for a fit: these where there are no more.
  func all(of task: BaselineTask) throws -> RegressionSamples {
    let wanted = SampleLimit.samples(of: task.training, atMost: SampleLimit.fit).count
    return samples.count == wanted
      ? samples : try RegressionSamples(task.training, atMost: SampleLimit.fit)
  }
}
