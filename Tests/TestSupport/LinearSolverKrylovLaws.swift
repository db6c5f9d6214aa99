import Arrays
package import LinearSolvers
import Spectral
import Synchronization

/// What every iterative method of the registry must do; each law answers with what is broken, in sentences.
package enum IterativeMethodLaw: String, CaseIterable, Sendable {
  case solves, solvesPreconditioned, keepsWarmStart, solvesZero, projectsNullSpace, refusesInconsistent
  case keepsBestIterate, stopsWhenTold, neverClaimsTooMuch, sameBitsForAnyWorkers, allocatesNothing
  case refusesBadInput, survivesUndefinedNumbers, refusesWrongNullSpace, tellsWhatIsOutsideTheRange,
    solvesAnySize

  package func violations(of method: any IterativeMethod) throws -> [String] {
    let check = LawCheck(method)
    switch self {
    case .solves: try check.solves()
    case .solvesPreconditioned: try check.solvesPreconditioned()
    case .keepsWarmStart: try check.keepsWarmStart()
    case .solvesZero: try check.solvesZero()
    case .projectsNullSpace: try check.projectsNullSpace()
    case .refusesInconsistent: try check.refusesInconsistent()
    case .keepsBestIterate: try check.keepsBestIterate()
    case .stopsWhenTold: try check.stopsWhenTold()
    case .neverClaimsTooMuch: try check.neverClaimsTooMuch()
    case .sameBitsForAnyWorkers: try check.sameBitsForAnyWorkers()
    case .allocatesNothing: try check.allocatesNothing()
    case .refusesBadInput: check.refusesBadInput()
    case .survivesUndefinedNumbers: try check.survivesUndefinedNumbers()
    case .refusesWrongNullSpace: check.refusesWrongNullSpace()
    case .tellsWhatIsOutsideTheRange: try check.tellsWhatIsOutsideTheRange()
    case .solvesAnySize: try check.solvesAnySize()
    }
    return check.broken
  }
}

/// ‖b − A x‖ / ‖b‖ by the plainest loop.
package func relativeResidual(_ A: any LinearOperator, _ b: [Double], _ x: [Double]) -> Double {
  var product = [Double](repeating: 0, count: A.rowCount)
  x.withUnsafeBufferPointer { x in
    product.withUnsafeMutableBufferPointer { A.apply(x.baseAddress!, into: $0.baseAddress!) }
  }
  return relativeDistance(product, b)
}

/// Normal numbers, the same for the same purpose.
package func normalNumbers(_ count: Int, _ purpose: String) -> [Double] {
  let stream = RandomStream(seed: 7, purpose: purpose)
  return (0..<count).map { stream.normals(at: UInt64($0 / 2))[$0 % 2] }
}

/// A preconditioner that multiplies by fixed factors, for tests; may claim not to be fixed or symmetric.
package final class FactorPreconditioner: Preconditioner {
  package let name = "factors"
  package let count: Int
  package let isSymmetric: Bool
  package let isFixed: Bool
  private let factors: [Double]

  package init(_ factors: [Double], isSymmetric: Bool = true, isFixed: Bool = true) {
    self.factors = factors
    count = factors.count
    self.isSymmetric = isSymmetric
    self.isFixed = isFixed
  }

  package func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    for index in 0..<count { correction[index] = factors[index] * residual[index] }
  }
}

/// Says no to a number of questions, then yes.
private final class Patience: Sendable {
  private let left: Mutex<Int>

  init(questions: Int) { left = Mutex(questions) }

  func isOver() -> Bool {
    left.withLock {
      $0 -= 1
      return $0 <= 0
    }
  }
}

/// One method held against the laws.
private final class LawCheck {
  let method: any IterativeMethod
  var broken: [String] = []

  init(_ method: any IterativeMethod) { self.method = method }

  private var needs: MethodRequirements { method.requirements }
  /// Methods with the transpose, and those that are splittings of the matrix themselves, take none.
  private var takesPreconditioner: Bool { needs.isDisjoint(with: [.transpose, .entries]) }
  private let definite = MatrixOperator(ModelMatrices.laplacian(13, dimension: 2, as: Int32.self))

