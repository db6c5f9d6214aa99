/// A derivative `∂t^m D^α u_j` of a scalar unknown, packed into the number of an `.input` while equations are
/// being lowered.
///
/// The packing is an order: by unknown, then time order, then the derivative along each axis in turn. It
/// depends neither on names nor on how the equations are written.
struct Jet: Hashable, Comparable {
  static let maximumDimension = 14
  static let maximumUnknowns = 4096
  private static let timeBits = 4

  /// The bits for the order along each axis: 7 up to six dimensions, then what there is room for, 3 in the end.
  private static func axisBits(_ dimension: Int) -> Int { min(7, 42 / max(1, dimension)) }

  /// The largest order along an axis, half of what its bits could hold: 63 up to six dimensions, 7 in ten, 3 in fourteen.
  private static func maximumOrder(_ dimension: Int) -> Int { 1 << (axisBits(dimension) - 1) - 1 }

  var unknown: Int
  var timeOrder: Int
  var derivative: MultiIndex

  init(unknown: Int, timeOrder: Int = 0, derivative: MultiIndex) {
    self.unknown = unknown
    self.timeOrder = timeOrder
    self.derivative = derivative
  }

  init(code: Int, dimension: Int) {
    var rest = code
    let bits = Self.axisBits(dimension)
    var orders = [Int](repeating: 0, count: dimension)
    for axis in orders.indices.reversed() {
      orders[axis] = rest & (1 << bits - 1)
      rest >>= bits
    }
    derivative = MultiIndex(orders)
    timeOrder = rest & (1 << Self.timeBits - 1)
    unknown = rest >> Self.timeBits
  }

  var code: Int {
    let bits = Self.axisBits(derivative.orders.count)
    return derivative.orders.reduce(unknown << Self.timeBits | timeOrder) { $0 << bits | $1 }
  }

  /// The leaf that stands for the jet in lowered expressions.
  var leaf: Expression { .input(code) }

  /// The jet differentiated once more along an axis, or along `t` for `nil`.
  func differentiated(along axis: Int?) -> Jet {
    var jet = self
    if let axis { jet.derivative.orders[axis] += 1 } else { jet.timeOrder += 1 }
    return jet
  }

  /// Whether the packing can hold the jet.
  var isRepresentable: Bool {
    timeOrder <= 3 && derivative.orders.allSatisfy { $0 <= Self.maximumOrder(derivative.orders.count) }
  }

  static func < (left: Jet, right: Jet) -> Bool { left.code < right.code }
}
