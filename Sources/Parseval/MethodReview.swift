public import Equations
import Geometry
public import Simulation

/// Whether a stepping method suits a problem, and why.
public struct MethodReview: Sendable, Hashable {
  public var name: String
  /// Whether the method solves the problem as its file stands.
  public var applies: Bool
  public var isChosen: Bool
  /// What to know of it, in one line.
  public var remark: String

  /// All registered methods, reviewed for a problem.
  ///
  /// None for a steady problem, which is solved directly. Cost: microseconds, whatever the resolution.
  public static func all(_ problem: Problem, _ form: NormalForm, plan: SolutionPlan) -> [MethodReview] {
    guard let chosen = plan.method else { return [] }
    let rate = fastestRate(form, plan: plan)
    return StepperRegistry.all.map { stepper in
      let isExact = stepper.name == "etd1" && form.hasConstantTerms
      var remarks = [stepper.summary]
      let needsStep = stepper.estimateOrder == nil && !isExact && problem.solver.step == nil
      if needsStep { remarks.append("has no error estimate: give solver.step") }
      if !stepper.isLinearPartImplicit, let rate, rate > 0 {
        remarks.append("the linear part limits its step to about \(rounded(stabilityLimit / rate))")
      }
      return MethodReview(
        name: stepper.name, applies: !needsStep, isChosen: stepper.name == chosen.stepper.name,
        remark: remarks.joined(separator: "; "))
    }
  }

  /// Step times rate that explicit Runge–Kutta methods of fourth and fifth order bear.
  private static let stabilityLimit = 2.8

  /// About the largest rate of the linear part at the highest wavenumber; `nil` with a mass matrix.
  private static func fastestRate(_ form: NormalForm, plan: SolutionPlan) -> Double? {
    let wavenumbers = zip(form.domain.axes, plan.keptModes).map { axis, kept in
      Double(kept) * (axis.isPeriodic ? 2 : 1) * Double.pi / axis.length
    }
    let evolved = form.unknowns.indices.filter { form.unknowns[$0].isEvolved }
    let equations = form.equations.filter { !$0.isConstraint }
    guard !evolved.isEmpty, equations.allSatisfy({ $0.mass.coefficients.count == 1 }) else { return nil }
    var matrix: [[Double]] = []
    for equation in equations {
      guard let mass = equation.mass.coefficients.first, mass.key.derivative.total == 0 else { return nil }
      matrix.append(
        evolved.map { unknown in
          equation.linear.coefficients.filter { $0.key.unknown == unknown }.reduce(0) { sum, entry in
            let growth = zip(entry.key.derivative.orders, wavenumbers).reduce(1.0) { product, axis in
              (0..<axis.0).reduce(product) { partial, _ in partial * axis.1 }
            }
            return sum + abs(entry.value / mass.value) * growth
          }
        })
    }
    return spectralRadius(matrix)
  }

  /// The largest eigenvalue of a matrix without negative entries, from the growth of its square's powers.
  private static func spectralRadius(_ matrix: [[Double]]) -> Double {
    var vector = matrix.map { _ in 1.0 }
    var radius = 0.0
    for _ in 0..<40 {
      // Two products at once, since the matrix of a wave turns one unknown into the other.
      let next = product(matrix, product(matrix, vector))
      let size = next.max() ?? 0
      guard size > 0, size.isFinite else { return 0 }
      radius = (size / (vector.max() ?? 1)).squareRoot()
      vector = next.map { $0 / size }
    }
    return radius
  }

  private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private static func rounded(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return value }
    var scale = 1.0
    while value * scale < 10 { scale *= 10 }
    return (value * scale).rounded() / scale
  }
}
