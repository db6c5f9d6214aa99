public import Arrays

/// The direct solution of `(−c·lap + σ) u = f` on a box by sine, cosine and Fourier transforms.
///
/// `O(N log N)`, exact to rounding for the discrete operator: the finite-difference Laplacian (3, 5 or 7
/// points) or the spectral one, which must be the one that the discretisation uses. Ends may differ on every
/// axis. Data at the ends go into f first. Safe to use from several threads at a time.
public final class FastPoisson: @unchecked Sendable {
  /// Which discrete Laplacian is inverted.
  public enum Symbol: String, Sendable, Hashable, CaseIterable {
    /// Second-order central differences.
    case finiteDifference = "finite-difference"
    /// The exact second derivative of the interpolant.
    case spectral
  }

  /// A solution, and whether there is one.
  public struct Solution: Sendable {
    /// The solution; where the operator is singular, the one without null modes (of mean zero).
    public var values: NDArray<Double>
    /// The part of the right-hand side along null modes, relative to its largest value: what cannot be solved.
    public var defect: Double
    /// Whether the right-hand side has no such part beyond rounding.
    public var isCompatible: Bool { defect <= 1e-10 }
  }

  public let axes: [PoissonAxis]
  public let symbol: Symbol
  /// The unknowns per axis.
  public let shape: [Int]
  private let eigenvalues: [[Double]]
  private let normalization: Double
  /// A single line is transformed by FFTW, everything else in tiles.
  private let pass: (forward: RealAxisPass<Double>, inverse: RealAxisPass<Double>)?
  private let box: BoxSolve?

  /// Plans the solution on a box of these axes.
  public init(axes: [PoissonAxis], symbol: Symbol = .finiteDifference, mode: PlanningMode = .estimate) {
    precondition(!axes.isEmpty, "FastPoisson: at least one axis is needed")
    self.axes = axes
    self.symbol = symbol
    shape = axes.map(\.count)
    eigenvalues = axes.map { $0.eigenvalues(symbol) }
    normalization = axes.reduce(1) { $0 * $1.logicalSize }
    guard axes.count == 1 else {
      pass = nil
      box = BoxSolve(axes: axes, eigenvalues: eigenvalues, mode: mode)
      return
    }
    let (shape, kinds) = (shape, axes[0].transforms)
    let make = { RealAxisPass<Double>(shape: shape, axis: 0, kind: $0, mode: mode) }
    pass = (make(kinds.forward), make(kinds.inverse))
    box = nil
  }

  /// How many numbers of scratch memory a solution by so many workers needs.
  package func workspaceCount(workers: Int = 1) -> Int {
    box?.workspaceCount(workers: workers) ?? pass?.forward.scratchCount ?? 0
  }

  /// Solves `(−coefficient·lap + shift) u = rightHandSide`.
  ///
  /// A negative shift (Helmholtz) may make other modes singular, which are treated like the mean.
  public func solve(
    _ rightHandSide: NDArray<Double>, coefficient: Double = 1, shift: Double = 0
  ) -> Solution {
    precondition(
      rightHandSide.shape == shape, "FastPoisson: right-hand side \(rightHandSide.shape) must be \(shape)")
    let size = rightHandSide.withUnsafeBuffer { $0.reduce(0) { max($0, abs($1)) } }
    var values = rightHandSide
    var defect = 0.0
    let workspace = AlignedStorage<Double>(count: workspaceCount())
    values.withUnsafeMutableBuffer { buffer in
      guard let data = buffer.baseAddress else { return }
      defect = solve(
        inPlace: data, coefficient: coefficient, shift: shift, workspace: workspace.baseAddress)
    }
    return Solution(values: values, defect: size > 0 ? defect / size : 0)
  }

  /// Solves in place of the right-hand side and returns the largest null part, absolutely.
  ///
  /// The workspace is 64-byte aligned. The result has the same bits whatever the workers.
  package func solve(
    inPlace data: UnsafeMutablePointer<Double>, coefficient: Double, shift: Double,
    workspace: UnsafeMutablePointer<Double>, workers: Workers? = nil
  ) -> Double {
    if let box {
      return box.solve(
        data, coefficient: coefficient, shift: shift, workspace: workspace, workers: workers)
    }
    guard let pass else { return 0 }
    pass.forward.execute(data, scratch: workspace)
    let threshold = 8 * abs(shift).ulp
    var defect = 0.0
    for index in 0..<shape[0] {
      let eigenvalue = coefficient * eigenvalues[0][index] + shift
      if abs(eigenvalue) > threshold {
        data[index] /= normalization * eigenvalue
      } else {
        defect = max(defect, abs(data[index]) / normalization)
        data[index] = 0
      }
    }
    pass.inverse.execute(data, scratch: workspace)
    return defect
  }
}
