import Glibc

/// Why a problem cannot be solved as asked.
public enum SimulationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An expression has something that the grid cannot evaluate.
  case notEvaluable(String)
  /// The discretisation does not cover this kind of problem.
  case unsupported(String)
  /// The linear part amplifies ever shorter waves without bound.
  case illPosed(wavenumbers: [Double], growthRate: Double)
  /// An unknown that a constraint leaves open, such as the mean of a potential.
  case undetermined(unknown: String)
  /// The equations leave the mean of an unknown open, but hold for none: what they balance has another mean.
  case incompatible(unknown: String, mean: Double)
  /// The run would need more memory than the machine has.
  case tooLarge(neededBytes: Int, availableBytes: Int)
  /// No stepper, basis or option has this name.
  case unknownMethod(String, known: [String])
  /// The method has no error estimate, so a step size must be given.
  case needsStep(method: String)
  /// A resumed run does not belong to the problem at hand.
  case changedProblem(String)

  public var description: String {
    switch self {
    case .notEvaluable(let text): "'\(text)' cannot be evaluated on a grid"
    case .unsupported(let text): text
    case .illPosed(let wavenumbers, let rate):
      "the linear part is ill-posed: at wavenumber \(wavenumbers.map { String(format(of: $0)) }.joined(separator: ", ")) "
        + "waves grow like exp(\(format(of: rate)) t), and ever faster the shorter they are"
    case .undetermined(let unknown):
      "the equations leave the mean of '\(unknown)' open; fix it with gauge: [mean(\(unknown)) = 0]"
    case .incompatible(let unknown, let mean):
      "the equations for '\(unknown)' have no solution: averaged over the domain, with its boundary data, they ask "
        + "that \(format(of: mean)) be 0; sources and fluxes must balance"
    case .tooLarge(let needed, let available):
      "this run needs about \(gigabytes(needed)) of memory, the machine has \(gigabytes(available))"
    case .unknownMethod(let name, let known):
      "there is no method '\(name)'; known are \(known.joined(separator: ", "))"
    case .needsStep(let method):
      "method '\(method)' has no error estimate: give solver.step instead of a tolerance"
    case .changedProblem(let what): "the problem has changed since this run began: \(what)"
    }
  }
}

/// A number with three digits: what is said with it is an order of magnitude.
private func format(of number: Double) -> String {
  guard number.isFinite, number != 0 else { return "\(number)" }
  let scale = pow(10, 2 - log10(abs(number)).rounded(.down))
  let rounded = (number * scale).rounded() / scale
  return abs(rounded) < 1e15 && rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}

private func gigabytes(_ bytes: Int) -> String {
  let gigabytes = Double(bytes) / 1e9
  return "\((gigabytes * 10).rounded() / 10) GB"
}
