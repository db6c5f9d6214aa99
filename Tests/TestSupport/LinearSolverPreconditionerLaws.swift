import Arrays
package import LinearSolvers

/// What every kind of preconditioner must do; each law answers with what is broken, in sentences.
package enum PreconditionerLaw: String, CaseIterable, Sendable {
  case isLinear, isSymmetricWhereItSaysSo, isPositive, isFixedWhereItSaysSo, savesIterations
  case agreesForBothIndices, sameBitsForAnyWorkers, allocatesNothing
  case refusesUnknownParameters, refusesRectangles, refusesZeroDiagonal

  package func violations(of kind: any PreconditionerKind) throws -> [String] {
    let check = PreconditionerCheck(kind)
    switch self {
    case .isLinear: try check.isLinear()
    case .isSymmetricWhereItSaysSo: try check.isSymmetric()
    case .isPositive: try check.isPositive()
    case .isFixedWhereItSaysSo: try check.isFixed()
    case .savesIterations: try check.savesIterations()
    case .agreesForBothIndices: try check.agreesForBothIndices()
    case .sameBitsForAnyWorkers: try check.sameBitsForAnyWorkers()
    case .allocatesNothing: try check.allocatesNothing()
    case .refusesUnknownParameters: check.refusesUnknownParameters()
    case .refusesRectangles: check.refusesRectangles()
    case .refusesZeroDiagonal: check.refusesZeroDiagonal()
    }
    return check.broken
  }
}

/// −div(a grad u) on n × n cells with Dirichlet ends; a is random between 1/30 and 30, averaged harmonically.
package func roughDiffusion<Index: SparseIndex>(_ n: Int, as index: Index.Type = Int.self) -> SparseMatrix<
  Index
> {
  let stream = RandomStream(seed: 1, purpose: "coefficients")
  func coefficient(_ i: Int, _ j: Int) -> Double {
    guard (0..<n).contains(i), (0..<n).contains(j) else { return 1 }
    // 900^(u − 1/2) by repeated roots, so that no library's power is needed.
    let u = stream.uniforms(at: UInt64(i * n + j)).x
    var (value, factor, rest) = (1.0 / 30, 900.0, u)
    for _ in 0..<20 {
      factor = factor.squareRoot()
      rest *= 2
      if rest >= 1 {
        value *= factor
        rest -= 1
      }
    }
    return value
  }
  var matrix = CoordinateMatrix(rowCount: n * n, columnCount: n * n)
  for i in 0..<n {
    for j in 0..<n {
      for (ni, nj) in [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)] {
        let face = 2 / (1 / coefficient(i, j) + 1 / coefficient(ni, nj))
        matrix.add(face, row: i * n + j, column: i * n + j)
        if (0..<n).contains(ni), (0..<n).contains(nj) {
          matrix.add(-face, row: i * n + j, column: ni * n + nj)
        }
      }
    }
  }
  return matrix.compressed(.rows, as: index).matrix
}

/// One kind held against the laws.
private final class PreconditionerCheck {
  let kind: any PreconditionerKind
  var broken: [String] = []
  private let n = 14
  private var matrix: SparseMatrix<Int> { roughDiffusion(n) }

  init(_ kind: any PreconditionerKind) { self.kind = kind }

  private func demand(_ holds: Bool, _ sentence: String) {
    if !holds { broken.append("\(kind.name): \(sentence)") }
  }

  /// In double precision, where the kind has a choice: the laws hold to rounding.
  private var options: PreconditionerOptions {
    var options = PreconditionerOptions()
    if kind.parameters.contains(where: { $0.name == "precision" }) { options.parameters["precision"] = 64 }
    return options
  }

  private func make() throws -> any Preconditioner { try kind.make(for: matrix, options: options) }

  private func random(_ purpose: String, count: Int? = nil) -> [Double] {
    let stream = RandomStream(seed: 11, purpose: purpose)
    return (0..<(count ?? n * n)).map { stream.normals(at: UInt64($0)).x }
  }

  func isLinear() throws {
    let M = try make()
    guard M.isFixed else { return }
    let (x, y) = (random("x"), random("y"))
    let sum = M.applied(zip(x, y).map { 2 * $0 - 3 * $1 })
    let parts = zip(M.applied(x), M.applied(y)).map { 2 * $0 - 3 * $1 }
    demand(distance(sum, parts) <= 1e-12, "is not linear: \(distance(sum, parts))")
    demand(M.count == x.count && M.name.hasPrefix(kind.name), "has another size or name")
  }

  func isSymmetric() throws {
    let M = try make()
    guard M.isSymmetric else { return }
    let (x, y) = (random("x"), random("y"))
    let (Mx, My) = (M.applied(x), M.applied(y))
    let scale = (dot(x, x) * dot(My, My)).squareRoot()
    demand(abs(dot(x, My) - dot(y, Mx)) <= 1e-12 * scale, "is not symmetric: \(dot(x, My)), \(dot(y, Mx))")
  }

  func isPositive() throws {
    let M = try make()
    guard M.isSymmetric else { return }
    for sample in 0..<5 {
      let x = random("positive \(sample)")
      demand(dot(x, M.applied(x)) > 0, "is not positive: \(dot(x, M.applied(x)))")
    }
  }

  func isFixed() throws {
    let M = try make()
    guard M.isFixed else { return }
    let x = random("x")
    let first = M.applied(x)
    _ = M.applied(random("y"))
    demand(M.applied(x) == first, "gives other numbers the second time")
  }

