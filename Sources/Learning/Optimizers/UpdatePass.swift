import Arrays
import CKernels
import Differentiation

/// A kernel that deals with one range of a block; `pvk_chunk` in C.
typealias UpdateKernel = @convention(c) (UnsafeMutableRawPointer?, Int32, Int32) -> Void

/// Passes over a block of parameters, or over some of its slots, in ranges that depend on the layout alone.
final class UpdatePass<Scalar: LearningScalar> {
  private let ranges: AlignedStorage<pvk_parameter_range>
  /// A number per range, which most kernels write.
  private let partials: AlignedStorage<Double>
  /// Elements of a range at most: its arrays fit in the second-level cache together.
  private static var longest: Int { 16384 }

  /// - Parameters:
  ///   - includes: the slots that are dealt with.
  ///   - decays: those that weight decay acts on.
  init(
    _ layout: ParameterLayout, where includes: (ParameterSlot) -> Bool = { _ in true },
    decays: (ParameterSlot) -> Bool = { _ in false }
  ) {
    precondition(
      Scalar.self == Float.self || Scalar.self == Double.self,
      "Optimizer: parameters must be Float or Double, not \(Scalar.self)")
    var ranges: [pvk_parameter_range] = []
    var end = 0
    for (index, slot) in layout.slots.enumerated() where includes(slot) {
      let next = index + 1 < layout.slots.count ? layout.slots[index + 1].offset : layout.extent
      let flag: Int32 = decays(slot) ? 1 : 0
      if let last = ranges.last, last.decays == flag, end == slot.offset {
        ranges[ranges.count - 1].count += Int32(next - slot.offset)
      } else {
        ranges.append(
          pvk_parameter_range(start: Int64(slot.offset), count: Int32(next - slot.offset), decays: flag))
      }
      end = next
      while let last = ranges.last, Int(last.count) > Self.longest {
        ranges[ranges.count - 1].count = Int32(Self.longest)
        ranges.append(
          pvk_parameter_range(
            start: last.start + Int64(Self.longest), count: last.count - Int32(Self.longest), decays: flag))
      }
    }
    self.ranges = AlignedStorage(count: ranges.count)
    _ = self.ranges.buffer.update(fromContentsOf: ranges)
    partials = AlignedStorage(count: ranges.count)
  }

  /// A job on all gradients of a step, clipped by value where that is asked for, that moves the parameters.
  func job(_ step: OptimizerStep<Scalar>) -> pvk_update_job {
    var job = pvk_update_job()
    job.ranges = UnsafePointer(ranges.baseAddress)
    job.range_count = Int32(ranges.count)
    job.partials = partials.baseAddress
    job.gradient_count = Int32(step.gradients.count)
    job.gradients = UnsafeRawPointer(step.gradients.baseAddress!)
      .assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    job.gradient_scale = step.gradientScale
    job.gradient_limit = .infinity
    if case .value(let limit) = step.clipping { job.gradient_limit = limit }
    job.parameters = UnsafeMutableRawPointer(step.parameters)
    if let average = step.average {
      job.average = UnsafeMutableRawPointer(average.values.baseAddress)
      job.average_decay = average.decay
    }
    job.rate = step.rate
    job.second_correction = 1
    return job
  }

  func run(_ single: UpdateKernel, _ double: UpdateKernel, _ job: inout pvk_update_job, _ workers: Workers?) {
    let kernel = Scalar.self == Float.self ? single : double
    guard let workers, ranges.count > 1 else { return pvk_update_serially(kernel, &job) }
    withUnsafeMutablePointer(to: &job) { workers.run(chunks: ranges.count, context: $0, kernel) }
  }

  /// What the last pass has written into the partial sums, added in their order.
  var sum: Double { partials.buffer.reduce(0, +) }

  /// Writes the sum of the gradients into the first of them and returns its norm.
  ///
  /// The job has that one gradient afterwards, with the factor that clips it by its norm.
  func gather(_ job: inout pvk_update_job, _ step: OptimizerStep<Scalar>) -> Double {
    run(pvk_gradient_sum_chunk_f32, pvk_gradient_sum_chunk_f64, &job, step.workers)
    let norm = sum.squareRoot()
    job.gradient_count = 1
    job.gradient_scale = 1
    job.gradient_limit = .infinity
    if case .norm(let limit) = step.clipping { job.gradient_scale = min(1, limit / (norm + 1e-6)) }
    return norm
  }

  /// Adam's step on the slots of this pass, from gradients that `gather` has summed for `whole`.
  func moveByAdam(
    _ step: OptimizerStep<Scalar>, _ rule: AdamRule, gathered whole: pvk_update_job,
    moments: (
      first: AlignedStorage<Scalar>, second: AlignedStorage<Scalar>
    ), count: Int
  ) {
    var job = job(step)
    (job.gradient_count, job.gradient_scale, job.gradient_limit) = (1, whole.gradient_scale, .infinity)
    job.first = UnsafeMutableRawPointer(moments.first.baseAddress)
    job.second = UnsafeMutableRawPointer(moments.second.baseAddress)
    job.average = nil
    rule.configure(&job, step: count)
    run(pvk_adam_chunk_f32, pvk_adam_chunk_f64, &job, step.workers)
  }

  /// Moves the average alone, for methods that have no pass in which it could be done.
  func moveAverage(_ step: OptimizerStep<Scalar>) {
    guard step.average != nil else { return }
    var job = job(step)
    run(pvk_average_chunk_f32, pvk_average_chunk_f64, &job, step.workers)
  }

  /// The inner product of two blocks, in doubles.
  func dot(_ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ workers: Workers?) -> Double {
    combine(a, b, factor: 0, into: nil, workers)
    return sum
  }

  /// target = factor · a + b, where the target may be one of the two.
  func combine(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, factor: Double,
    into target: UnsafeMutablePointer<Scalar>?, _ workers: Workers?
  ) {
    var job = pvk_block_job(
      ranges: ranges.baseAddress, a: a, b: b, target: target, factor: factor, partials: partials.baseAddress)
    let kernel: UpdateKernel = Scalar.self == Float.self ? pvk_block_chunk_f32 : pvk_block_chunk_f64
    withUnsafeMutablePointer(to: &job) { job in
      if let workers {
        workers.run(chunks: ranges.count, context: job, kernel)
      } else {
        for chunk in 0..<ranges.count { kernel(job, Int32(chunk), 0) }
      }
    }
  }
}
