extension OneStepTableau {
  /// An explicit method from its Butcher tableau; the linear part is just part of the right-hand side.
  ///
  /// - Parameter error: `b − b̂`; one entry more than stages if it uses the right-hand side at the result.
  package static func explicit(nodes: [Double], matrix: [[Double]], weights: [Double], error: [Double]? = nil)
    -> OneStepTableau
  {
    func terms(_ coefficients: [Double]) -> Row {
      coefficients.enumerated().filter { $0.element != 0 }.flatMap { index, coefficient -> Row in
        let source: Source = index == 0 ? .state : .stage(index)
        return [
          (.nonlinear(index), coefficient * .one), (source, coefficient * .z),
        ]
      }
    }
    func row(_ coefficients: [Double]) -> Row { merged([(.state, .one)] + terms(coefficients)) }
    // The right-hand side at the result is that of one more stage whose value is the result itself.
    let isExtended = (error?.count ?? 0) > nodes.count
    guard isExtended, let error else {
      return OneStepTableau(
        nodes: nodes, stages: matrix.map(row), result: row(weights), error: error.map { merged(terms($0)) })
    }
    return OneStepTableau(
      nodes: nodes + [1], stages: matrix.map(row) + [row(weights)],
      result: [(.stage(nodes.count), .one)], error: merged(terms(error)))
  }

  /// An implicit–explicit method from its two Butcher tableaux, the implicit one lower triangular.
  ///
  /// Row i of `implicit` has i + 1 entries, the last on the diagonal.
  package static func implicitExplicit(
    nodes: [Double], explicit: [[Double]], implicit: [[Double]], explicitWeights: [Double],
    implicitWeights: [Double], explicitError: [Double]? = nil, implicitError: [Double]? = nil
  ) -> OneStepTableau {
    func terms(_ explicitRow: [Double], _ implicitRow: [Double], gamma: Double) -> Row {
      var row: Row = []
      for (index, coefficient) in explicitRow.enumerated() where coefficient != 0 {
        row.append((.nonlinear(index), coefficient * .resolvent(gamma)))
      }
      for (index, coefficient) in implicitRow.enumerated() where coefficient != 0 {
        row.append((index == 0 ? .state : .stage(index), coefficient * .linearResolvent(gamma)))
      }
      return row
    }
    let stages = zip(explicit, implicit).map { explicitRow, implicitRow in
      let gamma = implicitRow.last ?? 0
      return merged(
        [(.state, .resolvent(gamma))] + terms(explicitRow, Array(implicitRow.dropLast()), gamma: gamma))
    }
    return OneStepTableau(
      nodes: nodes, stages: stages,
      result: merged([(.state, .one)] + terms(explicitWeights, implicitWeights, gamma: 0)),
      error: explicitError.map { merged(terms($0, implicitError ?? [], gamma: 0)) })
  }

  /// Adds up what is applied to the same vector.
  private static func merged(_ row: Row) -> Row {
    var result: Row = []
    for (source, function) in row {
      if let index = result.firstIndex(where: { $0.0 == source }) {
        result[index].1 = result[index].1 + function
      } else {
        result.append((source, function))
      }
    }
    return result
  }
}
