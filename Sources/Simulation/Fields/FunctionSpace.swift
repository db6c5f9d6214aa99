public import Arrays

/// A finite-dimensional space of functions on a domain, spectral or of finite elements.
///
/// Whatever compares, plots or certifies a solution uses this alone. Points are arrays of shape
/// (count, dimension) in the units of the axes.
public protocol FunctionSpace: Sendable {
  associatedtype Coefficients: Sendable

  /// Space dimensions.
  var dimension: Int { get }
  /// The points whose values determine a function, shape (count, dimension).
  var nodes: NDArray<Double> { get }

  /// The function with these values at the nodes, in their order.
  func interpolant(of values: NDArray<Double>) -> Coefficients
  /// The values of a function at any points.
  func values(of coefficients: Coefficients, at points: NDArray<Double>) -> NDArray<Double>
  /// The derivative of the given order along every axis, in the space that it belongs to.
  func derivative(of coefficients: Coefficients, orders: [Int]) -> Field<Self>
  /// The integral over the domain.
  func integral(of coefficients: Coefficients) -> Double
  /// ∫ u v over the domain by the space's own quadrature.
  func innerProduct(_ left: Coefficients, _ right: Coefficients) -> Double
  /// The function of this space that is nearest, by its nodes or by quadrature, to one of another space.
  func projection<Other: FunctionSpace>(of field: Field<Other>) -> Coefficients
}

extension FunctionSpace {
  /// Interpolation at the nodes.
  public func projection<Other: FunctionSpace>(of field: Field<Other>) -> Coefficients {
    interpolant(of: field.values(at: nodes))
  }
}

/// A function: coefficients in a space.
public struct Field<Space: FunctionSpace>: Sendable {
  public let space: Space
  public var coefficients: Space.Coefficients

  public init(space: Space, coefficients: Space.Coefficients) {
    self.space = space
    self.coefficients = coefficients
  }

  /// The field with these values at the nodes of a space.
  public init(space: Space, values: NDArray<Double>) {
    self.init(space: space, coefficients: space.interpolant(of: values))
  }

  /// The values at any points, an array of shape (count, dimension).
  public func values(at points: NDArray<Double>) -> NDArray<Double> {
    space.values(of: coefficients, at: points)
  }

  /// The derivative of the given order along every axis.
  public func derivative(_ orders: [Int]) -> Field { space.derivative(of: coefficients, orders: orders) }

  /// The integral over the domain.
  public var integral: Double { space.integral(of: coefficients) }

  /// The L² norm.
  public var norm: Double { space.innerProduct(coefficients, coefficients).squareRoot() }

  /// The inner product with another field of the same space.
  public func innerProduct(_ other: Field) -> Double { space.innerProduct(coefficients, other.coefficients) }

  /// The field brought into another space.
  public func projected<Other: FunctionSpace>(to other: Other) -> Field<Other> {
    Field<Other>(space: other, coefficients: other.projection(of: self))
  }
}
