import ArgumentParser
import Parseval

extension ProblemOptions {
  /// All changes as overrides, so that the provenance has them; `axes` are those that a resolution is for.
  private func allOverrides(axes: [String]) -> [String] {
    var result = overrides
    if let method { result.append("solver.method=\(method)") }
    if let resolution { result += axes.map { "discretization.\($0)=\(resolution)" } }
    if let step { result.append("solver.step=\(step)") }
    if let tolerance { result.append("solver.tolerance=\(tolerance)") }
    if let seed { result.append("solver.seed=\(seed)") }
    return result
  }

  /// Whether anything is to be changed.
  var isEmpty: Bool { allOverrides(axes: ["x"]).isEmpty }

  /// Reads a problem by path or name, with the changes.
  func read(_ argument: String) throws(ProblemFileError) -> (file: ProblemFile, overrides: [String]) {
    let (path, overrides) = try resolve(argument)
    return (try ProblemFileReader.standard.read(file: path, overrides: overrides), overrides)
  }

  /// Finds a problem by path or name, and writes the changes as overrides of it.
  func resolve(_ argument: String) throws(ProblemFileError) -> (path: String, overrides: [String]) {
    let path = try ProblemLibrary.standard.resolve(argument)
    guard resolution != nil else { return (path, allOverrides(axes: [])) }
    // Only the file says which axes there are.
    let file = try ProblemFileReader.standard.read(file: path, overrides: overrides)
    return (path, allOverrides(axes: file.problem.domain.axes.map(\.name)))
  }
}
