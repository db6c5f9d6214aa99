import Arrays
import Equations
import Exchange
public import Simulation

/// A data-set file of this program, open for reading, however large it is.
public struct DataSetFile: Sendable {
  public let path: String
  public let header: DataSetHeader
  /// Space axes, in the problem's order.
  public let axes: [RecordedAxis]
  /// How values lie on each axis.
  public let placements: [GridReduction.Placement]
  /// The times of the records; empty for a steady problem.
  public let times: [Double]
  /// What each sample is for.
  public let splits: [DataSplit]
  /// The relative residual of every sample.
  public let residuals: [Double]
  let mapped: MappedNetCDF

  /// The number of samples.
  public var count: Int { splits.count }

  /// Maps a file.
  ///
  /// - Throws: `DataSetError.notADataSet` for files of others, `ExchangeError` for files that cannot be read or are cut off.
  public init(path: String) throws {
    let reader = try NetCDFReader(path: path)
    let schema = reader.schema
    header = try DataSetHeader(schema: schema, path: path)
    self.path = path
    func broken(_ reason: String) -> DataSetError { .notADataSet(path: path, reason: reason) }
    func column(_ name: String) throws -> [Double] {
      guard schema.variable(name)?.dimensions == ["sample"] else {
        throw broken("'\(name)' is not a number for each sample")
      }
      return try reader.read(name).elements
    }
    splits = try column("split").map { value in
      guard let split = Int(exactly: value).flatMap(DataSplit.init) else {
        throw broken("\(value) is no split")
      }
      return split
    }
    residuals = try column("residual")
    var axes: [RecordedAxis] = []
    var placements: [GridReduction.Placement] = []
    for dimension in schema.dimensions where dimension.name != "sample" && dimension.name != "t" {
      guard let variable = schema.variable(dimension.name), variable.dimensions == [dimension.name],
        let text = variable.attribute(GridReduction.Placement.attribute)?.text,
        let placement = GridReduction.Placement(rawValue: text)
      else { throw broken("'\(dimension.name)' is no axis of a grid") }
      let unit = variable.attribute("units")?.text
      axes.append(
        RecordedAxis(
          name: dimension.name, unit: unit == "1" ? nil : unit,
          coordinates: try reader.read(dimension.name).elements,
          isPeriodic: variable.attribute("periodic")?.number == 1))
      placements.append(placement)
    }
    self.axes = axes
    self.placements = placements
    times = schema.dimension("t") == nil ? [] : try reader.read("t").elements
    mapped = try MappedNetCDF(path: path)
    guard mapped.recordCount == splits.count else { throw broken("it changed while it was opened") }
  }

  /// Refuses data of another problem.
  ///
  /// - Parameters:
  ///   - problem: the name of the problem that data are wanted for.
  ///   - statement: its text, as `DataSetHeader.statement`.
  /// - Throws: `DataSetError.otherProblem`.
  public func check(problem: String, statement: String) throws(DataSetError) {
    guard header.problem != problem || header.statement != statement else { return }
    throw .otherProblem(
      path: path, made: header.problem, wanted: problem,
      difference: Self.difference(header.statement, statement))
  }

  /// The first line in which two texts differ.
  private static func difference(_ made: String, _ wanted: String) -> String {
    let (old, new) = (made.split(separator: "\n"), wanted.split(separator: "\n"))
    let trimmed = { (line: Substring?) in line.map { String($0.drop { $0 == " " }) } ?? "nothing" }
    for index in 0..<max(old.count, new.count) {
      let pair = [old, new].map { index < $0.count ? $0[index] : nil }
      if pair[0] != pair[1] {
        return "made with '\(trimmed(pair[0]))', and now there is '\(trimmed(pair[1]))'"
      }
    }
    return "the texts differ"
  }

  /// The positions of the samples of a split.
  ///
  /// - Throws: `DataSetError.emptySplit`.
  public func samples(in split: DataSplit) throws(DataSetError) -> [Int] {
    let positions = splits.indices.filter { splits[$0] == split }
    guard !positions.isEmpty else { throw .emptySplit(path: path, split: split.name, samples: count) }
    return positions
  }

