import Arrays
public import Exchange
public import Learning

/// Samples in a file of others, as an operator learns from them.
///
/// Shapes are (space axes…, channels), the space axes in their order in the file; records and the file's own channels become
/// channels, the records slowest. Samples are read when they are asked for, packed numbers unpacked as the CF conventions have it.
/// Variables of NetCDF and HDF5 files may stand in groups (`t0_fields/density`); files that are not of the classic format are
/// opened by a process of their own.
public struct ForeignSamples: TrainingData, NamedChannels {
  public let path: String
  public let layout: ForeignLayout
  /// The samples that are read, by their numbers in the file.
  public let positions: Range<Int>
  public let inputShape: [Int]
  public let targetShape: [Int]
  private let blocks: ForeignBlocks
  private let inputs: [ForeignVariable]
  private let outputs: [ForeignVariable]

  public var count: Int { positions.count }
  public var inputChannels: [String] { inputs.flatMap(\.channelNames) }
  public var targetChannels: [String] { outputs.flatMap(\.channelNames) }
  public var inputFields: [String] { inputs.flatMap(\.fields) }
  public var targetFields: [String] { outputs.flatMap(\.fields) }

  /// - Parameters:
  ///   - path: the file.
  ///   - layout: where things stand in it.
  ///   - samples: how many there are to be, the first ones of the file; all unless given.
  ///   - split: the samples that are read: by position, the first ones for training, then validation, then test.
  ///   - validation: the share for validation.
  ///   - test: the share for the test.
  ///   - isolation: in which process files are opened that are not of the classic kind.
  /// - Throws: `ExchangeError` for what cannot be read, `DataSetError` for what does not fit together.
  public init(
    path: String, layout: ForeignLayout, samples: Int? = nil, split: DataSplit, validation: Double,
    test: Double, isolation: NetCDF.Isolation
  ) throws {
    let source = try NetCDF.open(path, isolation: isolation)
    let names = layout.inputs + layout.outputs
    let fullest = try names.map { try source.shape(of: $0) }.max { $0.count < $1.count } ?? []
    func variables(_ names: [String], _ records: ClosedRange<Int>?, last: Bool, _ scale: ForeignLayout.Scale)
      throws
      -> [ForeignVariable]
    {
      try names.map {
        try ForeignVariable(
          $0, in: source, layout, fullest: fullest, records: records, takesLast: last, scale)
      }
    }
    for (key, axis) in [("time", layout.time), ("channel", layout.channel)] {
      guard case .name(let name) = axis else { continue }
      let axes = Set(names.flatMap { source.schema.variable($0)?.dimensions ?? [] })
      guard axes.contains(where: { ForeignVariable.isCalled($0, name) }) else {
        throw DataSetError.shapes(
          path: path,
          reason:
            "'\(key)' of 'layout' is '\(name)', and its variables have \(axes.sorted().joined(separator: ", "))"
        )
      }
    }
    inputs = try variables(layout.inputs, layout.inputRecords, last: false, layout.inputScale)
    outputs = try variables(layout.outputs, layout.outputRecords, last: true, layout.outputScale)
    guard let first = inputs.first, !outputs.isEmpty else {
      throw DataSetError.shapes(path: path, reason: "an operator needs an input and an output")
    }
    for variable in inputs + outputs {
      guard variable.samples == first.samples else {
        throw DataSetError.shapes(
          path: path,
          reason:
            "'\(variable.name)' has \(variable.samples) samples, and '\(first.name)' has \(first.samples)")
      }
      guard variable.space == first.space else {
        throw DataSetError.shapes(
          path: path,
          reason: "'\(variable.name)' lies on \(variable.space) points, and '\(first.name)' on \(first.space)"
        )
      }
    }
    guard (samples ?? 0) <= first.samples else {
      throw DataSetError.shapes(
        path: path, reason: "it has \(first.samples) samples, and \(samples ?? 0) are asked for")
    }
    let total = samples ?? first.samples
    let sizes = SplitSizes(total: total, validation: validation, test: test)
    switch split {
    case .training: positions = 0..<sizes.training
    case .validation: positions = sizes.training..<sizes.training + sizes.validation
    case .test: positions = sizes.training + sizes.validation..<sizes.total
    }
    guard !positions.isEmpty else {
      throw DataSetError.emptySplit(path: path, split: split.name, samples: total)
    }
    let bytes = (inputs + outputs).reduce(0.0) {
      $0 + Double($1.samples == 0 ? 0 : $1.channels) * $1.space.reduce(8.0) { $0 * Double($1) }
    }
    guard bytes <= Double(PhysicalMemory.bytes) / 16 else {
      throw DataSetError.shapes(
        path: path, reason: "one sample of it would take \((bytes / 0x1p30).rounded()) GiB")
    }
    inputShape = first.space + [inputs.reduce(0) { $0 + $1.channels }]
    targetShape = first.space + [outputs.reduce(0) { $0 + $1.channels }]
    self.path = path
    self.layout = layout
    blocks = ForeignBlocks(inputs + outputs, in: source, positions: positions)
  }

  public func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>
  ) throws {
    precondition(sample >= 0 && sample < count, "ForeignSamples: sample \(sample) is not below \(count)")
    let position = positions.lowerBound + sample
    try blocks.withSample(position) { number, values in
      for (variables, first, place) in [(inputs, 0, input), (outputs, inputs.count, target)] {
        let width = variables.reduce(0) { $0 + $1.channels }
        var channel = 0
        for (index, variable) in variables.enumerated() {
          try variable.forEachNumber(ofSample: number, at: position, in: values[first + index]) {
            point, own, value in
            place[point * width + channel + own] = Scalar(value)
          }
          channel += variable.channels
        }
      }
    }
  }
}
