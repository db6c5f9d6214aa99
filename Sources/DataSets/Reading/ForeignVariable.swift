import Arrays
import Exchange

/// A variable of a file of others, with what each of its axes is.
struct ForeignVariable: Sendable {
  let name: String
  let samples: Int
  /// The lengths of the axes of space.
  let space: [Int]
  /// Channels that it has at every point: records times its own ones.
  let channels: Int
  private let path: String
  private let shape: [Int]
  private let sample: Int
  private let time: Int?
  private let channel: Int?
  private let records: ClosedRange<Int>
  private let scale: ForeignLayout.Scale
  /// What stands for a value that is not there, as the CF conventions have it.
  private let missing: [Double]
  /// What numbers are packed by, likewise.
  private let packing: ForeignLayout.Scale

  /// - Parameters:
  ///   - fullest: the shape of the variable that has most axes.
  ///   - records: those that are read; one, the first or the last, unless given.
  /// - Throws: `ExchangeError`, `DataSetError.shapes`.
  init(
    _ name: String, in source: any NetCDFSource, _ layout: ForeignLayout, fullest: [Int],
    records: ClosedRange<Int>?,
    takesLast: Bool, _ scale: ForeignLayout.Scale
  ) throws {
    self.name = name
    path = source.path
    self.scale = scale
    let shape = try source.shape(of: name)
    let variable = source.schema.variable(name)
    let names = variable?.dimensions ?? []
    missing = ["_FillValue", "missing_value"].flatMap { Self.numbers($0, of: variable) }
    packing = ForeignLayout.Scale(
      factor: Self.numbers("scale_factor", of: variable).first ?? 1,
      offset: Self.numbers("add_offset", of: variable).first ?? 0)
    self.shape = shape
    let path = source.path
    func broken(_ reason: String) -> DataSetError { .shapes(path: path, reason: "'\(name)' \(reason)") }
    let rank = fullest.count
    let isNumbered = [layout.sample, layout.time, layout.channel].contains { axis in
      if case .number = axis { true } else { false }
    }
    let optional = [layout.time, layout.channel].compactMap { axis -> Int? in
      guard case .number(let number) = axis else { return nil }
      return number < 0 ? rank + number : number
    }
    guard !isNumbered || rank - shape.count <= optional.count else {
      throw broken(
        "has \(shape.count) axes, and others \(rank): say by the names of dimensions what they are")
    }
    // The axis it lacks is the one without which the others are as long as they should be.
    let candidates = rank - shape.count == 1 ? optional.map { [$0] } : [optional]
    let lacking =
      !isNumbered || rank == shape.count
      ? []
      : candidates.first { missing in
        let expected = fullest.indices.filter { !missing.contains($0) }
        return zip(expected, shape).allSatisfy { optional.contains($0) || fullest[$0] == $1 }
      } ?? candidates[0]
    func index(_ axis: ForeignLayout.Axis?) -> Int? {
      switch axis {
      case nil: return nil
      case .name(let name): return names.firstIndex { Self.isCalled($0, name) }
      case .number(let number):
        let whole = number < 0 ? rank + number : number
        return lacking.contains(whole) ? nil : whole - lacking.count { $0 < whole }
      }
    }
    let roles = [index(layout.sample), index(layout.time), index(layout.channel)]
    guard let sample = roles[0] else {
      throw broken("has no axis of samples as 'layout' says; its axes are \(names.joined(separator: ", "))")
    }
    let used = roles.compactMap(\.self)
    guard used.allSatisfy({ shape.indices.contains($0) }), Set(used).count == used.count else {
      throw broken("has no axes as 'layout' says: its shape is \(shape)")
    }
    (self.sample, time, channel) = (sample, roles[1], roles[2])
    samples = shape[sample]
    space = shape.indices.filter { !used.contains($0) }.map { shape[$0] }
    guard !space.isEmpty, space.allSatisfy({ $0 > 0 }) else {
      throw broken("has no points of space: its shape is \(shape)")
    }
    let count = time.map { shape[$0] } ?? 1
    // A field that does not move is there at whatever record is asked for.
    let chosen = time == nil ? 0...0 : records ?? (takesLast ? count - 1...count - 1 : 0...0)
    guard count > 0, chosen.lowerBound >= 0, chosen.upperBound < count else {
      throw broken("has \(count) records, and \(chosen.lowerBound) to \(chosen.upperBound) are asked for")
    }
    self.records = chosen
    let (all, overflow) = chosen.count.multipliedReportingOverflow(by: channel.map { shape[$0] } ?? 1)
    guard !overflow, all > 0 else { throw broken("has no channels, or too many: its shape is \(shape)") }
    channels = all
  }

