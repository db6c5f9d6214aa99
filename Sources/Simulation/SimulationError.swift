public import Equations
import Glibc

/// Why a problem cannot be solved as asked.
public enum SimulationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An expression has something that the grid cannot evaluate.
  case notEvaluable(String)
  /// The discretisation does not cover this kind of problem.
  case unsupported(String, about: EquationError.Subject = .problem)
  /// The linear part amplifies ever shorter waves without bound.
  case illPosed(equation: Int, wavenumbers: [Double], growthRate: Double)
  /// An unknown that a constraint leaves open, such as the mean of a potential.
  case undetermined(unknown: String)
  /// The equations leave the mean of an unknown open, but hold for none: what they balance has another mean.
  case incompatible(unknown: String, mean: Double)
  /// The discrete equations have no unique solution.
  case singular(String)
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
    case .unsupported(let text, _): text
    case .illPosed(_, let wavenumbers, let rate):
      "the linear part is ill-posed: at wavenumber \(wavenumbers.map { String(format(of: $0)) }.joined(separator: ", ")) "
        + "waves grow like exp(\(format(of: rate)) t), and ever faster the shorter they are"
    case .undetermined(let unknown):
      "the equations leave the mean of '\(unknown)' open; fix it with gauge: [mean(\(unknown)) = 0]"
    case .incompatible(let unknown, let mean):
      "the equations for '\(unknown)' have no solution: averaged over the domain, with its boundary data, they ask "
        + "that \(format(of: mean)) be 0; sources and fluxes must balance"
    case .singular(let reason): "the equations and their conditions have no unique solution: \(reason)"
    case .tooLarge(let needed, let available):
      "this run needs about \(gigabytes(needed)) of memory, the machine has \(gigabytes(available))"
    case .unknownMethod(let name, let known):
      "there is no method '\(name)'; known are \(known.joined(separator: ", "))"
    case .needsStep(let method):
      "method '\(method)' has no error estimate: give solver.step instead of a tolerance"
    case .changedProblem(let what): "the problem has changed since this run began: \(what)"
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .illPosed: "'solver.force: true' solves it all the same"
    case .singular: "a condition is missing, or the equations contradict each other or resonate"
    case .tooLarge: "choose fewer points ('--resolution') or larger elements ('--set discretization.size=…')"
    case .needsStep: "for example 'solver.step: 1e-3', or another method ('parseval list steppers')"
    case .changedProblem: "undo the change to continue this run, or solve the changed problem anew"
    case .unsupported(_, .section("reference")):
      "paths begin at the folder of the problem file; without 'reference' a coarser run is compared"
    default: nil
    }
  }

  /// What of the problem it is about, so that a reader of files finds its place.
  public var subject: EquationError.Subject {
    switch self {
    case .unsupported(_, let subject): subject
    case .illPosed(let equation, _, _): .equation(equation)
    case .undetermined(let unknown), .incompatible(let unknown, _): .unknown(unknown)
    default: .problem
    }
  }
}

/// A number with three digits: what is said with it is an order of magnitude.
private func format(of number: Double) -> String {
  guard number.isFinite, number != 0 else { return "\(number)" }
  let exponent = Int(log10(abs(number)).rounded(.down))
  let digits = (number * pow(10, Double(2 - exponent))).rounded()
  if (-3...5).contains(exponent) {
    let shift = pow(10, Double(abs(exponent - 2)))
    let rounded = exponent > 2 ? digits * shift : digits / shift
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
  return "\(digits / 100)e\(exponent)"
}

private func gigabytes(_ bytes: Int) -> String {
  let gigabytes = Double(bytes) / 1e9
  return "\((gigabytes * 10).rounded() / 10) GB"
}
