public import Exchange

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a data-set file says of itself, in its global attributes.
public struct DataSetHeader: Sendable {
  /// What pictures and tables call the problem.
  public var title: String
  /// Where the data come from.
  public var provenance: Provenance
  /// The name of the problem.
  public var problem: String
  /// The part of the problem's text that data depend on: two texts that are equal state the same problem.
  public var statement: String
  public var plan: DataSetPlan

  public init(title: String, provenance: Provenance, problem: String, statement: String, plan: DataSetPlan) {
    self.title = title
    self.provenance = provenance
    self.problem = problem
    self.statement = statement
    self.plan = plan
  }

  private static let name = "problem_name"
  private static let statementName = "problem_statement"
  private static let planName = "data_set_plan"

  var attributes: [NetCDFAttribute] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers, texts and lists of them always have a JSON form.
    let plan = (try? encoder.encode(plan)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return [
      NetCDFAttribute("title", .text(title)), NetCDFAttribute(Self.name, .text(problem)),
      NetCDFAttribute(Self.statementName, .text(statement)), NetCDFAttribute(Self.planName, .text(plan)),
    ] + provenance.attributes
  }

  /// Reads the attributes of a file back.
  ///
  /// - Throws: `DataSetError.notADataSet` for a file without them, `ExchangeError` for one whose problem was altered.
  public init(schema: NetCDFSchema, path: String) throws {
    guard let name = schema.attribute(Self.name)?.text,
      let statement = schema.attribute(Self.statementName)?.text,
      let text = schema.attribute(Self.planName)?.text,
      let plan = try? JSONDecoder().decode(DataSetPlan.self, from: Data(text.utf8)), plan.isConsistent
    else {
      throw DataSetError.notADataSet(
        path: path, reason: "it is no data set of this program: it has no plan that samples were made by")
    }
    self.init(
      title: schema.attribute("title")?.text ?? name,
      provenance: try Provenance(schema: schema, path: path), problem: name, statement: statement, plan: plan)
  }

  /// Whether a record is the one that solving began with.
  func storesBeginning(_ first: Double) -> Bool {
    plan.begin.map { abs($0 - first) <= 1e-9 * max(1, abs(first)) } ?? true
  }

  /// Whether all samples of the plan are in the file.
  public var isComplete: Bool { provenance.wallSeconds > 0 }
}

extension DataSetPlan {
  /// Whether the numbers can belong to a plan; those of a forged file need not.
  fileprivate var isConsistent: Bool {
    samples >= 1 && samples < 1 << 40 && validation >= 0 && test >= 0 && validation + test <= 1
      && seed <= 1 << 53 && (first.map { (0..<1 << 40).contains($0) } ?? true)
      && resolution.values.allSatisfy { $0 >= 2 }
  }
}
