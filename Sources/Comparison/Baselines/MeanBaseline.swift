public import Arrays
import Learning

/// The mean of the training targets, whatever the input.
public struct MeanBaseline: Baseline {
  public let name = "mean"
  public let summary = "the mean of the training targets, whatever the input"

  public init() {}

  public func fit(_ task: BaselineTask, workers: Workers) throws -> any FittedBaseline {
    let data = task.training
    var input = [Double](repeating: 0, count: data.inputShape.reduce(1, *))
    var target = [Double](repeating: 0, count: data.targetShape.reduce(1, *))
    var mean = target
    for sample in 0..<data.count {
      try input.withUnsafeMutableBufferPointer { input in
        try target.withUnsafeMutableBufferPointer { target in
          guard let input = input.baseAddress, let target = target.baseAddress else { return }
          try data.read(sample, input: input, target: target)
        }
      }
      guard target.allSatisfy(\.isFinite) else { throw LearningError.notFinite(sample: sample) }
      for index in mean.indices { mean[index] += (target[index] - mean[index]) / Double(sample + 1) }
    }
    return Fitted(mean: mean)
  }

  private struct Fitted: FittedBaseline {
    let mean: [Double]
    let remark = ""

    func predict(_ inputs: UnsafePointer<Double>, count: Int, into targets: UnsafeMutablePointer<Double>) {
      for sample in 0..<count {
        for index in mean.indices { targets[sample * mean.count + index] = mean[index] }
      }
    }
  }
}
