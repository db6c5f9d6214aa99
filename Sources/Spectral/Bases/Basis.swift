/// A complete set of functions on one interval, with the grid that belongs to it.
///
/// A function is `u(x) = Σₖ cₖ φₖ(x)`; for the complex basis `u(x) = Re Σₖ cₖ φₖ(x)` with interleaved
/// (re, im) coefficients. All positions are in the units of the axis. A new basis is one file that conforms
/// to this protocol and one line in `BasisRegistry`.
public protocol Basis: Hashable, Sendable {
  /// The name in problem files and tables.
  static var name: String { get }
  /// One sentence: the functions, and the conditions at the ends that they satisfy.
  static var summary: String { get }
  /// Whether coefficients are complex numbers.
  static var isComplex: Bool { get }
  /// Whether the functions are eigenfunctions of the second derivative, so that wavenumbers have a meaning.
  static var isTrigonometric: Bool { get }
  /// The smallest number of grid points the transform exists for.
  static var minimumPoints: Int { get }

  /// Where the interval begins.
  var lower: Double { get }
  /// Where the interval ends.
  var upper: Double { get }

  /// The basis on `[lower, upper]`.
  init(lower: Double, upper: Double)

  /// The grid of `points` points, ascending.
  func nodes(_ points: Int) -> [Double]
  /// The quadrature weights on that grid; they sum to the length.
  func weights(_ points: Int) -> [Double]
  /// How values on the grid become coefficients.
  func transform(_ points: Int) -> GridTransform
  /// The number of coefficients along the axis.
  func modeCount(_ points: Int, _ order: ModeOrder) -> Int
  /// The number κ of each mode in `φ″ = −κ²φ`, signed for complex modes; the degree for polynomials.
  func wavenumbers(_ points: Int, _ order: ModeOrder) -> [Double]
  /// The values at `x` of all functions; (re, im) pairs in a complex basis, `.half` with the weight of the
  /// conjugate modes included.
  func functions(at x: Double, points: Int, _ order: ModeOrder) -> [Double]
  /// The exact L² inner products of the functions over the interval.
  func mass(_ points: Int, _ order: ModeOrder) -> MassMatrix
  /// The exact integral of each function over the interval.
  func integrals(_ points: Int, _ order: ModeOrder) -> [Double]
  /// The basis in which the derivative of order `order` is expanded, with the same mode numbers.
  func basis(ofDerivative order: Int) -> any Basis
  /// What the derivative of order `order` ≥ 1 does to coefficients.
  func derivative(order: Int, points: Int, _ modes: ModeOrder) -> AxisOperator
  /// The number of lowest modes (in size of the frequency) that are kept when the product of `degree`
  /// functions is to be free of aliasing among them.
  func dealiasedModes(_ points: Int, degree: Int) -> Int
}

/// Which modes of a complex basis are stored; real bases have one order only.
public enum ModeOrder: Sendable, Hashable {
  /// Frequencies `0 … n/2`: the others are their conjugates.
  case half
  /// Signed frequencies in FFT order, `0, 1, …, −2, −1`, as on all but one axis of a tensor product.
  case full
}

/// What holds at an end of a bounded interval, homogeneously.
public enum EndCondition: String, Sendable, Hashable, CaseIterable {
  /// The value is zero.
  case dirichlet
  /// The normal derivative is zero.
  case neumann
}

/// How values along an axis become coefficients, and back.
public enum GridTransform: Sendable {
  /// A discrete Fourier transform, divided by the number of points in the forward direction.
  case fourier
  /// A real transform. Forward: transform, then multiply number k by `forwardFactors[k]`, which becomes
  /// mode `k + offset`; the numbers beyond the last mode are dropped. Inverse: the reverse, with
  /// `inverseFactors` by mode before the inverse transform.
  case real(RealTransform, forwardFactors: [Double], inverseFactors: [Double], offset: Int)
  /// Two `points × points` row-major matrices.
  case matrix(forward: [Double], inverse: [Double])
}

/// A linear map of the coefficients along one axis.
public enum AxisOperator: Sendable {
  /// A real factor for every mode.
  case scaling([Double])
  /// The imaginary unit times a real factor for every mode of a complex basis.
  case imaginaryScaling([Double])
  /// A map of a whole line of coefficients, in place.
  case recurrence(@Sendable (UnsafeMutableBufferPointer<Double>) -> Void)
}

/// L² inner products of basis functions.
public enum MassMatrix: Sendable {
  /// The functions are orthogonal: their squared norms (of a complex mode: the weight of |c|²).
  case diagonal([Double])
  /// All inner products, row-major.
  case dense([Double])
}

extension Basis {
  public static var isComplex: Bool { false }
  public static var minimumPoints: Int { 1 }

  /// `upper − lower`.
  public var length: Double { upper - lower }

  public func modeCount(_ points: Int, _ order: ModeOrder) -> Int { points }

  public func dealiasedModes(_ points: Int, degree: Int) -> Int {
    precondition(degree >= 1, "dealiasedModes: degree \(degree) must be at least 1")
    return min(points, (2 * points + degree) / (degree + 1))
  }

  /// Whether this is the same basis on the same interval.
  public func isEqual(to other: any Basis) -> Bool { AnyHashable(self) == AnyHashable(other) }
}

extension Basis {
  func checkInterval() {
    precondition(
      lower < upper && (upper - lower).isFinite,
      "\(Self.name) basis: lower end \(lower) must be below upper end \(upper)")
  }
}
