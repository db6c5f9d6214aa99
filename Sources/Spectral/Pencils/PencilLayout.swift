/// The trigonometric functions that one axis of a function is expanded in.
package enum AxisFunctions: String, Sendable, Hashable, CaseIterable {
  /// e^{ikx}: periodic.
  case fourier
  /// sin(πkx/L): zero at both ends.
  case sine
  /// cos(πkx/L): zero slope at both ends.
  case cosine
  /// sin(π(k+½)x/L): zero at the lower end, zero slope at the upper.
  case sineCosine
  /// cos(π(k+½)x/L): zero slope at the lower end, zero at the upper.
  case cosineSine

  /// What one differentiation turns these functions into.
  package var differentiated: AxisFunctions {
    switch self {
    case .fourier: .fourier
    case .sine: .cosine
    case .cosine: .sine
    case .sineCosine: .cosineSine
    case .cosineSine: .sineCosine
    }
  }

  /// Whether the function vanishes at the lower end, so that it continues oddly there.
  package var isOddAtLower: Bool { self == .sine || self == .sineCosine }
  /// Whether the function vanishes at the upper end.
  package var isOddAtUpper: Bool { self == .sine || self == .cosineSine }

  /// The functions of a product whose factors have the given parities at the two ends.
  package init(oddAtLower: Bool, oddAtUpper: Bool) {
    self =
      switch (oddAtLower, oddAtUpper) {
      case (true, true): .sine
      case (false, false): .cosine
      case (true, false): .sineCosine
      case (false, true): .cosineSine
      }
  }

  /// The real transform from coefficients to the cell-centred grid; `nil` for Fourier.
  package var synthesis: RealTransform? {
    switch self {
    case .fourier: nil
    case .sine: .dst3
    case .cosine: .dct3
    case .sineCosine: .dst4
    case .cosineSine: .dct4
    }
  }
}

/// How the coefficients of a real function on a box are stored: only the modes that are kept.
///
/// Axes are in storage order: bounded axes first, periodic ones last, so that the last axis is a real FFT
/// whenever any axis is periodic. Along a periodic axis the rows are wavenumbers 0…K, −K…−1, along the last
/// one 0…K; along a bounded axis they are k = 0…K (row 0 of a sine is zero). With a periodic axis
/// coefficients are complex pairs, otherwise real numbers.
package struct PencilLayout: Sendable, Hashable {
  package struct Axis: Sendable, Hashable {
    /// Grid points: x = lower + j L/n on a periodic axis, lower + (j + ½) L/n on a bounded one.
    package var points: Int
    /// The highest wavenumber kept.
    package var kept: Int
    package var lower: Double
    package var length: Double
    package var isPeriodic: Bool
    /// The number of this axis in the problem's domain.
    package var userIndex: Int

    package init(
      points: Int, kept: Int, lower: Double, length: Double, isPeriodic: Bool, userIndex: Int
    ) {
      precondition(points >= 1 && kept >= 0, "Axis: \(points) points, \(kept) modes")
      precondition(
        isPeriodic ? 2 * kept < points : kept < points,
        "Axis: \(kept) modes need more than \(points) points")
      self.points = points
      self.kept = kept
      self.lower = lower
      self.length = length
      self.isPeriodic = isPeriodic
      self.userIndex = userIndex
    }
  }

  package let axes: [Axis]
  /// Coefficient rows along each axis.
  package let counts: [Int]
  /// Coefficients of one function.
  package let modes: Int
  package let isComplex: Bool

  /// A layout over axes given in the problem's order.
  package init(axes: [Axis]) {
    precondition((1...3).contains(axes.count), "PencilLayout: \(axes.count) axes; 1 to 3 are supported")
    let ordered = axes.filter { !$0.isPeriodic } + axes.filter(\.isPeriodic)
    self.axes = ordered
    isComplex = ordered.last!.isPeriodic
    counts = ordered.indices.map { a in
      let isHalved = a == ordered.count - 1 || !ordered[a].isPeriodic
      return isHalved ? ordered[a].kept + 1 : 2 * ordered[a].kept + 1
    }
    modes = counts.reduce(1, *)
  }

  package var dimension: Int { axes.count }
  /// Doubles per coefficient.
  package var width: Int { isComplex ? 2 : 1 }
  /// Doubles per function.
  package var length: Int { modes * width }
  /// Grid points of the box.
  package var gridPoints: Int { axes.reduce(1) { $0 * $1.points } }
  /// Grid points along every axis, in storage order.
  package var gridShape: [Int] { axes.map(\.points) }

  /// The signed integer wavenumber of a row of an axis.
  package func index(ofRow row: Int, axis: Int) -> Int {
    row <= axes[axis].kept ? row : row - counts[axis]
  }

  /// The row of a signed wavenumber, `nil` if it is not kept.
  package func row(ofIndex index: Int, axis: Int) -> Int? {
    guard abs(index) <= axes[axis].kept else { return nil }
    if index >= 0 { return index }
    return counts[axis] == 2 * axes[axis].kept + 1 ? counts[axis] + index : nil
  }

  /// The wavenumber in radians per length of a row.
  package func wavenumber(ofRow row: Int, axis: Int, functions: AxisFunctions) -> Double {
    let k = Double(index(ofRow: row, axis: axis))
    return switch functions {
    case .fourier: 2 * .pi * k / axes[axis].length
    case .sine, .cosine: .pi * k / axes[axis].length
    case .sineCosine, .cosineSine: .pi * (k + 0.5) / axes[axis].length
    }
  }

  /// The coordinate of a grid point along an axis.
  package func coordinate(_ j: Int, axis: Int) -> Double {
    let axis = axes[axis]
    return axis.lower + (Double(j) + (axis.isPeriodic ? 0 : 0.5)) * axis.length / Double(axis.points)
  }
}