  /// The field that each of its channels is a frame of: the variable, with the number of the file's own channel where it has some.
  var fields: [String] {
    let own = channel.map { shape[$0] } ?? 1
    return records.flatMap { _ in (0..<own).map { own > 1 ? "\(name)[\($0)]" : name } }
  }

  /// What each of its channels is: the field, and the number of the record where there are several.
  var channelNames: [String] {
    let own = channels / records.count
    return zip(fields, 0...).map { field, number in
      records.count > 1 ? "\(field) of record \(records.lowerBound + number / own)" : field
    }
  }

  /// Numbers of one sample as they stand in the file.
  var sampleSize: Int {
    shape.indices.reduce(1) { $1 == sample ? $0 : $1 == time ? $0 * records.count : $0 * shape[$1] }
  }

  /// Reads samples as they stand in the file.
  ///
  /// - Throws: `ExchangeError`.
  func read(_ positions: Range<Int>, from source: any NetCDFSource) throws(ExchangeError) -> NDArray<Double> {
    var (start, count) = (shape.map { _ in 0 }, shape)
    (start[sample], count[sample]) = (positions.lowerBound, positions.count)
    if let time { (start[time], count[time]) = (records.lowerBound, records.count) }
    return try source.read(name, start: start, count: count)
  }

  /// Tells the numbers of a sample by point of space and channel, unpacked and scaled.
  ///
  /// - Parameters:
  ///   - number: of the sample among those that were read.
  ///   - position: of the sample in the file.
  ///   - values: as `read` gave them.
  /// - Throws: `DataSetError.notFinite`, also for values that are marked as missing.
  func forEachNumber(
    ofSample number: Int, at position: Int, in values: NDArray<Double>,
    _ put: (_ point: Int, _ channel: Int, _ value: Double) -> Void
  ) throws(DataSetError) {
    let own = channel.map { shape[$0] } ?? 1
    // How far a step along each axis goes in memory, in the points of space, and in the channels.
    var strides = shape.map { _ in (memory: 0, point: 0, channel: 0) }
    if let time { strides[time].channel = own }
    if let channel { strides[channel].channel = 1 }
    var (inner, memory) = (1, 1)
    for axis in shape.indices.reversed() {
      strides[axis].memory = memory
      memory *= values.shape[axis]
      guard axis != sample, axis != time, axis != channel else { continue }
      strides[axis].point = inner
      inner *= shape[axis]
    }
    var count = values.shape
    count[sample] = 1
    let isSound = values.withUnsafeBuffer { buffer in
      for flat in 0..<sampleSize {
        var (rest, point, place, into) = (flat, 0, number * strides[sample].memory, 0)
        for axis in count.indices.reversed() {
          let index = rest % count[axis]
          rest /= count[axis]
          place += index * strides[axis].memory
          point += index * strides[axis].point
          into += index * strides[axis].channel
        }
        let value = buffer[place]
        guard value.isFinite, !missing.contains(value) else { return false }
        put(point, into, scale.factor * (packing.factor * value + packing.offset) + scale.offset)
      }
      return true
    }
    guard isSound else { throw .notFinite(path: path, variable: name, sample: position) }
  }

  /// Whether a dimension has this name; those of a group have their own names, too.
  static func isCalled(_ dimension: String, _ name: String) -> Bool {
    dimension == name || dimension.hasSuffix("/" + name)
  }

  /// The numbers of an attribute of a variable.
  private static func numbers(_ name: String, of variable: NetCDFVariable?) -> [Double] {
    switch variable?.attribute(name) {
    case .doubles(let values): values
    case .integers(let values): values.map { Double($0) }
    default: []
    }
  }
}
