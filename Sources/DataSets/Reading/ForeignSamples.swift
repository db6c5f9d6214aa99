public import Exchange
public import Learning

/// Samples in a file of others, as an operator learns from them.
///
/// Shapes are (space axes…, channels), the space axes in their order in the file; records and the file's own channels become
/// channels, the records slowest. Every sample is read when it is asked for. Variables of NetCDF and HDF5 files
/// may stand in groups (`t0_fields/density`); files that are not of the classic format are opened by a process of their own.
public struct ForeignSamples: TrainingData, NamedChannels {
  public let path: String
  public let layout: ForeignLayout
  /// The samples that are read, by their numbers in the file.
  public let positions: Range<Int>
  public let inputShape: [Int]
  public let targetShape: [Int]
  private let source: any NetCDFSource
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
  ///   - split: the samples that are read: by position, the first ones for training, then validation, then test.
  ///   - validation: the share for validation.
  ///   - test: the share for the test.
  ///   - isolation: in which process files are opened that are not of the classic kind.
  /// - Throws: `ExchangeError` for what cannot be read, `DataSetError` for what does not fit together.
  public init(
    path: String, layout: ForeignLayout, split: DataSplit, validation: Double, test: Double,
    isolation: NetCDF.Isolation
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
    let sizes = SplitSizes(total: first.samples, validation: validation, test: test)
    switch split {
    case .training: positions = 0..<sizes.training
    case .validation: positions = sizes.training..<sizes.training + sizes.validation
    case .test: positions = sizes.training + sizes.validation..<sizes.total
    }
    guard !positions.isEmpty else {
      throw DataSetError.emptySplit(path: path, split: split.name, samples: first.samples)
    }
    inputShape = first.space + [inputs.reduce(0) { $0 + $1.channels }]
    targetShape = first.space + [outputs.reduce(0) { $0 + $1.channels }]
    self.path = path
    self.layout = layout
    self.source = source
  }

  public func read<Scalar: BinaryFloatingPoint>(
    _ sample: Int, input: UnsafeMutablePointer<Scalar>, target: UnsafeMutablePointer<Scalar>
  ) throws {
    precondition(sample >= 0 && sample < count, "ForeignSamples: sample \(sample) is not below \(count)")
    let position = positions.lowerBound + sample
    for (variables, place) in [(inputs, input), (outputs, target)] {
      let width = variables.reduce(0) { $0 + $1.channels }
      var channel = 0
      for variable in variables {
        try variable.read(position, from: source) { point, number, value in
          place[point * width + channel + number] = Scalar(value)
        }
        channel += variable.channels
      }
    }
  }
}
