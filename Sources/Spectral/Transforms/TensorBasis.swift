/// The products of one basis per axis, with the grid of their nodes.
///
/// Arrays are row-major with the axes in order. With a Fourier axis coefficients are complex, (re, im) as an
/// extra last axis of length 2: the last Fourier axis holds frequencies 0 … n/2, the other Fourier axes all
/// signed frequencies in FFT order. Without one they are real.
public struct TensorBasis: Sendable {
  /// One basis per axis.
  public let axes: [any Basis]
  /// Grid points per axis.
  public let points: [Int]
  /// The Fourier axis of which only half is stored.
  public let halfAxis: Int?

  public init(_ axes: [any Basis], points: [Int]) {
    precondition(!axes.isEmpty, "TensorBasis: at least one axis is needed")
    precondition(
      axes.count == points.count,
      "TensorBasis: \(axes.count) axes need as many numbers of points, not \(points)")
    for (axis, count) in zip(axes, points) {
      let minimum = type(of: axis).minimumPoints
      precondition(
        count >= minimum, "TensorBasis: a \(type(of: axis).name) axis needs \(minimum) points, not \(count)")
    }
    self.axes = axes
    self.points = points
    halfAxis = axes.lastIndex { type(of: $0).isComplex }
  }

  public var dimension: Int { axes.count }
  /// Whether coefficients are complex.
  public var isComplex: Bool { halfAxis != nil }
  /// The number of grid points.
  public var pointCount: Int { points.reduce(1, *) }
  /// The size of the box.
  public var volume: Double { axes.reduce(1) { $0 * $1.length } }

  /// How the modes of an axis are stored.
  public func order(_ axis: Int) -> ModeOrder {
    type(of: axes[axis]).isComplex && axis != halfAxis ? .full : .half
  }

  /// The number of modes per axis.
  public var modeCounts: [Int] { axes.indices.map { axes[$0].modeCount(points[$0], order($0)) } }

  /// The shape of an array of coefficients: the modes, and 2 if they are complex.
  public var coefficientShape: [Int] { modeCounts + (isComplex ? [2] : []) }

  /// The signed wavenumbers of an axis in the order of storage.
  public func wavenumbers(_ axis: Int) -> [Double] { axes[axis].wavenumbers(points[axis], order(axis)) }

  /// The coordinates of the grid along an axis.
  public func nodes(_ axis: Int) -> [Double] { axes[axis].nodes(points[axis]) }

  /// The quadrature weights along an axis.
  public func weights(_ axis: Int) -> [Double] { axes[axis].weights(points[axis]) }

  /// The same bases with other numbers of points.
  public func resized(_ points: [Int]) -> TensorBasis { TensorBasis(axes, points: points) }

  /// Values of a function on the grid, row-major.
  public func sample(_ function: ([Double]) throws -> Double) rethrows -> [Double] {
    let coordinates = axes.indices.map(nodes)
    var values = [Double]()
    values.reserveCapacity(pointCount)
    var position = coordinates.map { $0[0] }
    for flat in 0..<pointCount {
      var rest = flat
      for axis in axes.indices.reversed() {
        position[axis] = coordinates[axis][rest % points[axis]]
        rest /= points[axis]
      }
      values.append(try function(position))
    }
    return values
  }
}

extension TensorBasis: Equatable {
  public static func == (left: TensorBasis, right: TensorBasis) -> Bool {
    left.points == right.points && zip(left.axes, right.axes).allSatisfy { $0.isEqual(to: $1) }
  }
}

extension TensorBasis: CustomStringConvertible {
  public var description: String {
    zip(axes, points).map { axis, count in
      "\(type(of: axis).name)(\(count)) on [\(axis.lower), \(axis.upper)]"
    }.joined(separator: " × ")
  }
}
