/// A complex function as real and imaginary part.
struct ComplexSum: Equatable {
  var re: DifferentialSum
  var im = DifferentialSum()

  var isReal: Bool { im.isZero }
  var isZero: Bool { re.isZero && im.isZero }

  mutating func add(_ other: ComplexSum, scale: Double = 1) {
    re.add(other.re, scale: scale)
    im.add(other.im, scale: scale)
  }

  func scaled(by scale: Double) -> ComplexSum {
    ComplexSum(re: re.scaled(by: scale), im: im.scaled(by: scale))
  }

  var conjugate: ComplexSum { ComplexSum(re: re, im: im.scaled(by: -1)) }
}

/// A scalar, vector or matrix over the axes of the domain, in components.
struct Tensor: Equatable {
  /// 0, 1 or 2.
  var rank: Int
  /// Row-major; entry `a, b` of a matrix is at `a * dimension + b`.
  var components: [ComplexSum]

  init(rank: Int, components: [ComplexSum]) {
    self.rank = rank
    self.components = components
  }

  init(_ scalar: ComplexSum) { self.init(rank: 0, components: [scalar]) }
  init(_ scalar: DifferentialSum) { self.init(ComplexSum(re: scalar)) }

  /// The scalar that the tensor is, if it is one.
  var scalar: ComplexSum? { rank == 0 ? components[0] : nil }

  var isZero: Bool { components.allSatisfy(\.isZero) }

  /// What the tensor is called in messages.
  var kind: String { ["a scalar", "a vector", "a matrix"][rank] }
}
