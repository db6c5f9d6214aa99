import Arrays
import Foundation
import LearnedSolvers
import LinearSolvers
import Spectral

/// The two sequences of *Learning to relax* (section 2.3 of the method notes).
enum RelaxationProblems {
  /// 10 × 10 interior nodes, A + c I with random c, a random right-hand side each; SOR from zero to 1e-8.
  static func shifted(count: Int, isHighVariance: Bool, seed: UInt64) throws -> SystemSequence {
    let A = laplacian(intervals: 11)
    let unknowns = A.rowCount
    let shifts = RandomStream(seed: seed, purpose: "shifts")
    let loads = RandomStream(seed: seed, purpose: "right-hand sides")
    return try SystemSequence(
      A, count: count,
      solver: RelaxedSolver(
        .sor, count: unknowns, tolerance: Tolerance(relative: 1e-8, to: .initialResidual)),
      initial: [Double](repeating: 0, count: unknowns), isWarm: false
    ) { step in
      let share = isHighVariance ? betaHalfThreeHalves(shifts, step) : betaTwoSix(shifts, step)
      let shift = -0.15 + 0.6 * share
      return SystemSequence.System(shift: shift, scale: 1, context: shift)
    } rightHandSide: { step, _, b in
      // Normal numbers, drawn anew until their norm is at most √n.
      for attempt in 0..<1000 {
        var sum = 0.0
        for index in 0..<unknowns {
          b[index] = loads.normals(at: UInt64((step * 1000 + attempt) * unknowns + index)).x
          sum += b[index] * b[index]
        }
        if sum <= Double(unknowns) { break }
      }
    }
  }

  static let shiftRange = -0.15...0.45

  /// Beta(½, 3/2) as a ratio of squares of normal numbers.
  private static func betaHalfThreeHalves(_ stream: RandomStream, _ step: Int) -> Double {
    let (a, b) = (stream.normals(at: UInt64(2 * step)), stream.normals(at: UInt64(2 * step + 1)))
    return a.x * a.x / (a.x * a.x + a.y * a.y + b.x * b.x + b.y * b.y)
  }

  /// Beta(2, 6) as the second smallest of seven uniform numbers.
  private static func betaTwoSix(_ stream: RandomStream, _ step: Int) -> Double {
    (0..<7).map { stream.uniforms(at: UInt64(7 * step + $0)).x }.sorted()[1]
  }

  /// The heat equation on the unit square with diffusivity max(0.1 sin 2πt, −10 sin 2πt), Crank–Nicolson, Δt = 1e-3.
  ///
  /// The context is κ(t) at the start of the step, the matrix has κ(t + Δt/2).
  static func heat(
    intervals: Int, count: Int, method: RelaxedSolver<Int32>.Method = .ssorConjugateGradients
  ) throws -> SystemSequence {
    let A = laplacian(intervals: intervals)
    let solver = RelaxedSolver<Int32>(method, count: A.rowCount, tolerance: Tolerance(relative: 1e-8))
    let initial = bump(intervals, centre: (0.5, 0.5), radius: 0.25)
    return try SystemSequence(A, count: count, solver: solver, initial: initial, isWarm: true) { step in
      SystemSequence.System(
        shift: 1, scale: weight(step, intervals), context: diffusivity(Double(step) * timeStep))
    } rightHandSide: { step, u, b in
      explicitPart(step, intervals, u, b)
    }
  }

  static let timeStep = 1e-3
  static let diffusivities = 0.0...10

  static func diffusivity(_ t: Double) -> Double {
    let wave = sin(2 * .pi * t)
    return max(0.1 * wave, -10 * wave)
  }

  /// What multiplies the matrix of entries 4 and −1: κ Δt / 2h².
  static func weight(_ step: Int, _ intervals: Int) -> Double {
    diffusivity((Double(step) + 0.5) * timeStep) * timeStep / 2 * Double(intervals * intervals)
  }

  /// (1 − κ Δt/2 A) u + Δt f, f at the middle of the step.
  static func explicitPart(
    _ step: Int, _ intervals: Int, _ u: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>
  ) {
    let n = intervals - 1
    let scale = weight(step, intervals)
    let t = (Double(step) + 0.5) * timeStep
    let centre = (0.5 + 0.25 * cos(16 * .pi * t), 0.5 + 0.25 * sin(16 * .pi * t))
    for i in 0..<n {
      for j in 0..<n {
        let k = i * n + j
        var neighbours = 0.0
        if i > 0 { neighbours += u[k - n] }
        if i < n - 1 { neighbours += u[k + n] }
        if j > 0 { neighbours += u[k - 1] }
        if j < n - 1 { neighbours += u[k + 1] }
        let load =
          32 * bump(Double(i + 1) / Double(intervals), Double(j + 1) / Double(intervals), centre, 0.125)
        b[k] = u[k] - scale * (4 * u[k] - neighbours) + timeStep * load
      }
    }
  }

  static func bump(_ intervals: Int, centre: (Double, Double), radius: Double) -> [Double] {
    let n = intervals - 1
    return (0..<(n * n)).map {
      bump(Double($0 / n + 1) / Double(intervals), Double($0 % n + 1) / Double(intervals), centre, radius)
    }
  }

  /// exp(1 − 1/(1 − ρ²)) inside the radius.
  private static func bump(_ x: Double, _ y: Double, _ centre: (Double, Double), _ radius: Double) -> Double {
    let square = ((x - centre.0) * (x - centre.0) + (y - centre.1) * (y - centre.1)) / (radius * radius)
    return square < 1 ? exp(1 - 1 / (1 - square)) : 0
  }

  static func axis(_ intervals: Int) -> PoissonAxis {
    PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: intervals - 1,
      length: Double(intervals))
  }

  private static func laplacian(intervals: Int) -> SparseMatrix<Int32> {
    .laplacian([axis(intervals), axis(intervals)])
  }
}
