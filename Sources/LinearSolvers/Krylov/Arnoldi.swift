/// The Arnoldi basis of one restart cycle and the least-squares problem on it, solved by Givens rotations.
struct Arnoldi {
  private let run: IterationRun
  private let restart: Int
  /// `restart + 1` orthonormal vectors.
  let basis: [UnsafeMutablePointer<Double>]
  /// The triangle of the rotated Hessenberg matrix by columns, `restart + 1` apart; the rotations; the rotated
  /// right-hand side, which becomes the coefficients.
  private let columns: UnsafeMutablePointer<Double>
  private let cosines: UnsafeMutablePointer<Double>
  private let sines: UnsafeMutablePointer<Double>
  private let rotated: UnsafeMutablePointer<Double>
  /// Columns that count.
  private(set) var count = 0

  init(_ run: IterationRun, restart: Int) {
    self.run = run
    self.restart = restart
    basis = (0...restart).map { _ in run.makeVector() }
    columns = run.makeVector(count: (restart + 1) * (restart + 1))
    cosines = run.makeVector(count: restart + 1)
    sines = run.makeVector(count: restart + 1)
    rotated = run.makeVector(count: restart + 2)
  }

  /// Starts from the residual of x.
  mutating func start(from r: UnsafePointer<Double>) {
    count = 0
    rotated[0] = run.startNorm
    run.pass.combine(basis[0], 1 / run.startNorm, r)
    run.pass.run()
  }

  /// Steps until the run has enough or the basis is full; `product` writes A M v.
  mutating func cycle(
    _ product: (_ basis: UnsafePointer<Double>, _ product: UnsafeMutablePointer<Double>) -> Void
  ) -> IterationRun.CycleEnd {
    while count < restart {
      let next = basis[count + 1]
      product(basis[count], next)
      let column = columns + count * (restart + 1)
      let (before, norm) = orthogonalize(next, column)
      let isInvariant = norm <= 1e-14 * before
      rotate(column, below: isInvariant ? 0 : norm)
      if column[count] == 0 {
        return .breakdown("The matrix is singular on the Krylov space of the residual.")
      }
      let verdict = run.step(to: abs(rotated[count + 1]))
      if verdict == .discard { return .told }
      count += 1
      if verdict == .finish { return .told }
      if isInvariant { return .restart }
      run.pass.combine(next, 1 / norm, next)
      run.pass.run()
    }
    return .restart
  }

  /// Subtracts from `w` its part in the basis, whose coefficients go to `column`; the norm of w before and after.
  ///
  /// Classical Gram–Schmidt, which reads the basis twice and w once; again where most of w was subtracted (Daniel,
  /// Gragg, Kaufman & Stewart, Math. Comp. 30 (1976) 772).
  private func orthogonalize(
    _ w: UnsafeMutablePointer<Double>, _ column: UnsafeMutablePointer<Double>
  ) -> (before: Double, after: Double) {
    let pass = run.pass
    for index in 0...count { pass.dot(w, basis[index]) }
    pass.dot(w, w)
    pass.run()
    let before = pass[count + 1].squareRoot()
    for index in 0...count { column[index] = pass[index] }
    var after = subtractParts(from: w)
    if after < 0.1 * before {
      for index in 0...count { pass.dot(w, basis[index]) }
      pass.run()
      for index in 0...count { column[index] += pass[index] }
      after = subtractParts(from: w)
    }
    return (before, after)
  }

  /// w minus the basis times the products of the last pass, three vectors at a time; the norm of what is left.
  private func subtractParts(from w: UnsafeMutablePointer<Double>) -> Double {
    let pass = run.pass
    for index in stride(from: 0, through: count, by: 3) {
      switch count - index {
      case 0: pass.combine(w, 1, w, -pass[index], basis[index])
      case 1: pass.combine(w, 1, w, -pass[index], basis[index], -pass[index + 1], basis[index + 1])
      default:
        pass.combine(
          w, 1, w, -pass[index], basis[index], -pass[index + 1], basis[index + 1], -pass[index + 2],
          basis[index + 2])
      }
    }
    pass.dot(w, w)
    pass.run()
    return pass[0].squareRoot()
  }

  /// Applies the rotations so far to a new column, and one more that removes the entry below the diagonal.
  private func rotate(_ column: UnsafeMutablePointer<Double>, below: Double) {
    for index in 0..<count {
      let (upper, lower) = (column[index], column[index + 1])
      column[index] = cosines[index] * upper + sines[index] * lower
      column[index + 1] = -sines[index] * upper + cosines[index] * lower
    }
    let radius = (column[count] * column[count] + below * below).squareRoot()
    cosines[count] = radius == 0 ? 1 : column[count] / radius
    sines[count] = radius == 0 ? 0 : below / radius
    column[count] = radius
    rotated[count + 1] = -sines[count] * rotated[count]
    rotated[count] *= cosines[count]
  }

  /// Solves the triangle and writes the combination of some vectors with its solution.
  func combine(_ vectors: [UnsafeMutablePointer<Double>], into sum: UnsafeMutablePointer<Double>) {
    for row in (0..<count).reversed() {
      for later in row + 1..<max(count, row + 1) {
        rotated[row] -= columns[later * (restart + 1) + row] * rotated[later]
      }
      rotated[row] /= columns[row * (restart + 1) + row]
    }
    run.pass.combine(sum, 0, vectors[0])
    for index in 0..<count { run.pass.combine(sum, 1, sum, rotated[index], vectors[index]) }
    run.pass.run()
  }
}
