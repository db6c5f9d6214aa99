public import Arrays
import Learning

/// The last frame of the input, unchanged for all times.
///
/// Applies where every field of the targets is one of the input, on the same points. Targets may have an axis of time more than
/// the inputs, in front.
public struct PersistenceBaseline: Baseline {
  public let name = "persistence"
  public let summary = "the last frame of the input, unchanged for all times"

  public init() {}

  public func obstacle(_ task: BaselineTask) -> String? {
    let (input, target) = (task.training.inputShape, task.training.targetShape)
    guard task.inputFields.count == input.last, task.targetFields.count == target.last else {
      return "nobody says which fields the channels are"
    }
    if let missing = task.targetFields.first(where: { !task.inputFields.contains($0) }) {
      return "the targets' '\(missing)' is not in the input"
    }
    let points = input.dropLast()
    guard target.dropLast().elementsEqual(points) || target.dropFirst().dropLast().elementsEqual(points)
    else { return "inputs on \(Array(points)) points have none of the targets' \(target.dropLast())" }
    return nil
  }

  public func fit(_ task: BaselineTask, workers: Workers) throws -> any FittedBaseline {
    let (input, target) = (task.training.inputShape, task.training.targetShape)
    return Fitted(
      points: input.dropLast().reduce(1, *), frames: target.count > input.count ? target[0] : 1,
      inputChannels: task.inputFields.count,
      sources: task.targetFields.map { task.inputFields.lastIndex(of: $0) ?? 0 })
  }

  private struct Fitted: FittedBaseline {
    let points: Int
    /// Frames along an axis of their own.
    let frames: Int
    let inputChannels: Int
    /// For each channel of the target the channel of the input that is its field's last frame.
    let sources: [Int]
    let remark = ""

    func predict(_ inputs: UnsafePointer<Double>, count: Int, into targets: UnsafeMutablePointer<Double>) {
      var target = targets
      for sample in 0..<count {
        let input = inputs + sample * points * inputChannels
        for _ in 0..<frames {
          for point in 0..<points {
            for (channel, source) in sources.enumerated() {
              target[channel] = input[point * inputChannels + source]
            }
            target += sources.count
          }
        }
      }
    }
  }
}
