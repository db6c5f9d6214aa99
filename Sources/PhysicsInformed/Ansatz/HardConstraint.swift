import Arrays
import Differentiation
package import Equations

/// Unknowns as `g + l·N`, N what the network is: where l vanishes they have the values of g, whatever the network.
///
/// Lagaris, Likas, Fotiadis, IEEE Trans. Neural Netw. 9 (1998).
package struct HardConstraint: Sendable {
  /// For one unknown, expressions of the coordinates.
  package struct Form: Sendable, Hashable {
    package var offset: Expression
    package var factor: Expression

    package static let none = Form(offset: .zero, factor: .one)

    package init(offset: Expression, factor: Expression) {
      self.offset = offset
      self.factor = factor
    }
  }
  /// By the number of the unknown.
  package var forms: [Form]

  package init(forms: [Form]) { self.forms = forms }

  /// Whether the unknowns are what the network is.
  package var isTrivial: Bool { forms.allSatisfy { $0 == .none } }
}

/// The derivatives of offsets and factors that jets of a shape need, at the points of a set.
final class ConstraintProgram: @unchecked Sendable {
  /// `u[result] += factor · l · N[channel]`, or `+= l` where there is no channel.
  struct Entry {
    var unknown: Int
    var result: Int
    var channel: Int?
    var factor: Double
    /// The values of l; one everywhere if `nil`.
    var values: Int?
  }
  let entries: [Entry]
  let functions: PointFunctions

  /// - Parameters:
  ///   - shape: its directions in units of the coordinates.
  ///   - names: what the columns of point sets are called; coordinates first.
  init(
    _ constraint: HardConstraint, _ shape: JetShape, names: [String], dimension: Int, capacity: Int
  ) throws(CollocationError) {
    let axes = Array(names[..<dimension])
    var (entries, expressions): ([Entry], [Expression]) = ([], [])
    func place(_ expression: Expression) -> Int {
      if let known = expressions.firstIndex(of: expression) { return known }
      expressions.append(expression)
      return expressions.count - 1
    }
    for (unknown, form) in constraint.forms.enumerated() {
      let offsets = shape.channelExpressions(of: form.offset, axes: axes)
      for (channel, offset) in offsets.enumerated() where offset != .zero {
        entries.append(
          Entry(unknown: unknown, result: channel, channel: nil, factor: 1, values: place(offset)))
      }
      let factors = shape.channelExpressions(of: form.factor, axes: axes)
      for term in shape.leibnizTerms where factors[term.left] != .zero {
        let factor = factors[term.left]
        if case .number(let value) = factor {
          entries.append(
            Entry(
              unknown: unknown, result: term.result, channel: term.right, factor: term.factor * value,
              values: nil))
        } else {
          entries.append(
            Entry(
              unknown: unknown, result: term.result, channel: term.right, factor: term.factor,
              values: place(factor)))
        }
      }
    }
    self.entries = entries
    functions = try PointFunctions(
      expressions, of: names, into: expressions.map { _ in .init(count: capacity) }, subject: .problem)
  }
}

extension JetShape {
  /// The derivatives of an expression that the channels of its jet are.
  func channelExpressions(of expression: Expression, axes: [String]) -> [Expression] {
    func along(_ direction: [Double], _ expression: Expression) -> Expression {
      Expression.sum(
        zip(axes, direction).filter { $0.1 != 0 }.map { axis, weight in
          .product([.number(weight), expression.partialDerivative(withRespectTo: axis)])
        }
      ).simplified()
    }
    var channels = [expression.simplified()]
    for line in lines {
      var derivative = channels[0]
      for _ in 0..<line.order {
        derivative = along(line.direction, derivative)
        channels.append(derivative)
      }
    }
    if summed > 0 {
      channels.append(
        Expression.sum(
          lines[..<summed].map { along($0.direction, along($0.direction, channels[0])) }
        ).simplified())
    }
    return channels
  }
}