  func savesIterations() throws {
    let A = MatrixOperator(roughDiffusion(40))
    let b = random("right-hand side", count: A.rowCount)
    let M = try kind.make(for: A.matrix, options: PreconditionerOptions())
    let plain = referenceConjugateGradients(A, b, nil, relative: 1e-8).count
    let saved =
      M.isSymmetric && M.isFixed
      ? referenceConjugateGradients(A, b, M, relative: 1e-8).count
      : referenceConjugateResiduals(A, b, M, relative: 1e-8).count
    demand(saved < plain, "takes \(saved) iterations, \(plain) without")
  }

  func agreesForBothIndices() throws {
    let x = random("x")
    let wide = try make().applied(x)
    let compact = try kind.make(for: roughDiffusion(n, as: Int32.self), options: options)
    demand(compact.applied(x) == wide, "gives other numbers with 32-bit indices")
    let across = try kind.make(for: matrix.transposed, options: options)
    demand(distance(across.applied(x), wide) <= 1e-12, "gives other numbers for the matrix by columns")
  }

  func sameBitsForAnyWorkers() throws {
    let large = roughDiffusion(60, as: Int32.self)
    let x = random("x", count: large.rowCount)
    let serial = try kind.make(for: large, options: PreconditionerOptions()).applied(x)
    for count in [1, 2, 3] {
      var options = PreconditionerOptions()
      options.workers = Workers(count: count)
      demand(try kind.make(for: large, options: options).applied(x) == serial, "\(count) workers change it")
    }
  }

  func allocatesNothing() throws {
    let M = try make()
    let x = random("x")
    var y = x
    M.apply(x, into: &y)
    let count = x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
        return allocations { for _ in 0..<5 { M.apply(x, into: y) } }
      }
    }
    demand(count == 0, "allocates \(count) times in five applications")
  }

  func refusesUnknownParameters() {
    var options = PreconditionerOptions()
    options.parameters["omeega"] = 1
    demand(
      throwing { try kind.make(for: matrix, options: options) }, "takes a parameter that it does not have")
    for parameter in kind.parameters {
      options.parameters = [parameter.name: .nan]
      demand(throwing { try kind.make(for: matrix, options: options) }, "takes \(parameter.name) = nan")
    }
  }

  func refusesRectangles() {
    let tall = CoordinateMatrix(rowCount: 4, columnCount: 3).compressed().matrix
    demand(throwing { try kind.make(for: tall, options: PreconditionerOptions()) }, "takes a 4 × 3 matrix")
  }

  func refusesZeroDiagonal() {
    var holed = matrix
    let hole = holed.pattern.position(row: 5, column: 5) ?? 0
    holed.withUnsafeMutableValues { $0[hole] = 0 }
    demand(throwing { try kind.make(for: holed, options: PreconditionerOptions()) }, "takes a zero diagonal")
  }

  private func throwing(_ body: () throws -> any Preconditioner) -> Bool {
    do {
      _ = try body()
      return false
    } catch {
      return error is LinearSolverError
    }
  }
}

extension Preconditioner {
  /// M r.
  package func applied(_ residual: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: residual.count)
    apply(residual, into: &result)
    return result
  }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

private func distance(_ x: [Double], _ y: [Double]) -> Double {
  let rest = zip(x, y).map { $0 - $1 }
  return (dot(rest, rest) / dot(y, y)).squareRoot()
}

extension LinearOperator {
  fileprivate func applied(_ x: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: rowCount)
    apply(x, into: &y)
    return y
  }
}

/// Conjugate gradients as in a textbook: the iterations to each of the given relative residuals, and the solution.
package func referenceConjugateGradients(
  _ A: any LinearOperator, _ b: [Double], _ M: (any Preconditioner)?, nullSpace: NullSpace? = nil,
  relative: Double, milestones: [Double] = [], limit: Int = 5000
) -> (count: Int, at: [Int], solution: [Double]) {
  func preconditioned(_ r: [Double]) -> [Double] {
    var z = M?.applied(r) ?? r
    nullSpace?.project(&z)
    return z
  }
  var (x, r) = ([Double](repeating: 0, count: b.count), b)
  nullSpace?.project(&r)
  var p = preconditioned(r)
  var (product, size) = (dot(r, p), dot(r, r).squareRoot())
  var at: [Int] = []
  for iteration in 1...limit {
    let q = A.applied(p)
    let α = product / dot(p, q)
    for index in x.indices {
      x[index] += α * p[index]
      r[index] -= α * q[index]
    }
    let residual = dot(r, r).squareRoot() / size
    while at.count < milestones.count, residual <= milestones[at.count] { at.append(iteration) }
    if residual <= relative { return (iteration, at, x) }
    let z = preconditioned(r)
    let next = dot(r, z)
    for index in p.indices { p[index] = z[index] + next / product * p[index] }
    product = next
  }
  return (limit, at, x)
}

/// Generalised conjugate residuals with all directions: minimal residuals for any regular matrix.
package func referenceConjugateResiduals(
  _ A: any LinearOperator, _ b: [Double], _ M: any Preconditioner, relative: Double, limit: Int = 500
) -> (count: Int, solution: [Double]) {
  var (x, r) = ([Double](repeating: 0, count: b.count), b)
  var directions: [(p: [Double], q: [Double])] = []
  for iteration in 1...limit {
    var p = M.applied(r)
    var q = A.applied(p)
    for old in directions {
      let share = dot(q, old.q)
      for index in p.indices {
        p[index] -= share * old.p[index]
        q[index] -= share * old.q[index]
      }
    }
    let size = dot(q, q).squareRoot()
    p = p.map { $0 / size }
    q = q.map { $0 / size }
    directions.append((p, q))
    let α = dot(r, q)
    for index in x.indices {
      x[index] += α * p[index]
      r[index] -= α * q[index]
    }
    if dot(r, r).squareRoot() <= relative * dot(b, b).squareRoot() { return (iteration, x) }
  }
  return (limit, x)
}
