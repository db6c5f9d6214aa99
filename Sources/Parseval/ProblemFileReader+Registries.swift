public import ProblemFiles
import LinearSolvers
import Simulation

extension ProblemFileReader {
  /// A reader that knows the names of every registry: what the command line reads problem files with.
  public static var standard: ProblemFileReader {
    ProblemFileReader(
      tables: [.solvers, .dataSets, .training, .collocation], builtInRecipes: CollocationRecipe.builtIn)
  }
}

extension KeyTable {
  /// The names of steppers, linear solvers and preconditioners, for the keys of `solver`.
  public static var solvers: KeyTable {
    KeyTable(
      title: "Solvers", keys: [],
      names: [
        "solver.method": (StepperRegistry.all + StepperRegistry.implicit).map {
          RegisteredName($0.name, $0.summary)
        },
        "solver.linear": DirectSolverRegistry.all.map { RegisteredName($0.name, $0.summary) }
          + IterativeMethodRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "solver.preconditioner": PreconditionerRegistry.all.map { RegisteredName($0.name, $0.summary) },
      ])
  }
}
