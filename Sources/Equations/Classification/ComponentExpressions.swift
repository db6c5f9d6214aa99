import Geometry

/// Brings expressions of a problem, such as initial values and quantities, into real components that a
/// discretisation can evaluate point by point.
///
/// Unknowns and their derivatives become inputs, shared by all expressions that are asked for.
public struct ComponentExpressions {
  private var names: ProblemLowering
  private let form: NormalForm
  /// What `.input(n)` of the components stands for.
  public private(set) var inputs: [LinearForm] = []

  /// - Parameter form: the normal form of `problem`.
  public init(_ problem: Problem, _ form: NormalForm) {
    names = ProblemLowering(problem)
    self.form = form
  }

  /// The components of an expression, real and imaginary part in turn where it is complex for `kind`.
  ///
  /// The unknowns in it are those of the problem, with their boundary data. Derivatives of products are
  /// multiplied out.
  /// - Throws: `EquationError` for unknown names and for time derivatives that are no unknowns of the form.
  public mutating func components(
    of expression: Expression, kind: Unknown.Kind
  ) throws(EquationError) -> [Expression] {
    guard let tensor = names.tensor(expression, .problem) else {
      throw names.errors.last ?? EquationError(.problem, "'\(expression)' cannot be evaluated")
    }
    var result: [Expression] = []
    for component in tensor.components {
      result.append(try pointwise(component.re))
      if kind == .complex {
        result.append(try pointwise(component.im))
      } else if !component.isReal {
        throw EquationError(.problem, "'\(expression)' is complex where a real value is needed")
      }
    }
    let expected = kind == .vector ? names.domain.dimension : kind == .complex ? 2 : 1
    // A single number serves all components of a vector.
    if kind == .vector, tensor.rank == 0, result.count == 1, result[0] == .zero {
      return Array(repeating: .zero, count: expected)
    }
    guard result.count == expected else {
      throw EquationError(
        .problem, "'\(expression)' has \(result.count) components, not \(expected)")
    }
    return result
  }

  private mutating func pointwise(_ sum: DifferentialSum) throws(EquationError) -> Expression {
    let polynomial = try names.lowering.pointwise(sum)
    var mistake: EquationError?
    let expression = polynomial.plainExpression.replacingLeaves { leaf in
      guard case .input(let code) = leaf else { return nil }
      do throws(EquationError) {
        return .input(try number(of: Jet(code: code, dimension: names.domain.dimension)))
      } catch {
        mistake = error
        return nil
      }
    }
    if let mistake { throw mistake }
    return expression
  }

  private mutating func number(of jet: Jet) throws(EquationError) -> Int {
    let scalar = form.unknowns[jet.unknown]
    guard
      let unknown = form.unknowns.firstIndex(where: {
        $0.origin == scalar.origin && $0.part == scalar.part && $0.timeOrder == jet.timeOrder
      })
    else {
      throw EquationError(.problem, "the time derivative of '\(scalar.origin)' is not known at a single time")
    }
    let linear = LinearForm([LinearForm.Key(unknown: unknown, derivative: jet.derivative): 1])
    if let known = inputs.firstIndex(of: linear) { return known }
    inputs.append(linear)
    return inputs.count - 1
  }
}
