/// A derivative `∂t^m D^α u_j` of a scalar unknown, packed into the number of an `.input` while equations are
/// being lowered.
///
/// The packing is an order: by unknown, then time order, then the derivative along each axis in turn. It
/// depends neither on names nor on how the equations are written. In more dimensions than there is room for, the axes of
/// the derivative are listed instead, each as often as it occurs: as many as the order of a derivative may then be.
struct Jet: Hashable, Comparable {
  /// The most dimensions in which every axis has an order of its own; those of all that is put on grids and meshes.
  static let maximumDimension = 6
  /// The most dimensions at all.
  static let maximumListedDimension = 1 << axisBits - 1
  /// The highest derivative where axes are listed.
  static let maximumListedOrder = 6
  static let maximumOrder = 63
  static let maximumUnknowns = 4096
  private static let axisBits = 7
  private static let timeBits = 4

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
    var orders = [Int](repeating: 0, count: dimension)
    if dimension <= Self.maximumDimension {
      for axis in orders.indices.reversed() {
        orders[axis] = rest & (1 << Self.axisBits - 1)
        rest >>= Self.axisBits
      }
    } else {
      for _ in 0..<Self.maximumListedOrder {
        let listed = rest & (1 << Self.axisBits - 1)
        if listed > 0 { orders[listed - 1] += 1 }
        rest >>= Self.axisBits
      }
    }
    derivative = MultiIndex(orders)
    timeOrder = rest & (1 << Self.timeBits - 1)
    unknown = rest >> Self.timeBits
  }

  var code: Int {
    let start = unknown << Self.timeBits | timeOrder
    guard !isListed else {
      var (code, room) = (start, Self.maximumListedOrder)
      for (axis, order) in derivative.orders.enumerated() {
        for _ in 0..<order {
          code = code << Self.axisBits | (axis + 1)
          room -= 1
        }
      }
      precondition(room >= 0, "Jet: a derivative of order \(derivative.total)")
      return code << (room * Self.axisBits)
    }
    return derivative.orders.reduce(start) { $0 << Self.axisBits | $1 }
  }

  /// Whether the code lists the axes of the derivative.
  private var isListed: Bool { derivative.orders.count > Self.maximumDimension }

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
    timeOrder <= 3
      && (isListed
        ? derivative.total <= Self.maximumListedOrder
        : derivative.orders.allSatisfy { $0 <= Self.maximumOrder })
  }

  static func < (left: Jet, right: Jet) -> Bool { left.code < right.code }
}