  /// A badly scaled matrix, and the scales that mend it.
  private var scaled: (A: MatrixOperator<Int32>, scales: [Double]) {
    let count = definite.rowCount
    let scales = normalNumbers(count, "scales").map { 1 + $0 * $0 }
    var matrix = CoordinateMatrix(rowCount: count, columnCount: count)
    definite.matrix.forEachEntry { matrix.add($2 * scales[$0] * scales[$1], row: $0, column: $1) }
    return (MatrixOperator(matrix.compressed(.rows, as: Int32.self).matrix), scales)
  }

  private func demand(_ holds: Bool, _ sentence: String) {
    if !holds { broken.append("\(method.name): \(sentence)") }
  }

  /// Matrices that the method says it can solve.
  private var systems: [(name: String, A: any TransposableOperator)] {
    var systems: [(String, any TransposableOperator)] = [("definite", definite)]
    if !needs.contains(.symmetric) && method.name != "richardson" {
      systems.append(("convection", MatrixOperator(ModelMatrices.convectionDiffusion(11, speed: 20))))
    }
    if method.name == "minres" {
      var shifted = ModelMatrices.laplacian(9, dimension: 2)
      shifted.withUnsafeMutableValues { values in
        for index in values.indices where values[index] > 0 { values[index] -= 1.3 }
      }
      systems.append(("indefinite", MatrixOperator(shifted)))
    }
    if needs.contains(.transpose) {
      for (rows, columns) in [(70, 40), (40, 70)] {
        systems.append(("\(rows) × \(columns)", MatrixOperator(Self.rectangle(rows, columns))))
      }
    }
    return systems
  }

  private static func rectangle(_ rows: Int, _ columns: Int) -> SparseMatrix<Int32> {
    var matrix = CoordinateMatrix(rowCount: rows, columnCount: columns)
    let numbers = normalNumbers(3 * rows * columns, "rectangle")
    for row in 0..<rows {
      for column in 0..<columns where row % columns == column % rows || numbers[row * columns + column] > 1.3
      {
        matrix.add(row == column ? 4 : numbers[row * columns + column], row: row, column: column)
      }
    }
    return matrix.compressed(.rows, as: Int32.self).matrix
  }

  func solves() throws {
    for (name, A) in systems {
      let exact = normalNumbers(A.columnCount, name)
      var b = [Double](repeating: 0, count: A.rowCount)
      A.apply(exact, into: &b)
      let (x, report) = try method.solve(A, b)
      let residual = relativeResidual(A, b, x)
      demand(report.outcome == .converged, "\(name) ended as \(report.outcome), \(report.remarks)")
      demand(residual <= 1e-8, "\(name) has a residual of \(residual)")
      demand(
        abs(residual - report.trueResidual) <= 1e-12, "\(name) reports \(report.trueResidual), is \(residual)"
      )
      demand(report.history.count == report.iterations + 1, "\(name) has \(report.history.count) norms")
      demand(report.operatorApplications > 0 && report.method == method.name, "\(name) is not counted")
    }
    if needs.isDisjoint(with: [.transpose, .entries]) { try solvesWithoutMatrix() }
    guard needs.contains(.transpose) else { return }
    // Least squares: the residual is orthogonal to the columns.
    let A = MatrixOperator(Self.rectangle(70, 40))
    let b = normalNumbers(70, "no solution")
    let (x, report) = try method.solve(A, b)
    var (r, normal) = (b, [Double](repeating: 0, count: 40))
    A.apply(x, into: &r)
    for row in r.indices { r[row] = b[row] - r[row] }
    A.applyTranspose(r, into: &normal)
    var reference = normal
    A.applyTranspose(b, into: &reference)
    let share = (normal.reduce(0) { $0 + $1 * $1 } / reference.reduce(0) { $0 + $1 * $1 }).squareRoot()
    demand(report.outcome == .converged && share <= 1e-8, "least squares leave \(share), \(report.outcome)")
  }

