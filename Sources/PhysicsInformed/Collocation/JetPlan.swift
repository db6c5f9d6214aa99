package import Differentiation
package import Equations

/// How the derivatives that relations ask for are put together from the fewest channels of jets.
///
/// Derivatives along axes are channels of lines along them. Mixed ones are differences of derivatives along lines askew
/// (polarisation). Where second derivatives along several axes occur as their sum only, there is one channel for all of them.
package struct JetPlan {
  /// A sum of channels of one unknown, each times a number.
  package struct Combination {
    package var unknown: Int
    package var terms: [(channel: Int, factor: Double)]
  }
  /// Its directions are in units of the coordinates.
  package let shape: JetShape
  /// The relations, whose inputs are `combinations`.
  package let expressions: [Expression]
  package let combinations: [Combination]

  /// - Parameters:
  ///   - expressions: of the derivatives as inputs.
  ///   - dimension: coordinates of a point.
  /// - Throws: `CollocationError.orderTooHigh` for a derivative beyond the fourth.
  package init(
    _ expressions: [Expression], of derivatives: [PointwiseForm.Derivative], dimension: Int
  ) throws(CollocationError) {
    for derivative in derivatives where derivative.total > JetShape.highestOrder {
      throw .orderTooHigh(derivative.total)
    }
    let sums = LaplacianSums(expressions, derivatives)
    self.expressions = sums.expressions
    var lines = PlannedLines(dimension: dimension, summed: sums.axes)
    for derivative in sums.derivatives { lines.require(derivative.orders) }
    for derivative in sums.derivatives { try lines.requireMixed(derivative.orders) }
    shape = lines.shape
    let places = shape
    combinations = try sums.derivatives.enumerated().map { (number, derivative) throws(CollocationError) in
      if sums.isSum[number], let channel = places.sumChannel {
        return Combination(unknown: derivative.unknown, terms: [(channel, 1)])
      }
      return Combination(unknown: derivative.unknown, terms: try lines.terms(derivative.orders))
    }
  }
}

/// Relations in which second derivatives that only occur as a sum are one input.
private struct LaplacianSums {
  var expressions: [Expression]
  var derivatives: [PointwiseForm.Derivative]
  /// Of every derivative, whether it stands for the sum over all `axes`.
  var isSum: [Bool]
  /// The axes whose second derivatives are summed; none, or at least two.
  var axes: [Int] = []

  init(_ expressions: [Expression], _ derivatives: [PointwiseForm.Derivative]) {
    self.expressions = expressions
    self.derivatives = derivatives
    isSum = derivatives.map { _ in false }
    let unknowns = Set(derivatives.map(\.unknown)).sorted()
    var common: [Int]?
    var members: [Int: [Int]] = [:]
    for unknown in unknowns {
      let seconds = derivatives.indices.filter {
        derivatives[$0].unknown == unknown && derivatives[$0].total == 2
          && derivatives[$0].orders.contains(2)
      }
      guard !seconds.isEmpty else { continue }
      let axes = seconds.map { derivatives[$0].orders.firstIndex(of: 2)! }
      guard seconds.count >= 2, common == nil || common == axes.sorted(), areAlike(seconds) else { return }
      common = axes.sorted()
      members[unknown] = seconds
    }
    // A higher or a mixed derivative along one of the axes needs their own second derivatives.
    guard let common,
      !derivatives.contains(where: { derivative in
        derivative.total >= 2 && common.contains { derivative.orders[$0] > 0 }
          && !(derivative.total == 2 && derivative.orders.contains(2))
      })
    else { return }
    axes = common
    collapse(members)
  }

  /// Whether all relations depend on some inputs in the same way.
  private func areAlike(_ inputs: [Int]) -> Bool {
    expressions.allSatisfy { expression in
      let first = expression.slope(ofInput: inputs[0])
      return inputs.dropFirst().allSatisfy { expression.slope(ofInput: $0) == first }
    }
  }

  private mutating func collapse(_ members: [Int: [Int]]) {
    var replacement: [Int: Expression] = [:]
    var kept: [Int] = []
    let summed = Set(members.values.flatMap { $0 })
    let firsts = Set(members.values.map { $0[0] })
    for number in derivatives.indices {
      if summed.contains(number), !firsts.contains(number) {
        replacement[number] = .zero
      } else {
        replacement[number] = .input(kept.count)
        kept.append(number)
      }
    }
    isSum = kept.map(firsts.contains)
    derivatives = kept.map { derivatives[$0] }
    expressions = expressions.map {
      $0.replacingLeaves { leaf in
        guard case .input(let number) = leaf else { return nil }
        return replacement[number]
      }.simplified()
    }
  }
}

extension Expression {
  /// The derivative with respect to a numbered input.
  package func slope(ofInput number: Int) -> Expression {
    varied { $0 == .input(number) ? .one : .zero }.simplified()
  }
}
