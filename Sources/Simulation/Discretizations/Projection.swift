package import Arrays
package import Spectral
#if canImport(Glibc)
  import Glibc
#endif

extension SpectralSystem {
  /// Removes from a state what constraints such as div u = 0 forbid; for set-up, not for stepping.
  ///
  /// Steps keep a state that satisfies them, and only such a one: where the linear operator commutes with the
  /// projection, it is applied without.
  ///
  /// - Returns: the norm of what was removed, relative to that of the state.
  package func projectToConstraints(_ u: StateVector) -> Double {
    guard !elimination.multipliers.isEmpty else { return 0 }
    var (removed, size) = (0.0, 0.0)
    let counts = layout.counts
    let width = layout.width
    var rows = counts
    for mode in 0..<layout.modes {
      var rest = mode
      for axis in counts.indices.reversed() {
        rows[axis] = rest % counts[axis]
        rest /= counts[axis]
      }
      guard let projection = elimination.at(rows).projection else { return 0 }
      var vector = SmallMatrix(rows: componentCount, columns: 1)
      for component in 0..<componentCount {
        let place = u.baseAddress + component * layout.length + width * mode
        vector[component, 0] = Complex(place[0], width == 2 ? place[1] : 0)
      }
      let result = projection * vector
      for component in 0..<componentCount {
        let place = u.baseAddress + component * layout.length + width * mode
        let change = (vector[component, 0] - result[component, 0]).magnitude
        removed += change * change
        size += vector[component, 0].magnitude * vector[component, 0].magnitude
        place[0] = result[component, 0].re
        if width == 2 { place[1] = result[component, 0].im }
      }
    }
    return size > 0 ? (removed / size).squareRoot() : 0
  }
}

extension PencilLayout {
  /// The coefficients of the kept modes of values on the grid.
  ///
  /// - Parameter values: in storage order; `functions`: along the storage axes.
  package func coefficients(
    ofValues values: AlignedStorage<Double>, functions: [AxisFunctions]
  ) -> AlignedStorage<Double> {
    var program = PointProgram(inputCount: 0, statics: [values], scalarCount: 1)
    program.append(.copy, program.firstTemporary, .register(0))
    program.temporaryCount = 1
    program.outputs = [program.firstTemporary]
    let evaluator = PencilEvaluator(
      layout: self, inputs: [], products: [.init(functions: functions, targets: [(0, .scale(1))])],
      program: program, outputComponents: 1, workers: nil)
    let result = AlignedStorage<Double>(count: length)
    var number = 0.0
    withUnsafePointer(to: &number) { scalar in
      withUnsafePointer(to: scalar) { evaluator.evaluate($0, into: result.baseAddress, scalars: scalar) }
    }
    return result
  }

  /// Nodes and weights along an axis that integrate a smooth function against every kept mode to rounding:
  /// Gauss–Legendre with eight points on as many panels as there are grid points.
  package func projectionRule(axis: Int) -> QuadratureRule {
    let gauss = QuadratureRule.gaussLegendre(8)
    let panels = max(8, axes[axis].points / 2)
    let width = axes[axis].length / Double(panels)
    var nodes: [Double] = []
    var weights: [Double] = []
    for panel in 0..<panels {
      let start = axes[axis].lower + Double(panel) * width
      for (node, weight) in zip(gauss.nodes, gauss.weights) {
        nodes.append(start + (node + 1) / 2 * width)
        weights.append(weight / 2 * width)
      }
    }
    return QuadratureRule(nodes: nodes, weights: weights)
  }

