/// A mathematical expression of the equation language.
///
/// Derivatives and vector operators stay in the tree until a discretisation asks for components, so that
/// later ones can integrate the outermost divergence by parts.
public indirect enum Expression: Hashable, Sendable {
  case number(Double)
  /// The imaginary unit `i`.
  case imaginaryUnit
  /// A coordinate, the time `t`, a parameter, a field, an unknown or a defined quantity.
  case symbol(String)
  /// The value at a point of the numbered input of a `NormalForm`; never comes out of the parser.
  case input(Int)
  case sum([Expression])
  case product([Expression])
  case power(Expression, Expression)
  case call(Function, [Expression])
  /// The derivative of `order ≥ 1` along an axis; the time axis is called `t`.
  case derivative(Expression, axis: String, order: Int)
  /// `lap grad div curl dot cross outer`, applied to its operands.
  case vectorOperator(VectorOperator, [Expression])
  /// A vector written by its components, `[a, b]`.
  case vector([Expression])
  case comparison(Comparison, Expression, Expression)
  /// `if(condition, then, otherwise)`.
  case conditional(Expression, Expression, Expression)
}

/// The functions of the language; all are applied point by point.
public enum Function: String, Hashable, Sendable, CaseIterable {
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
  case exp, log, sqrt, abs, sign, floor, erf, erfc
  case min, max, atan2
  case re, im, conj
  case besselj0, besselj1
  /// Reductions over the domain; only quantities may use them.
  case mean, integral

  /// Whether the function turns a field into one number.
  public var isReduction: Bool { self == .mean || self == .integral }

  /// How many arguments the function takes.
  public var arity: Int {
    switch self {
    case .min, .max, .atan2: 2
    default: 1
    }
  }
}

/// The operators of vector analysis.
public enum VectorOperator: String, Hashable, Sendable, CaseIterable {
  case lap, grad, div, curl, dot, cross, outer
}

/// The comparisons that `if` accepts.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
}
