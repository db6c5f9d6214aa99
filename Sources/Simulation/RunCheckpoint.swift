import Exchange
package import LinearSolvers
public import Spectral
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a checkpoint holds besides the state of the stepping.
package struct CheckpointExtras {
  /// Of the comparison with a solution.
  package var sums: [Double]
  /// Of the budgets.
  package var quantities: [Double]
  package var solver: SolverMemory?
}

/// Everything that the rest of a run depends on, so that it continues bit for bit.
public struct RunCheckpoint: Sendable {
  package var problemHash: String
  package var nextRecord: Int
  package var controller: StepController
  package var steps: Int
  package var refusedSteps: Int
  package var filledHistory: Int
  package var state: [Double]
  package var history: [[Double]]
  package var comparisonSums: [Double]
  package var quantities: [Double]
  /// What the solver of linear systems has learned; `nil` where it learns nothing.
  package var solver: SolverMemory?
  /// The plans of a run whose transforms were chosen by measuring; `nil` where a rule chooses them.
  package var wisdom: String?

  /// Records that the output holds at this point.
  public var recordCount: Int { nextRecord }

  /// How the transforms of the run were planned.
  public var planning: PlanningMode { wisdom == nil ? .estimate : .measure }

  /// The policy that chose the relaxation of linear systems; `nil` where none did.
  public var relaxation: String? { solver?.kind }

  /// Makes this process plan the same transforms as the one that was stopped.
  ///
  /// Without effect where a rule chooses them. To be called before the simulation is made.
  public func adoptPlans() {
    if let wisdom { _ = FFTWLibrary.adopt(wisdom: wisdom) }
  }

  package init(
    problemHash: String, nextRecord: Int, controller: StepController, steps: Int, refusedSteps: Int,
    filledHistory: Int, state: [Double], history: [[Double]], comparisonSums: [Double], quantities: [Double],
    solver: SolverMemory? = nil, wisdom: String? = nil
  ) {
    self.problemHash = problemHash
    self.nextRecord = nextRecord
    self.controller = controller
    self.steps = steps
    self.refusedSteps = refusedSteps
    self.filledHistory = filledHistory
    self.state = state
    self.history = history
    self.comparisonSums = comparisonSums
    self.quantities = quantities
    self.solver = solver
    self.wisdom = wisdom
  }

  private struct Header: Codable {
    var nextRecord: Int
    var controller: StepController
    var steps: Int
    var refusedSteps: Int
    var filledHistory: Int
  }

  /// Writes the checkpoint, replacing an older one only when it is complete.
  package func write(to path: String) throws {
    let header = Header(
      nextRecord: nextRecord, controller: controller, steps: steps, refusedSteps: refusedSteps,
      filledHistory: filledHistory)
    let json = String(decoding: try JSONEncoder().encode(header), as: UTF8.self)
    var texts = ["run": json, "problem": problemHash]
    texts["wisdom"] = wisdom
    texts["solver"] = solver?.kind
    try Checkpoint(
      header: texts,
      arrays: [("state", state), ("comparison", comparisonSums), ("quantities", quantities)]
        + (solver.map { [("solver", $0.numbers)] } ?? [])
        + history.enumerated().map { ("history\($0)", $1) }
    ).write(to: path)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: `ExchangeError` if the file is missing, damaged or no checkpoint of a run.
  public init(path: String) throws {
    let file = try Checkpoint(path: path)
    guard let json = file.header["run"], let hash = file.header["problem"],
      let header = try? JSONDecoder().decode(Header.self, from: Data(json.utf8)),
      let state = file.array("state"), let sums = file.array("comparison"),
      let quantities = file.array("quantities")
    else {
      throw ExchangeError(path: path, kind: .corrupted, reason: "this is not the checkpoint of a run")
    }
    var history: [[Double]] = []
    while let vector = file.array("history\(history.count)") { history.append(vector) }
    self.init(
      problemHash: hash, nextRecord: header.nextRecord, controller: header.controller, steps: header.steps,
      refusedSteps: header.refusedSteps, filledHistory: header.filledHistory, state: state, history: history,
      comparisonSums: sums, quantities: quantities,
      solver: file.header["solver"].map { SolverMemory(kind: $0, numbers: file.array("solver") ?? []) },
      wisdom: file.header["wisdom"])
  }
}
