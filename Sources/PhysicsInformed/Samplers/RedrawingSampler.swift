import Arrays
import Learning

/// Points that do not depend on the residual: drawn at the beginning, and anew each so many steps.
final class RedrawingSampler: Sampler {
  let name: String
  /// Steps between draws; 0 if there is but one.
  private let every: Int
  /// All points of an epoch, which is the number of draws before.
  private let draw: (_ count: Int, _ epoch: Int) throws(SamplingError) -> PointCloud

  init(
    _ name: String, every: Int,
    draw: @escaping (_ count: Int, _ epoch: Int) throws(SamplingError) -> PointCloud
  ) {
    self.name = name
    self.every = every
    self.draw = draw
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud { try draw(count, 0) }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    guard isDue(after: step, every: every) else { return false }
    points = try draw(points.count, (step + 1) / every)
    return true
  }
}

/// Whether as many steps have been made as a multiple of a period, which 0 has none of.
func isDue(after step: Int, every period: Int) -> Bool { period > 0 && (step + 1) % period == 0 }

extension MethodParameter {
  /// Steps between moves of the points.
  static func every(_ steps: Int, _ text: String = "steps of the optimizer between draws") -> MethodParameter
  {
    MethodParameter("every", default: Double(steps), text)
  }

  /// The same for points that may stay where they are.
  static let everyOrNever = every(0, "steps of the optimizer between draws; 0: the first points stay")
}

extension SamplerKind {
  func values(_ settings: [String: Double]) throws(LearningError) -> MethodValues {
    try MethodValues(settings, of: parameters, method: name)
  }
}