  private func solvesWithoutMatrix() throws {
    let A = FunctionOperator(count: definite.rowCount) { [definite] in definite.apply($0, into: $1) }
    let b = normalNumbers(A.rowCount, "right-hand side")
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 0, absolute: 1e-6)
    let (x, report) = try method.solve(A, b, options: options)
    let size = b.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let residual = relativeResidual(A, b, x) * size
    demand(report.outcome == .converged, "a function ended as \(report.outcome), \(report.remarks)")
    demand(residual <= 1e-6, "a function has a residual of \(residual), allowed is 1e-6")
  }

  func solvesPreconditioned() throws {
    let count = definite.rowCount
    let (A, scales) = scaled
    let preconditioner = FactorPreconditioner(scales.map { 0.24 / ($0 * $0) })
    let b = normalNumbers(count, "right-hand side")
    if !takesPreconditioner {
      demand(
        throwing { _ = try method.solve(A, b, preconditioner: preconditioner) }, "takes a preconditioner")
      return
    }
    let (x, report) = try method.solve(A, b, preconditioner: preconditioner)
    demand(report.outcome == .converged, "ended as \(report.outcome), \(report.remarks)")
    demand(relativeResidual(A, b, x) <= 1e-8, "has a residual of \(relativeResidual(A, b, x))")
    demand(report.preconditionerApplications > 0 && report.preconditioner == "factors", "is not counted")
  }

  func keepsWarmStart() throws {
    let b = normalNumbers(definite.rowCount, "right-hand side")
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-10)
    let (x, _) = try method.solve(definite, b, options: options)
    let (again, report) = try method.solve(definite, b, from: x, options: options)
    demand(
      report.iterations == 0 && report.outcome == .converged, "takes \(report.iterations) more iterations")
    demand(again == x, "changes a solution")
    options.tolerance = Tolerance(relative: 0.1, to: .initialResidual)
    let nearly = x.map { $0 + 1e-7 }
    let (_, gain) = try method.solve(definite, b, from: nearly, options: options)
    demand(gain.iterations > 0 && gain.outcome == .converged, "does not gain on its start: \(gain.outcome)")
  }

  func solvesZero() throws {
    let zeros = [Double](repeating: 0, count: definite.rowCount)
    let (x, report) = try method.solve(definite, zeros, from: normalNumbers(zeros.count, "guess"))
    demand(x == zeros && report.iterations == 0 && report.outcome == .converged, "does not return zero")
  }

  func projectsNullSpace() throws {
    // Odd circles: on even ones Jacobi's iteration keeps a checkerboard.
    let axes = [9, 11].map { PoissonAxis(ends: .periodic, count: $0, length: Double($0)) }
    let A = MatrixOperator(SparseMatrix<Int32>.laplacian(axes))
    var options = IterationOptions()
    options.nullSpace = .constants(count: A.rowCount)
    var b = normalNumbers(A.rowCount, "right-hand side")
    let mean = b.reduce(0, +) / Double(b.count)
    for index in b.indices { b[index] -= mean }
    let guess = [Double](repeating: 3, count: b.count)
    let (x, report) = try method.solve(A, b, from: guess, options: options)
    demand(report.outcome == .converged, "ended as \(report.outcome), \(report.remarks)")
    demand(relativeResidual(A, b, x) <= 1e-8 * (1 + 1e-6), "has a residual of \(relativeResidual(A, b, x))")
    demand(abs(x.reduce(0, +)) <= 1e-9, "leaves a mean of \(x.reduce(0, +))")
  }

  func refusesInconsistent() throws {
    guard !needs.contains(.transpose) else { return }
    let A = MatrixOperator(ModelMatrices.neumannLaplacian(6, dimension: 2))
    var options = IterationOptions()
    options.nullSpace = .constants(count: 36)
    let b = (0..<36).map { $0 < 18 ? 2.0 : 0 }
    do {
      _ = try method.solve(A, b, options: options)
      demand(false, "solves a system that has no solution")
    } catch {
      guard case LinearSolverError.inconsistent(let defect) = error else { throw error }
      demand(abs(defect - 0.5.squareRoot()) < 1e-12, "finds a defect of \(defect)")
    }
  }

  /// A regular matrix maps no vector to zero, whatever the right-hand side.
  func refusesWrongNullSpace() {
    var options = IterationOptions()
    options.nullSpace = .constants(count: definite.columnCount)
    let general = normalNumbers(definite.rowCount, "right-hand side")
    let orthogonal = general.indices.map { $0 % 2 == 0 ? 1.0 : $0 == 1 ? -2 : -1 }
    for b in [general, orthogonal] {
      do {
        _ = try method.solve(definite, b, options: options)
        demand(false, "takes constants for a null space")
      } catch {
        guard case LinearSolverError.unsupported(let text) = error else {
          return demand(false, "throws \(error)")
        }
        demand(text.contains("does not map vector 1 of the null space to zero"), "says \(text)")
      }
    }
  }

  /// What the range of A lacks stays in the residual, and is not passed over.
  func tellsWhatIsOutsideTheRange() throws {
    let axes = [9, 11].map { PoissonAxis(ends: .periodic, count: $0, length: Double($0)) }
    let A = MatrixOperator(SparseMatrix<Int32>.laplacian(axes))
    var options = IterationOptions()
    options.nullSpace = .constants(count: A.rowCount)
    options.tolerance = Tolerance(relative: 1e-12)
    var b = normalNumbers(A.rowCount, "right-hand side")
    let mean = b.reduce(0, +) / Double(b.count)
    for index in b.indices { b[index] += 5e-11 - mean }
    let (x, report) = try method.solve(A, b, options: options)
    let residual = relativeResidual(A, b, x)
    demand(report.outcome != .converged, "claims a residual of 1e-12 that is \(residual)")
    demand(abs(residual - report.trueResidual) < 1e-13, "reports \(report.trueResidual), is \(residual)")
    demand(residual < 1e-9, "gives up at \(residual)")
  }

  func solvesAnySize() throws {
    let b = normalNumbers(definite.rowCount, "right-hand side")
    let guess = normalNumbers(b.count, "guess")
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-9, absolute: 1e-9)
    let (x, report) = try method.solve(definite, b, from: guess, options: options)
    // Powers of two, so that no bit may change.
    for exponent in [-1000, -530, -340, 340, 530, 1000] {
      let size = Double(sign: .plus, exponent: exponent, significand: 1)
      options.tolerance.absolute = 1e-9 * size
      let (y, other) = try method.solve(
        definite, b.map { $0 * size }, from: guess.map { $0 * size }, options: options)
      demand(other.outcome == report.outcome, "at 2^\(exponent) ended as \(other.outcome)")
      demand(
        other.trueResidual == report.trueResidual, "at 2^\(exponent) has a residual of \(other.trueResidual)")
      demand(y == x.map { $0 * size }, "at 2^\(exponent) gives other digits")
    }
    // The smallest and the largest numbers there are; a guess that is out of all proportion.
    for size in [Double.leastNonzeroMagnitude, 1e307] {
      let (y, end) = try method.solve(definite, b.map { $0 > 0 ? size : -size }, from: size < 1 ? guess : nil)
      demand(end.outcome == .converged, "for entries of \(size) ended as \(end.outcome)")
      demand(y.contains { $0 != 0 }, "for entries of \(size) returns zero")
    }
  }

  func keepsBestIterate() throws {
    // Badly scaled, so that residuals go up and down and the best iterate is often not the last.
    let A = scaled.A
    let b = normalNumbers(A.rowCount, "right-hand side")
    for limit in 0..<30 {
      var options = IterationOptions()
      options.iterationLimit = limit
      let (x, report) = try method.solve(A, b, options: options)
      let residual = relativeResidual(A, b, x)
      demand(report.outcome == .iterationLimit, "at \(limit) ended as \(report.outcome)")
      demand(report.iterations == limit, "did \(report.iterations) iterations of \(limit)")
      demand(abs(residual - report.trueResidual) < 1e-12, "reports \(report.trueResidual), is \(residual)")
      let lowest = report.history.min() ?? 0
      demand(residual <= lowest * (1 + 1e-9), "returns \(residual), had \(lowest)")
      demand(report.remedy != nil, "has no remedy")
    }
  }

  func stopsWhenTold() throws {
    let patience = Patience(questions: 4)
    var options = IterationOptions()
    options.shouldStop = { patience.isOver() }
    let b = [Double](repeating: 1, count: definite.rowCount)
    let (_, report) = try method.solve(definite, b, options: options)
    demand(
      report.outcome == .interrupted && (3...4).contains(report.iterations),
      "did \(report.iterations) iterations")
  }

  func neverClaimsTooMuch() throws {
    var options = IterationOptions()
    options.tolerance = Tolerance(relative: 1e-18)
    options.iterationLimit = 3000
    let b = normalNumbers(definite.rowCount, "right-hand side")
    let (x, report) = try method.solve(definite, b, options: options)
    let residual = relativeResidual(definite, b, x)
    demand(report.outcome != .converged, "claims a residual of 1e-18 that is \(residual)")
    demand(residual < 1e-11, "gives up at \(residual), \(report.outcome)")
  }

  func sameBitsForAnyWorkers() throws {
    let matrix = ModelMatrices.laplacian(151, dimension: 2, as: Int32.self)
    let b = normalNumbers(matrix.rowCount, "right-hand side")
    var serial: [Double] = []
    for count in [0, 1, 2, 5] {
      let workers = count == 0 ? nil : Workers(count: count)
      var options = IterationOptions()
      options.workers = workers
      options.iterationLimit = 12
      let (x, _) = try method.solve(MatrixOperator(matrix, workers: workers), b, options: options)
      if count == 0 { serial = x }
      demand(x == serial, "\(count) workers give other numbers")
    }
  }

  func allocatesNothing() throws {
    let b = AlignedStorage<Double>(count: definite.rowCount)
    _ = b.buffer.update(fromContentsOf: normalNumbers(b.count, "right-hand side"))
    let x = AlignedStorage<Double>(count: b.count)
    let preconditioner =
      !takesPreconditioner
      ? nil : FactorPreconditioner([Double](repeating: 0.24, count: definite.rowCount))
    func count(_ iterations: Int) throws -> Int {
      var options = IterationOptions()
      options.restart = 50
      options.tolerance = Tolerance(relative: 1e-14)
      options.iterationLimit = iterations
      x.buffer.update(repeating: 0)
      return try allocations {
        _ = try method.solve(
          definite, b.baseAddress, into: x.baseAddress, preconditioner: preconditioner, options: options)
      }
    }
    _ = try count(3)
    // The runtime now and then allocates something of its own; the least of three runs is ours.
    func least(_ iterations: Int) throws -> Int {
      let counts = try (0..<3).map { _ in try count(iterations) }
      return counts.min() ?? 0
    }
    let (few, many) = (try least(4), try least(24))
    // Room for the history is taken at the start, so that the number does not depend on the limit.
    demand(few == many, "allocates \(many - few) times in 20 iterations")
  }

  func refusesBadInput() {
    let b = normalNumbers(definite.rowCount, "right-hand side")
    demand(throwing { _ = try method.solve(definite, [1]) }, "takes a right-hand side of 1 number")
    demand(throwing { _ = try method.solve(definite, b, from: [1]) }, "takes a guess of 1 number")
    var options = IterationOptions()
    options.nullSpace = .constants(count: 3)
    demand(
      throwing { _ = try method.solve(definite, b, options: options) }, "takes a null space of 3 numbers")
    let short = FactorPreconditioner([1])
    demand(
      throwing { _ = try method.solve(definite, b, preconditioner: short) }, "takes a short preconditioner")
    let ones = [Double](repeating: 1, count: b.count)
    if needs.contains(.fixedPreconditioner) {
      let changing = FactorPreconditioner(ones, isFixed: false)
      demand(throwing { _ = try method.solve(definite, b, preconditioner: changing) }, "takes a changing one")
    }
    if needs.contains(.symmetricPreconditioner) {
      let skew = FactorPreconditioner(ones, isSymmetric: false)
      demand(throwing { _ = try method.solve(definite, b, preconditioner: skew) }, "takes a skew one")
    }
    let rectangle = MatrixOperator(Self.rectangle(40, 70))
    if !needs.contains(.transpose) {
      demand(
        throwing { _ = try method.solve(rectangle, normalNumbers(40, "b")) },
        "takes a matrix that is not square")
    }
  }

  func survivesUndefinedNumbers() throws {
    var b = normalNumbers(definite.rowCount, "right-hand side")
    b[17] = .nan
    let guess = normalNumbers(b.count, "guess")
    let (x, report) = try method.solve(definite, b, from: guess)
    demand(report.outcome == .notFinite && report.iterations == 0, "ended as \(report.outcome)")
    demand(x == guess, "changes the guess")
    let broken = FunctionOperator(count: 50) { x, y in
      for index in 0..<50 { y[index] = x[index] == 0 ? 0 : .infinity }
    }
    guard needs.isDisjoint(with: [.transpose, .entries]) else { return }
    let (kept, end) = try method.solve(broken, [Double](repeating: 1, count: 50))
    demand(end.outcome == .notFinite || end.outcome == .breakdown, "ended as \(end.outcome)")
    demand(kept.allSatisfy(\.isFinite), "returns numbers that are not finite")
  }

  private func throwing(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch {
      return error is LinearSolverError
    }
  }
}
