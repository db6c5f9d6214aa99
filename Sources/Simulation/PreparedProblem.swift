public import Arrays
public import Equations

/// A problem made ready to be solved, whatever space is divided into.
public protocol PreparedProblem: AnyObject {
  var problem: Problem { get }
  /// What all records have in common.
  var recordLayout: RecordLayout { get }
  /// How it is solved and why, one line.
  var methodText: String { get }
  /// What space is divided into, in a few words.
  var spaceText: String { get }
  /// Scalar unknowns.
  var unknownNames: [String] { get }

  /// The values of a coefficient field on the grid of records, in the shape of a record.
  ///
  /// - Throws: `SimulationError` for a name that is no coefficient field, or values that cannot be computed.
  func coefficientField(_ name: String) throws -> NDArray<Double>

  /// Finds what keeps a run from beginning, before its output is begun.
  ///
  /// - Throws: `SimulationError`.
  func prepare() throws
  /// Solves the problem.
  ///
  /// - Parameters:
  ///   - sink: receives every record as soon as it is made.
  ///   - checkpoint: continues a run that was stopped, bit for bit.
  /// - Throws: what the sink throws; `ExchangeError` if a checkpoint cannot be written.
  func run(sink: (any RecordSink)?, resuming checkpoint: RunCheckpoint?) throws -> Solution
}

extension MethodChoice {
  /// One line: method, step or tolerance, reason.
  public var text: String {
    var line = "method \(stepper.name)"
    if let step { line += ", step \(short(step))" }
    if let tolerance { line += ", tolerance \(short(tolerance))" }
    return line + ": \(reason)"
  }

  private func short(_ value: Double) -> String {
    // Without the fraction of a whole number.
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "\(value)"
  }
}

extension Simulation: PreparedProblem {
  public var methodText: String { method?.text ?? "method direct: the problem is steady" }
  public var spaceText: String {
    recordLayout.shape.map { "\($0)" }.joined(separator: "×") + " points"
  }
  public var unknownNames: [String] { normalForm.unknowns.map(\.name) }

  public func coefficientField(_ name: String) throws -> NDArray<Double> {
    let layout = system.grid.outputLayout
    guard let values = try coefficients(layout)[name] else {
      throw SimulationError.unsupported("there is no coefficient field '\(name)'")
    }
    return layout.userOrdered(values.baseAddress)
  }
}
