public import Spectral

/// The second-order operator −div(a grad u) + shift u on a box, with coefficients on faces.
///
/// With constant coefficients it is what `SparseMatrix.laplacian` assembles: unknowns are numbered row-major, the last
/// axis fastest; rows of Neumann ends that are nodes are halved, so that the operator is symmetric.
public struct BoxDiffusion: Sendable {
  /// One to three axes.
  public let axes: [PoissonAxis]
  public let shift: Double
  /// For each axis the coefficients a on its faces, those of the ends first and last; empty for 1 everywhere.
  ///
  /// Row-major over the unknowns with one more along this axis. On a periodic axis first and last are the same face.
  public let faceCoefficients: [[Double]]

  /// The operator with a = 1.
  public init(_ axes: [PoissonAxis], shift: Double = 0) {
    self.init(checked: axes, shift: shift, faceCoefficients: [])
  }

  /// The operator with given face coefficients.
  ///
  /// - Throws: `LinearSolverError.wrongLength`, or `.unsupported` for coefficients that are negative or not finite.
  public init(
    _ axes: [PoissonAxis], shift: Double = 0, faceCoefficients: [[Double]]
  ) throws(LinearSolverError) {
    guard faceCoefficients.count == axes.count else {
      throw .wrongLength(
        what: "the list of face coefficients", count: faceCoefficients.count, expected: axes.count)
    }
    for (axis, values) in faceCoefficients.enumerated() {
      let expected = axes.indices.reduce(1) { $0 * (axes[$1].count + ($1 == axis ? 1 : 0)) }
      guard values.count == expected else {
        throw .wrongLength(what: "face coefficients of axis \(axis)", count: values.count, expected: expected)
      }
      if let bad = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
        throw .unsupported("a face coefficient of axis \(axis) is \(bad); it must be finite and not negative")
      }
    }
    self.init(checked: axes, shift: shift, faceCoefficients: faceCoefficients)
  }

  private init(checked axes: [PoissonAxis], shift: Double, faceCoefficients: [[Double]]) {
    precondition((1...3).contains(axes.count), "BoxDiffusion: \(axes.count) axes, it must be 1 to 3")
    precondition(shift >= 0 && shift.isFinite, "BoxDiffusion: shift \(shift) must not be negative")
    self.axes = axes
    self.shift = shift
    self.faceCoefficients = faceCoefficients
  }

  public var count: Int { axes.reduce(1) { $0 * $1.count } }

  /// Whether constants are mapped to zero.
  public var isSingular: Bool {
    shift == 0
      && axes.allSatisfy { $0.ends == .periodic || $0.ends == .bounded(lower: .neumann, upper: .neumann) }
  }

  /// The distances of unknowns along x, y, z; 1 for missing axes.
  var spacings: [Double] {
    (0..<3).map { $0 < axes.count ? axes[axes.count - 1 - $0].spacing : 1 }
  }

  /// The mean of the face coefficients along x, y, z.
  var meanCoefficients: [Double] {
    (0..<3).map { along in
      guard along < axes.count, !faceCoefficients.isEmpty else { return 1 }
      let values = faceCoefficients[axes.count - 1 - along]
      return values.reduce(0, +) / Double(max(values.count, 1))
    }
  }

  /// x, y and z: the last axis is x, missing ones have one unknown that nothing is coupled to.
  var boxAxes: [BoxAxis] {
    let missing = PoissonAxis(ends: .bounded(lower: .neumann, upper: .neumann), count: 1, length: 1)
    return (0..<3).map { BoxAxis($0 < axes.count ? axes[axes.count - 1 - $0] : missing) }
  }

  /// Face conductances along x, y, z: coefficient / distance times the share of a whole face; `nil` for a = 1.
  var conductances: [[Double]]? {
    guard !faceCoefficients.isEmpty else { return nil }
    let grid = boxAxes
    let spacings = spacings
    return (0..<3).map { along in
      var counts = grid.map(\.count)
      counts[along] += 1
      guard along < axes.count else {
        return [Double](repeating: 0, count: counts[0] * counts[1] * counts[2])
      }
      var values = faceCoefficients[axes.count - 1 - along]
      // Per volume: the shares of volumes on nodes at Neumann ends are halves.
      let factors = (0..<3).map { axis in
        (axis == along ? grid[axis].conductances : grid[axis].widths).map { $0 / spacings[axis] }
      }
      var position = 0
      for z in 0..<counts[2] {
        for y in 0..<counts[1] {
          let factor = factors[2][z] * factors[1][y]
          for x in 0..<counts[0] {
            values[position] *= factor * factors[0][x]
            position += 1
          }
        }
      }
      return values
    }
  }
}