  /// The coefficients of a function by quadrature instead of sampling, so that nothing aliases.
  ///
  /// - Parameter values: on the tensor grid of the axes' `projectionRule`s, row-major.
  package func projectedCoefficients(
    ofValues values: AlignedStorage<Double>, functions: [AxisFunctions]
  ) -> AlignedStorage<Double> {
    let rules = axes.indices.map { projectionRule(axis: $0) }
    // One axis after the other, the last first, as complex numbers throughout.
    var shape = rules.map(\.nodes.count)
    var data = (0..<values.count).map { Complex(values.baseAddress[$0]) }
    for axis in axes.indices.reversed() {
      let rule = rules[axis]
      let outer = shape[..<axis].reduce(1, *)
      let inner = shape[(axis + 1)...].reduce(1, *)
      var result = Array(repeating: Complex.zero, count: outer * counts[axis] * inner)
      for row in 0..<counts[axis] {
        let weights = dualFunction(row: row, axis: axis, functions: functions[axis], rule: rule)
        for o in 0..<outer {
          for (q, weight) in weights.enumerated() {
            let source = (o * rule.nodes.count + q) * inner
            let target = (o * counts[axis] + row) * inner
            for i in 0..<inner { result[target + i] += weight * data[source + i] }
          }
        }
      }
      shape[axis] = counts[axis]
      data = result
    }
    let coefficients = AlignedStorage<Double>(count: length)
    for (mode, value) in data.enumerated() {
      if isComplex {
        coefficients.baseAddress[2 * mode] = value.re
        coefficients.baseAddress[2 * mode + 1] = value.im
      } else {
        coefficients.baseAddress[mode] = value.re
      }
    }
    return coefficients
  }

  /// What integrates a function to its coefficient: weight · conjugate mode / squared norm at every node.
  private func dualFunction(
    row: Int, axis: Int, functions: AxisFunctions, rule: QuadratureRule
  ) -> [Complex] {
    let k = wavenumber(ofRow: row, axis: axis, functions: functions)
    let length = axes[axis].length
    return zip(rule.nodes, rule.weights).map { node, weight in
      let phase = k * (node - axes[axis].lower)
      return switch functions {
      case .fourier: (weight / length) * Complex(cos(phase), -sin(phase))
      case .sine: row == 0 ? .zero : Complex(2 * weight / length * sin(phase))
      case .cosine: Complex((row == 0 ? 1 : 2) * weight / length * cos(phase))
      case .sineCosine: Complex(2 * weight / length * sin(phase))
      case .cosineSine: Complex(2 * weight / length * cos(phase))
      }
    }
  }

  /// Values in the problem's axis order from values in storage order.
  package func userOrdered(_ values: UnsafePointer<Double>) -> NDArray<Double> {
    let storage = gridShape
    let position = axes.indices.map { user in axes.firstIndex { $0.userIndex == user }! }
    let shape = position.map { storage[$0] }
    var strides = Array(repeating: 1, count: dimension)
    for axis in (0..<(dimension - 1)).reversed() { strides[axis] = strides[axis + 1] * storage[axis + 1] }
    let userStrides = position.map { strides[$0] }
    return NDArray(shape: shape) { flat in
      var rest = flat
      var source = 0
      for axis in shape.indices.reversed() {
        source += rest % shape[axis] * userStrides[axis]
        rest /= shape[axis]
      }
      return values[source]
    }
  }

  /// Values in storage order from values in the problem's axis order.
  package func storageOrdered(_ values: NDArray<Double>) -> AlignedStorage<Double> {
    let storage = gridShape
    let users = axes.map(\.userIndex)
    var userStrides = Array(repeating: 1, count: dimension)
    for axis in (0..<(dimension - 1)).reversed() {
      userStrides[axis] = userStrides[axis + 1] * values.shape[axis + 1]
    }
    let result = AlignedStorage<Double>(count: gridPoints)
    values.withUnsafeBuffer { buffer in
      for flat in 0..<gridPoints {
        var rest = flat
        var source = 0
        for axis in storage.indices.reversed() {
          source += rest % storage[axis] * userStrides[users[axis]]
          rest /= storage[axis]
        }
        result.baseAddress[flat] = buffer[source]
      }
    }
    return result
  }
}
