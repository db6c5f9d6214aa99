package import Equations
import LinearSolvers

/// Orderings and factors that the linear systems of several problems share, one after the other on one thread.
///
/// The problems must be one problem with other coefficients, so that the pattern is the same. What is chosen for the first
/// matrix is kept; the bits of a solution then depend on that choice and its own matrix, not on what lay between.
package final class SharedLinearSolver: @unchecked Sendable {
  private let solver: PreparedSolver

  /// - Parameters:
  ///   - wishes: of the problem.
  ///   - shouldStop: asked after every iteration of an iterative solver.
  package init(_ wishes: SolverChoice, shouldStop: @escaping @Sendable () -> Bool) {
    solver = PreparedSolver(wishes, reusesPattern: true, shouldStop: shouldStop)
  }

  /// Makes a simulation use it.
  package func serve(_ options: inout SimulationOptions) {
    options.makeLinearSolver = { self.solver }
  }
}
