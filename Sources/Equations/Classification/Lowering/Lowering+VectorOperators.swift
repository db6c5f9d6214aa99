extension Lowering {
  /// An operator of vector analysis in Cartesian components; `grad(u)` of a vector has the entries `∂_a u_b`.
  mutating func apply(_ name: VectorOperator, _ operands: [Tensor]) throws(EquationError) -> Tensor {
    switch name {
    case .lap:
      return try mapped(operands[0]) { (lowering, part) throws(EquationError) in
        try lowering.laplacian(part)
      }
    case .grad: return try gradient(operands[0])
    case .div: return try divergence(operands[0])
    case .curl: return try curl(operands[0])
    case .dot: return try dot(operands[0], operands[1])
    case .cross: return try cross(operands[0], operands[1])
    case .outer: return try outer(operands[0], operands[1])
    }
  }

  private func wrong(_ name: VectorOperator, _ operands: Tensor..., hint: String? = nil) -> EquationError {
    let kinds = operands.map(\.kind).joined(separator: " and ")
    return EquationError(
      .problem,
      "'\(name.rawValue)' cannot be applied to \(kinds) in \(dimension) dimension\(dimension == 1 ? "" : "s")",
      hint: hint)
  }

  private mutating func laplacian(_ sum: DifferentialSum) throws(EquationError) -> DifferentialSum {
    var result = DifferentialSum()
    for axis in axes.indices { result.add(try derivative(try derivative(sum, along: axis), along: axis)) }
    return result
  }

  private mutating func partial(_ value: ComplexSum, _ axis: Int) throws(EquationError) -> ComplexSum {
    ComplexSum(re: try derivative(value.re, along: axis), im: try derivative(value.im, along: axis))
  }

  private mutating func gradient(_ operand: Tensor) throws(EquationError) -> Tensor {
    guard operand.rank < 2 else { throw wrong(.grad, operand) }
    var components: [ComplexSum] = []
    for axis in axes.indices {
      for component in operand.components { components.append(try partial(component, axis)) }
    }
    return Tensor(rank: operand.rank + 1, components: components)
  }

  private mutating func divergence(_ operand: Tensor) throws(EquationError) -> Tensor {
    guard operand.rank > 0 else { throw wrong(.div, operand, hint: "div takes a vector or a matrix") }
    let width = operand.rank == 1 ? 1 : dimension
    var components = Array(repeating: ComplexSum(re: DifferentialSum()), count: width)
    for axis in axes.indices {
      for column in 0..<width {
        components[column].add(try partial(operand.components[axis * width + column], axis))
      }
    }
    return Tensor(rank: operand.rank - 1, components: components)
  }

  private mutating func curl(_ operand: Tensor) throws(EquationError) -> Tensor {
    switch (operand.rank, dimension) {
    case (0, 2):
      return Tensor(
        rank: 1,
        components: [
          try partial(operand.components[0], 1), try partial(operand.components[0], 0).scaled(by: -1),
        ])
    case (1, 2):
      var value = try partial(operand.components[1], 0)
      value.add(try partial(operand.components[0], 1), scale: -1)
      return Tensor(value)
    case (1, 3):
      var components: [ComplexSum] = []
      for axis in 0..<3 {
        let (next, last) = ((axis + 1) % 3, (axis + 2) % 3)
        var value = try partial(operand.components[last], next)
        value.add(try partial(operand.components[next], last), scale: -1)
        components.append(value)
      }
      return Tensor(rank: 1, components: components)
    default: throw wrong(.curl, operand)
    }
  }

  /// Contraction of the last index of the left with the first of the right; no complex conjugate.
  private mutating func dot(_ left: Tensor, _ right: Tensor) throws(EquationError) -> Tensor {
    guard left.rank >= 1, right.rank >= 1, left.rank + right.rank <= 3 else { throw wrong(.dot, left, right) }
    let rows = left.rank == 2 ? dimension : 1
    let columns = right.rank == 2 ? dimension : 1
    var components: [ComplexSum] = []
    for row in 0..<rows {
      for column in 0..<columns {
        var value = ComplexSum(re: DifferentialSum())
        for axis in axes.indices {
          value.add(
            try product(left.components[row * dimension + axis], right.components[axis * columns + column]))
        }
        components.append(value)
      }
    }
    return Tensor(rank: left.rank + right.rank - 2, components: components)
  }

  private mutating func cross(_ left: Tensor, _ right: Tensor) throws(EquationError) -> Tensor {
    guard left.rank == 1, right.rank == 1, dimension == 2 || dimension == 3 else {
      throw wrong(.cross, left, right)
    }
    func minor(_ first: Int, _ second: Int, _ lowering: inout Lowering) throws(EquationError) -> ComplexSum {
      var value = try lowering.product(left.components[first], right.components[second])
      value.add(try lowering.product(left.components[second], right.components[first]), scale: -1)
      return value
    }
    if dimension == 2 { return Tensor(try minor(0, 1, &self)) }
    return Tensor(
      rank: 1, components: [try minor(1, 2, &self), try minor(2, 0, &self), try minor(0, 1, &self)])
  }

  private mutating func outer(_ left: Tensor, _ right: Tensor) throws(EquationError) -> Tensor {
    guard left.rank == 1, right.rank == 1 else { throw wrong(.outer, left, right) }
    var components: [ComplexSum] = []
    for first in left.components {
      for second in right.components { components.append(try product(first, second)) }
    }
    return Tensor(rank: 2, components: components)
  }
}
