public import Arrays
public import Exchange

/// A function that a run records: an unknown's component or a defined quantity.
public struct RecordedField: Sendable, Hashable {
  public var name: String
  public var unit: String?
  /// What it is, for people.
  public var longName: String

  public init(name: String, unit: String? = nil, longName: String) {
    self.name = name
    self.unit = unit
    self.longName = longName
  }
}

/// One axis of the recorded grid.
public struct RecordedAxis: Sendable, Hashable {
  public var name: String
  public var unit: String?
  public var coordinates: [Double]
  public var isPeriodic: Bool

  public init(name: String, unit: String? = nil, coordinates: [Double], isPeriodic: Bool) {
    self.name = name
    self.unit = unit
    self.coordinates = coordinates
    self.isPeriodic = isPeriodic
  }
}

/// What all records of a run have in common.
public struct RecordLayout: Sendable, Equatable {
  /// Space axes in the problem's order; none for fields on a mesh.
  public var axes: [RecordedAxis]
  /// The mesh of fields that are not on a tensor grid.
  public var mesh: UGRIDMesh?
  public var fields: [RecordedField]
  /// Numbers that are recorded beside the fields, such as an energy.
  public var quantities: [RecordedField]
  /// Whether records are numbered by time; a steady problem has a single record.
  public var hasTime: Bool
  public var timeUnit: String?

  /// The shape of one record of a field.
  public var shape: [Int] { mesh.map { [$0.nodes.shape[0]] } ?? axes.map(\.coordinates.count) }

  public init(
    axes: [RecordedAxis], fields: [RecordedField], quantities: [RecordedField], hasTime: Bool,
    timeUnit: String? = nil
  ) {
    self.axes = axes
    self.fields = fields
    self.quantities = quantities
    self.hasTime = hasTime
    self.timeUnit = timeUnit
  }
}

/// The state of a run at one time.
public struct Record: Sendable {
  public var time: Double
  /// One array over the space axes per field.
  public var fields: [NDArray<Double>]
  public var quantities: [Double]

  public init(time: Double, fields: [NDArray<Double>], quantities: [Double]) {
    self.time = time
    self.fields = fields
    self.quantities = quantities
  }
}

/// Receives the records of a run as they are made.
public protocol RecordSink: AnyObject {
  /// Keeps a record; `index` counts from 0. A resumed run begins where the checkpoint says.
  func append(_ record: Record, index: Int) throws
}

/// How a run ended.
public enum Outcome: Sendable, Hashable, CustomStringConvertible {
  case completed
  /// Stopped from outside; the checkpoint resumes it.
  case interrupted(time: Double)
  /// A number became infinite or undefined.
  case notFinite(unknown: String, step: Int, time: Double, suggestedStep: Double)
  /// The equations of a steady problem were not solved; what was reached is in the output.
  case notConverged(iterations: Int, residual: Double, reason: String)
  /// The linear equations of a steady problem were not solved; what was reached is in the output.
  case linearSystemNotSolved(residual: Double, reason: String)
  /// The step size that the tolerance asks for is below what double precision resolves.
  case stepTooSmall(time: Double, step: Double)

  /// The word for other programs.
  public var name: String {
    switch self {
    case .completed: "completed"
    case .interrupted: "interrupted"
    case .notFinite: "notFinite"
    case .notConverged, .linearSystemNotSolved: "notConverged"
    case .stepTooSmall: "stepTooSmall"
    }
  }

  public var description: String {
    switch self {
    case .completed: "completed"
    case .interrupted(let time): time.isNaN ? "interrupted" : "interrupted at t = \(time)"
    case .notFinite(let unknown, let step, let time, let suggested):
      "'\(unknown)' is no longer finite after step \(step) at t = \(time); try solver.step=\(suggested)"
    case .notConverged(let iterations, let residual, let reason):
      "the equations are not solved after \(iterations) Newton iteration\(iterations == 1 ? "" : "s"): "
        + "the residual is at \(residual) of its first value, and \(reason); a better first guess (initial), a way from milder "
        + "parameters (solver.continuation) or a finer grid may help"
    case .linearSystemNotSolved(let residual, let reason):
      "the linear equations are not solved (\(reason)): the residual is at \(residual) of its first value; try another "
        + "solver.linear or solver.preconditioner, or leave the choice to the program"
    case .stepTooSmall(let time, let step):
      "the tolerance asks for steps below \(step) at t = \(time); the solution may be singular there"
    }
  }
}

/// How far a run's answer is from something better.
public struct ErrorEstimate: Sendable, Hashable {
  public enum Against: String, Sendable, Hashable { case exact, reference, coarser = "self" }
  /// ‖u − v‖/‖v‖ over all recorded times and unknowns.
  public var relativeL2: Double
  public var against: Against
  /// The accuracy of what it was compared with, where that is known.
  public var referenceAccuracy: Double?
  /// How the comparison was made, for people.
  public var remark: String
}

/// What came out of a run.
public struct Solution: Sendable {
  public var layout: RecordLayout
  /// The records that were kept in memory: all of them, unless the run was told to keep the last one only.
  public var records: [Record]
  public var outcome: Outcome
  /// Accepted and refused steps.
  public var steps: Int
  public var refusedSteps: Int
  public var error: ErrorEstimate?
  /// What the solution leaves over in the discrete equations, relative to what balances in them; `nil` where nobody asked.
  ///
  /// Of a steady problem ‖b − A u‖/‖b‖, at an end of an evolution ‖du/dt − F(u)‖/‖F(u)‖: see `RecentStates`.
  public var residual: Double?
  /// By quantity: how far its budget is from closing, relative to its largest value.
  public var budgetDefects: [String: Double]
  public var wallSeconds: Double
  public var method: String
  /// Real numbers that are evolved.
  public var unknownCount: Int
  /// How linear systems were solved and why, a line for people; empty where there were none.
  public var linearSolver = ""
  /// What should be looked at although the run could be made.
  public var warnings: [String] = []

  /// The values of a field at the recorded times nearest to `time`.
  public func values(of field: String, at time: Double? = nil) -> NDArray<Double>? {
    guard let index = layout.fields.firstIndex(where: { $0.name == field }) else { return nil }
    guard let time else { return records.last?.fields[index] }
    return records.min { abs($0.time - time) < abs($1.time - time) }?.fields[index]
  }
}