  /// The numbers that samples at some positions were drawn for.
  ///
  /// - Throws: `DataSetError.notADataSet`, or what reading throws.
  public func sampleNumbers(_ positions: [Int]) throws -> [Int] {
    let numbers = try NetCDFReader(path: path).read("sample").elements
    return try positions.map { position in
      guard position < numbers.count, let number = Int(exactly: numbers[position]),
        (0..<1 << 40).contains(number)
      else { throw DataSetError.notADataSet(path: path, reason: "the numbers of its samples are none") }
      return number
    }
  }

  /// The variables that may be inputs or outputs, as expressions.
  public var quantities: [String] {
    mapped.schema.variables.filter { $0.type == .float || $0.type == .double }.compactMap { variable in
      switch kind(of: variable) {
      case .parameter: variable.name == "residual" ? nil : "parameters.\(variable.name)"
      case .coefficient: times.isEmpty && !isCoefficient(variable) ? variable.name : "fields.\(variable.name)"
      case .field:
        times.first == nil
          ? variable.name : "\(variable.name)(t=\(short(times[0])):\(short(times[times.count - 1])))"
      case nil: nil
      }
    }
  }

  private enum Kind { case parameter, coefficient, field }

  private func kind(of variable: NetCDFVariable) -> Kind? {
    let space = axes.map(\.name)
    switch variable.dimensions {
    case ["sample"]: return .parameter
    case ["sample"] + space: return .coefficient
    case ["sample", "t"] + space: return .field
    default: return nil
    }
  }

  private func isCoefficient(_ variable: NetCDFVariable) -> Bool {
    variable.attribute("long_name")?.text?.hasPrefix("coefficient ") == true
  }

  /// Where the numbers of a quantity stand in each sample: one channel for every record.
  ///
  /// - Throws: `DataSetError.noSuchQuantity`.
  func channels(of quantity: DataQuantity) throws(DataSetError) -> [SampleChannel] {
    func missing() -> DataSetError {
      .noSuchQuantity(path: path, expression: quantity.description, known: quantities)
    }
    guard let variable = mapped.schema.variable(quantity.name), variable.name != "residual",
      variable.type == .float || variable.type == .double, let kind = kind(of: variable)
    else { throw missing() }
    let size = axes.map(\.coordinates.count).reduce(1, *)
    func channel(_ record: Int, _ name: String) -> SampleChannel {
      SampleChannel(variable: variable.name, offset: record * size, count: size, name: name)
    }
    switch (quantity.part, kind) {
    case (.parameter, .parameter):
      return [SampleChannel(variable: variable.name, offset: 0, count: 1, name: quantity.description)]
    case (.coefficient, .coefficient) where isCoefficient(variable), (.records(nil), .coefficient):
      return [channel(0, quantity.description)]
    case (.initial, .field):
      // The first record is the initial one only if records of the beginning are stored.
      guard let first = times.first, header.storesBeginning(first) else { throw missing() }
      return [channel(0, quantity.description)]
    case (.records(let wanted), .field):
      let interval = times.count > 1 ? times[1] - times[0] : 1
      let chosen = times.indices.filter { index in
        guard let wanted else { return true }
        let slack = 1e-6 * interval
        return times[index] >= wanted.lowerBound - slack && times[index] <= wanted.upperBound + slack
      }
      guard !chosen.isEmpty else { throw missing() }
      return chosen.map { channel($0, "\(quantity.name)(t=\(short(times[$0])))") }
    default: throw missing()
    }
  }
}

/// A field, or a number, of every sample.
struct SampleChannel: Sendable, Hashable {
  var variable: String
  /// The first of its numbers in the sample's record of the variable.
  var offset: Int
  /// 1 for a number that is the same everywhere.
  var count: Int
  /// What it is, for people.
  var name: String
}
