import Arrays
import Exchange
public import Learning
public import Simulation

/// How the samples of a file become inputs and targets.
public struct OperatorSampleOptions: Sendable, Hashable {
  /// Points along axes that are read coarser than they are stored, by name.
  public var resolution: [String: Int] = [:]
  /// Whether records are an axis of the targets, before those of space, instead of channels; inputs are repeated along it.
  public var keepsTime = false

  public init() {}
}

/// The samples of one split of a data set, as an operator learns from them.
///
/// Inputs have the shape (space axes…, channels), one channel for every record of every input: record by record where all
/// have as many, else input by input; a parameter is a channel that is constant in space. So have targets. With `keepsTime` both
/// have the axis of the targets' times first, and a channel of the targets is an output. Values that are not finite are refused
/// when they are read.
public struct OperatorSamples: TrainingData, NamedChannels {
  public let file: DataSetFile
  /// The positions of the samples in the file.
  public private(set) var positions: [Int]
  public let inputs: [DataQuantity]
  public let outputs: [DataQuantity]
  /// The axes of space as they are read.
  public let axes: [RecordedAxis]
  /// The times of the targets, where they are an axis; else empty.
  public let targetTimes: [Double]
  public let inputChannels: [String]
  public let targetChannels: [String]
  public let inputShape: [Int]
  public let targetShape: [Int]
  private let reduction: GridReduction?
  private let inputSlices: [SampleChannel]
  /// By time where that is an axis, else once, the channels of the targets.
  private let targetSlices: [[SampleChannel]]

  public var count: Int { positions.count }
  public var outputFields: Int { outputs.count }

  /// - Parameters:
  ///   - file: the data.
  ///   - split: the samples that are read.
  ///   - inputs: what the operator takes.
  ///   - outputs: what it gives.
  ///   - options: resolution, and what becomes of time.
  /// - Throws: `DataSetError` for a split without samples, quantities that are not in the file, or a resolution that cannot be
  ///   had.
  public init(
    _ file: DataSetFile, split: DataSplit, inputs: [DataQuantity], outputs: [DataQuantity],
    options: OperatorSampleOptions = .init()
  ) throws(DataSetError) {
    self.file = file
    self.inputs = inputs
    self.outputs = outputs
    positions = try file.samples(in: split)
    var sources: [[SampleChannel]] = []
    for input in inputs { sources.append(try file.channels(of: input)) }
    let slices = Self.byFrame(sources)
    var targets: [[SampleChannel]] = []
    for output in outputs { targets.append(try file.channels(of: output)) }
    guard !slices.isEmpty, !targets.isEmpty else {
      throw .shapes(path: file.path, reason: "an operator needs an input and an output")
    }
    if options.resolution.isEmpty {
      reduction = nil
      axes = file.axes
    } else {
      let reduction = try GridReduction(from: file.axes, file.placements, to: options.resolution)
      self.reduction = reduction
      axes = reduction.axes
    }
    let space = axes.map(\.coordinates.count)
    inputSlices = slices
    inputChannels = slices.map(\.name)
    if options.keepsTime {
      let records = targets[0].count
      guard targets.allSatisfy({ $0.count == records }) else {
        throw .shapes(path: file.path, reason: "with time as an axis all outputs need the same times")
      }
      targetSlices = (0..<records).map { record in targets.map { $0[record] } }
      targetChannels = outputs.map(\.name)
      targetTimes = try Self.times(of: outputs[0], targets[0], in: file)
      inputShape = [records] + space + [slices.count]
      targetShape = [records] + space + [targets.count]
    } else {
      targetSlices = [Self.byFrame(targets)]
      targetChannels = targetSlices[0].map(\.name)
      targetTimes = []
      inputShape = space + [slices.count]
      targetShape = space + [targetSlices[0].count]
    }
  }

