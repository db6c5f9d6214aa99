import Equations
import Exchange
public import Simulation

/// What all samples of a data set have in common.
public struct StoredLayout: Sendable {
  /// Space axes in the problem's order.
  public var axes: [RecordedAxis]
  /// How values lie on each axis.
  public var placements: [GridReduction.Placement]
  /// The times of the records; `nil` for a steady problem.
  public var times: [Double]?
  public var timeUnit: String?
  /// Unknowns and definitions: over time, if there is one, and space.
  public var fields: [RecordedField]
  /// Coefficients that are random: over space.
  public var coefficients: [RecordedField]
  /// Random parameters: a number each.
  public var parameters: [RecordedField]

  /// The names of the variables that say what a sample is.
  static let ownNames = ["sample", "split", "seed", "residual"]

  /// The shape of a field of one sample.
  public var fieldShape: [Int] { (times.map { [$0.count] } ?? []) + spaceShape }
  /// The shape of a coefficient of one sample.
  public var spaceShape: [Int] { axes.map(\.coordinates.count) }

  /// - Parameters:
  ///   - source: the problem.
  ///   - layout: of the records of its solver.
  ///   - plan: what is stored of them.
  ///   - reduction: to the stored grid.
  ///   - placements: how values lie on its axes.
  /// - Throws: `DataSetError` where no record is made at a time of the plan.
  init(
    _ source: SampleSource, _ layout: RecordLayout, _ plan: DataSetPlan, _ reduction: GridReduction,
    _ placements: [GridReduction.Placement]
  ) throws {
    let problem = source.problem
    axes = reduction.axes
    self.placements = placements
    timeUnit = layout.timeUnit
    fields = layout.fields
    // With random parameters every coefficient may be another one.
    coefficients = problem.fields.filter { $0.function.isRandom || !problem.randomParameters.isEmpty }.map {
      RecordedField(name: $0.name, unit: problem.units[$0.name], longName: "coefficient \($0.name)")
    }
    parameters = problem.randomParameters.map {
      RecordedField(name: $0.name, unit: $0.unit ?? problem.units[$0.name], longName: "parameter \($0.name)")
    }
    let names = (fields + coefficients + parameters).map(\.name) + axes.map(\.name)
    if let name = names.first(where: { Self.ownNames.contains($0) }) { throw DataSetError.reservedName(name) }
    guard layout.hasTime else { return }
    let records = try RecordTimes(problem)
    let all = (0..<records.count).map { records.time(of: $0) }
    for wanted in plan.times {
      let slack = 1e-6 * records.interval
      guard all.contains(where: { $0 >= wanted.lowerBound - slack && $0 <= wanted.upperBound + slack }) else {
        throw DataSetError.noRecord(times: wanted, interval: records.interval, end: records.end)
      }
    }
    times = all.filter { plan.stores(time: $0, interval: records.interval) }
  }

  /// The layout of the file.
  func schema(attributes: [NetCDFAttribute], precision: DataSetPlan.Precision) -> NetCDFSchema {
    var dimensions: [NetCDFDimension] = [.unlimited(name: "sample")]
    var variables: [NetCDFVariable] = []
    if let times {
      dimensions.append(NetCDFDimension(name: "t", length: times.count))
      variables.append(.coordinate(name: "t", units: timeUnit ?? "1", longName: "time", axis: "T"))
    }
    for (index, axis) in axes.enumerated() {
      dimensions.append(NetCDFDimension(name: axis.name, length: axis.coordinates.count))
      var variable = NetCDFVariable.coordinate(
        name: axis.name, units: axis.unit ?? "1", longName: axis.name,
        axis: index < 3 ? ["X", "Y", "Z"][index] : nil)
      variable.attributes += [
        NetCDFAttribute("periodic", .integers([axis.isPeriodic ? 1 : 0])),
        NetCDFAttribute(GridReduction.Placement.attribute, .text(placements[index].rawValue)),
      ]
      variables.append(variable)
    }
    variables.append(
      .coordinate(name: "sample", type: .int64, longName: "number that random data were drawn for"))
    var split = NetCDFVariable.field(
      name: "split", dimensions: ["sample"], type: .int64, longName: "what the sample is for")
    split.attributes += [
      NetCDFAttribute("flag_values", .integers(DataSplit.allCases.map { Int64($0.rawValue) })),
      NetCDFAttribute("flag_meanings", .text(DataSplit.allCases.map(\.name).joined(separator: " "))),
    ]
    variables.append(split)
    variables.append(
      .field(name: "seed", dimensions: ["sample"], type: .int64, longName: "seed of random data"))
    variables.append(
      .field(
        name: "residual", dimensions: ["sample"], units: "1",
        longName: "relative residual of the solution in the discrete equations"))
    let type: NetCDFType = precision == .float ? .float : .double
    let space = axes.map(\.name)
    for parameter in parameters {
      variables.append(
        .field(
          name: parameter.name, dimensions: ["sample"], units: parameter.unit ?? "1",
          longName: parameter.longName))
    }
    for field in coefficients {
      variables.append(
        .field(
          name: field.name, dimensions: ["sample"] + space, type: type, units: field.unit ?? "1",
          longName: field.longName))
    }
    for field in fields {
      variables.append(
        .field(
          name: field.name, dimensions: ["sample"] + (times == nil ? [] : ["t"]) + space, type: type,
          units: field.unit ?? "1", longName: field.longName))
    }
    return NetCDFSchema(dimensions: dimensions, variables: variables, attributes: attributes)
  }
}
