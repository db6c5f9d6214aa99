import Arrays
import Equations
import Simulation

/// Functions of the coordinates that are evaluated at sets of points, compiled once.
final class PointFunctions {
  private let compiled: CompiledProgram
  /// The values at the points of the last call, one array per function.
  let results: [AlignedStorage<Double>]

  /// - Parameters:
  ///   - names: what the columns of point sets are called.
  ///   - results: an array for the values of each function.
  /// - Throws: `CollocationError.notEvaluable` for anything but functions of these names.
  init(
    _ expressions: [Expression], of names: [String], into results: [AlignedStorage<Double>],
    subject: EquationError.Subject
  ) throws(CollocationError) {
    let inputs = expressions.map {
      $0.replacingLeaves { leaf in
        guard case .symbol(let name) = leaf, let number = names.firstIndex(of: name) else { return nil }
        return .input(number)
      }
    }
    do {
      compiled = try ProgramCompiler.compile(inputs, inputCount: names.count, spatialNames: []) {
        throw SimulationError.notEvaluable("\($0)")
      }
    } catch {
      throw .notEvaluable("\(error)", subject)
    }
    self.results = results
  }

  func evaluate(at points: PointSet) {
    guard !results.isEmpty else { return }
    compiled.run(inputs: points.columns, time: 0, into: results)
  }
}