  /// The samples that another data set does not have, by seed and number, in the splits that a model is chosen by.
  ///
  /// - Returns: also how many were left out.
  /// - Throws: what reading throws; `DataSetError.onlyKnown` if none is left.
  public func unknown(to model: DataSetFile) throws -> (samples: OperatorSamples, leftOut: Int) {
    guard model.header.plan.seed == file.header.plan.seed, model.header.statement == file.header.statement
    else {
      return (self, 0)
    }
    let learned = model.splits.indices.filter { model.splits[$0] != .test }
    let known = Set(try model.sampleNumbers(learned))
    let numbers = try file.sampleNumbers(positions)
    var rest = self
    rest.positions = zip(positions, numbers).filter { !known.contains($1) }.map(\.0)
    guard !rest.positions.isEmpty else { throw DataSetError.onlyKnown(path: file.path) }
    return (rest, positions.count - rest.positions.count)
  }

  /// Quantities of as many records each are put record by record, others one after the other.
  private static func byFrame(_ quantities: [[SampleChannel]]) -> [SampleChannel] {
    let records = quantities.map(\.count)
    guard let first = records.first, records.allSatisfy({ $0 == first }) else {
      return quantities.flatMap(\.self)
    }
    return (0..<first).flatMap { record in quantities.map { $0[record] } }
  }

  private static func times(
    of output: DataQuantity, _ slices: [SampleChannel], in file: DataSetFile
  ) throws(DataSetError) -> [Double] {
    let size = file.axes.map(\.coordinates.count).reduce(1, *)
    guard !file.times.isEmpty else {
      throw .shapes(path: file.path, reason: "'\(output)' has no times that could be an axis")
    }
    return slices.map { file.times[$0.offset / size] }
  }

  /// A channel as a frame: a field of the data, and the time of the record that it is; no time for what does not change.
  public struct Frame: Sendable, Hashable {
    public var field: String
    public var time: Double?
  }

  /// What each channel of the input is a frame of; `nil` for a number.
  public var inputFrames: [Frame?] { inputSlices.map { $0.count > 1 ? frame($0) : nil } }
  /// What each channel of the targets is a frame of; with `keepsTime` at their first time.
  public var targetFrames: [Frame] { targetSlices[0].map { frame($0) } }

  private func frame(_ channel: SampleChannel) -> Frame {
    let hasTime = file.mapped.schema.variable(channel.variable)?.dimensions.contains("t") == true
    return Frame(
      field: channel.variable, time: hasTime ? file.times[channel.offset / channel.count] : nil)
  }

  public func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>
  ) throws {
    precondition(sample >= 0 && sample < count, "OperatorSamples: sample \(sample) is not below \(count)")
    let position = positions[sample]
    let points = axes.map(\.coordinates.count).reduce(1, *)
    try read(inputSlices, of: position, points: points, into: input)
    if targetSlices.count > 1 {
      let size = points * inputSlices.count
      for record in 1..<targetSlices.count { (input + record * size).update(from: input, count: size) }
    }
    for (record, slices) in targetSlices.enumerated() {
      try read(slices, of: position, points: points, into: target + record * points * slices.count)
    }
  }

  /// Writes channels side by side.
  private func read<Scalar: BinaryFloatingPoint>(
    _ slices: [SampleChannel], of position: Int, points: Int, into target: UnsafeMutablePointer<Scalar>
  ) throws {
    let stored = slices.map(\.count).max() ?? 1
    try withUnsafeTemporaryAllocation(of: Scalar.self, capacity: stored) { buffer in
      guard let values = buffer.baseAddress else { return }
      for (channel, slice) in slices.enumerated() {
        try file.mapped.read(
          slice.variable, record: position, offset: slice.offset, count: slice.count, into: values)
        guard (0..<slice.count).allSatisfy({ values[$0].isFinite }) else {
          throw DataSetError.notFinite(path: file.path, variable: slice.variable, sample: position)
        }
        if slice.count == 1, points > 1 {
          for point in 0..<points { target[point * slices.count + channel] = values[0] }
        } else if let reduction {
          let shape = file.axes.map(\.coordinates.count)
          let reduced = reduction.reduced(NDArray(shape: shape) { Double(values[$0]) })
          for point in 0..<points { target[point * slices.count + channel] = Scalar(reduced[flat: point]) }
        } else {
          for point in 0..<points { target[point * slices.count + channel] = values[point] }
        }
      }
    }
  }
}
