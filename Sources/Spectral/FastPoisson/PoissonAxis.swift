import CFFTW

#if canImport(Glibc)
  import Glibc
#endif

/// One axis of a box on which a Poisson equation is solved: its ends, and where the unknowns are.
public struct PoissonAxis: Sendable, Hashable {
  /// What holds at the ends, homogeneously.
  public enum Ends: Sendable, Hashable {
    case periodic
    case bounded(lower: EndCondition, upper: EndCondition)
  }

  /// Where the ends lie between the unknowns.
  public enum Grid: String, Sendable, Hashable, CaseIterable {
    /// Ends are grid points: a Neumann end carries an unknown, a Dirichlet end none.
    case nodes
    /// Unknowns are at the centres of cells, ends at faces of cells.
    case faces
  }

  public let ends: Ends
  public let grid: Grid
  /// The number of unknowns.
  public let count: Int
  public let length: Double

  public init(ends: Ends, grid: Grid = .faces, count: Int, length: Double) {
    self.ends = ends
    self.grid = grid
    self.count = count
    self.length = length
    precondition(length > 0 && length.isFinite, "PoissonAxis: length \(length) must be positive")
    let minimum = isNeumannOnNodes ? 2 : 1
    precondition(count >= minimum, "PoissonAxis: count \(count) must be at least \(minimum)")
  }

  private var isNeumannOnNodes: Bool { grid == .nodes && ends == .bounded(lower: .neumann, upper: .neumann) }

  /// The number of intervals that the length is divided into.
  private var intervals: Int {
    guard grid == .nodes else { return count }
    return switch ends {
    case .bounded(.dirichlet, .dirichlet): count + 1
    case .bounded(.neumann, .neumann): count - 1
    default: count
    }
  }

  /// The distance of two unknowns.
  public var spacing: Double { length / Double(intervals) }

  /// The distances of the unknowns from the lower end.
  public var nodes: [Double] {
    let first =
      switch (ends, grid) {
      case (.periodic, _): 0.0
      case (.bounded, .faces): 0.5
      case (.bounded(.dirichlet, _), .nodes): 1.0
      case (.bounded(.neumann, _), .nodes): 0.0
      }
    return (0..<count).map { (first + Double($0)) * spacing }
  }

  /// What divides the wavenumbers: mode i has κ = (i + shift)π/L, or signed 2πi/L on a periodic axis.
  private var shift: Double {
    switch ends {
    case .periodic, .bounded(.neumann, .neumann): 0
    case .bounded(.dirichlet, .dirichlet): 1
    default: 0.5
    }
  }

  /// The wavenumbers of the modes, in the order of FFTW's numbers.
  public var wavenumbers: [Double] {
    (0..<count).map { i in
      ends == .periodic
        ? 2 * .pi * Double(min(i, count - i)) / length : (Double(i) + shift) * .pi / length
    }
  }

  /// The eigenvalues of −d² on the modes.
  func eigenvalues(_ symbol: FastPoisson.Symbol) -> [Double] {
    wavenumbers.map { wavenumber in
      switch symbol {
      case .spectral: return wavenumber * wavenumber
      case .finiteDifference:
        // 2 − 2cos κh, without its cancellation.
        let root = 2 * sin(wavenumber * spacing / 2) / spacing
        return root * root
      }
    }
  }

  /// FFTW's transform from values to modes, and the way back.
  var transforms: (forward: fftw_r2r_kind, inverse: fftw_r2r_kind) {
    let forward: RealTransform
    switch (ends, grid) {
    case (.periodic, _): return (FFTW_R2HC, FFTW_HC2R)
    case (.bounded(.dirichlet, .dirichlet), .nodes): forward = .dst1
    case (.bounded(.dirichlet, .dirichlet), .faces): forward = .dst2
    case (.bounded(.neumann, .neumann), .nodes): forward = .dct1
    case (.bounded(.neumann, .neumann), .faces): forward = .dct2
    case (.bounded(.dirichlet, .neumann), .nodes): forward = .dst3
    case (.bounded(.dirichlet, .neumann), .faces): forward = .dst4
    case (.bounded(.neumann, .dirichlet), .nodes): forward = .dct3
    case (.bounded(.neumann, .dirichlet), .faces): forward = .dct4
    }
    return (forward.kind, forward.inverse.kind)
  }

  /// The factor by which the two transforms one after the other multiply: FFTW's logical size.
  var logicalSize: Double {
    switch ends {
    case .periodic: Double(count)
    default: Double(2 * intervals)
    }
  }
}
