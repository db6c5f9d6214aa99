package import Equations
package import Spectral

/// The linear part of a normal form at one wavenumber, with mass and constraints eliminated.
///
/// With evolved unknowns u and determined ones a, `M u' = L u + L_a a + N` and `0 = C u + C_a a + N_c`:
/// constraints with determined unknowns in them give `a = S u + T N_c`; those without (such as div u = 0)
/// make the remaining unknowns Lagrange multipliers and are kept by the projection
/// `P = 1 − M⁻¹ G (D M⁻¹ G)⁻¹ D`.
package struct LinearAlgebraAtMode: Sendable {
  /// The matrix a of du/dt = a u + w N.
  package var evolution: SmallMatrix
  /// The matrix w, one column per evolution equation, then one per determining constraint.
  package var forcing: SmallMatrix
  /// What the inputs are of the evolved unknowns, then of the constraints' N_c.
  package var inputs: SmallMatrix
  /// The determined unknowns from the same two.
  package var determined: SmallMatrix
  /// Determined unknowns that this mode leaves open.
  package var open: [Int]
  /// What is left of the constraints, from the same two: zero unless a mode is open and the data do not fit.
  package var defect: SmallMatrix
  /// P, where constraints hold by projection.
  package var projection: SmallMatrix?
}

/// Computes `LinearAlgebraAtMode` for every mode of a layout.
package struct ConstraintElimination: Sendable {
  /// Numbers, in the normal form, of the unknowns and equations of each role.
  package let evolved: [Int]
  package let determined: [Int]
  package let multipliers: [Int]
  package let evolutionRows: [Int]
  package let constraintRows: [Int]
  package let projectionRows: [Int]

  private let table: SymbolTable
  private let mass: [[Entry]]
  private let linear: [[Entry]]
  private let inputs: [[Entry]]
  private let unused: [(unknown: Int, axis: Int)]

  private struct Entry: Sendable {
    var unknown: Int
    var coefficient: Double
    var factors: [[Complex]]
  }

  /// - Parameter functions: of every scalar unknown along the storage axes.
  package init(_ form: NormalForm, functions: [[AxisFunctions]], table: SymbolTable) throws(SimulationError) {
    self.table = table
    let unknowns = form.unknowns.indices
    evolved = unknowns.filter { form.unknowns[$0].isEvolved }
    let algebraic = unknowns.filter { !form.unknowns[$0].isEvolved }
    evolutionRows = form.equations.indices.filter { !form.equations[$0].isConstraint }
    let constraints = form.equations.indices.filter { form.equations[$0].isConstraint }
    func algebraicUnknowns(_ row: Int) -> Set<Int> {
      Set(form.equations[row].linear.coefficients.filter { $0.value != 0 }.keys.map(\.unknown))
        .intersection(algebraic)
    }
    constraintRows = constraints.filter { !algebraicUnknowns($0).isEmpty }
    projectionRows = constraints.filter { algebraicUnknowns($0).isEmpty }
    let inConstraints = constraintRows.reduce(into: Set<Int>()) { $0.formUnion(algebraicUnknowns($1)) }
    determined = algebraic.filter(inConstraints.contains)
    multipliers = algebraic.filter { !inConstraints.contains($0) }
    guard
      evolutionRows.count == evolved.count, constraintRows.count == determined.count,
      projectionRows.count == multipliers.count
    else {
      throw .unsupported(
        "\(evolutionRows.count) evolution equations and \(constraints.count) constraints do not determine "
          + "\(evolved.count) evolved and \(algebraic.count) other unknowns in a way that this discretisation can use"
      )
    }
    for row in projectionRows where !form.equations[row].terms.isEmpty {
      throw .unsupported(
        "a constraint that holds by projection, such as div(u) = 0, must be homogeneous",
        about: .equation(form.equations[row].origin))
    }
    for input in form.inputs
    where input.coefficients.keys.contains(where: { [multipliers] in multipliers.contains($0.unknown) }) {
      throw .unsupported(
        "an unknown that only enforces a constraint, such as a pressure, must enter linearly")
    }
    func entries(_ form: LinearForm) -> [Entry] {
      form.coefficients.filter { $0.value != 0 }
        .sorted {
          ($0.key.unknown, $0.key.derivative.orders.description) < (
            $1.key.unknown, $1.key.derivative.orders.description
          )
        }
        .map { key, coefficient in
          Entry(
            unknown: key.unknown, coefficient: coefficient,
            factors: table.factors(of: key.derivative, functions: functions[key.unknown]))
        }
    }
    mass = form.equations.map { entries($0.mass) }
    linear = form.equations.map { entries($0.linear) }
    inputs = form.inputs.map(entries)
    unused = unknowns.flatMap { unknown in
      functions[unknown].indices.filter { functions[unknown][$0] == .sine }.map { (unknown, $0) }
    }
  }

  /// The operators at the rows of a mode.
  package func at(_ rows: [Int]) -> LinearAlgebraAtMode {
    let idle = Set(unused.filter { rows[$0.axis] == 0 }.map(\.unknown))
    func matrix(_ equations: [[Entry]], _ unknowns: [Int]) -> SmallMatrix {
      var result = SmallMatrix(rows: equations.count, columns: unknowns.count)
      for (i, equation) in equations.enumerated() {
        for entry in equation where !idle.contains(entry.unknown) {
          guard let j = unknowns.firstIndex(of: entry.unknown) else { continue }
          var value = Complex(entry.coefficient)
          for axis in rows.indices { value = value * entry.factors[axis][rows[axis]] }
          result[i, j] += value
        }
      }
      return result
    }
    let evolutionEquations = evolutionRows.map { linear[$0] }
    let constraintEquations = constraintRows.map { linear[$0] }
    let n = evolved.count
    let m = determined.count

    // a = [S T] (u, N_c)
    var determinedFrom = SmallMatrix(rows: m, columns: n + m)
    var open: [Int] = []
    var defect = SmallMatrix(rows: m, columns: n + m)
    if m > 0 {
      var coefficients = matrix(constraintEquations, determined)
      let fromEvolved = matrix(constraintEquations, evolved)
      var right = SmallMatrix(rows: m, columns: n + m)
      for i in 0..<m {
        for j in 0..<n { right[i, j] = -fromEvolved[i, j] }
        right[i, n + i] = Complex(-1)
      }
      for (j, unknown) in determined.enumerated() where idle.contains(unknown) {
        // The mode does not exist for this unknown: keep it at zero in a row that is free.
        if let i = (0..<m).first(where: { i in (0..<m).allSatisfy { coefficients[i, $0].isZero } }) {
          coefficients[i, j] = .one
          for k in 0..<(n + m) { right[i, k] = .zero }
        }
      }
      let (solution, free) = coefficients.solve(right)
      determinedFrom = solution
      let solved = coefficients * solution
      for i in 0..<m { for k in 0..<(n + m) { defect[i, k] = solved[i, k] - right[i, k] } }
      open = free.filter { !idle.contains(determined[$0]) }.map { determined[$0] }
    }

    var massMatrix = matrix(evolutionRows.map { mass[$0] }, evolved)
    for (j, unknown) in evolved.enumerated() where idle.contains(unknown) {
      massMatrix[rowOfIdle(j, massMatrix), j] = .one
    }
    let (inverseMass, loose) = n == 1 ? scalarInverse(massMatrix) : massMatrix.solve(.identity(n))
    // A mode whose time derivative drops out, such as the mean in dt(lap(psi)).
    open += loose.map { evolved[$0] }
    // M⁻¹ (L u + L_a a + N) in terms of (u, N_c), and M⁻¹ for N.
    var right = SmallMatrix(rows: n, columns: n + m)
    let ofEvolved = matrix(evolutionEquations, evolved)
    let ofDetermined = matrix(evolutionEquations, determined)
    let substituted = ofDetermined * determinedFrom
    for i in 0..<n {
      for j in 0..<n { right[i, j] = ofEvolved[i, j] + substituted[i, j] }
      for j in 0..<m { right[i, n + j] = substituted[i, n + j] }
    }
    var whole = inverseMass * right
    var forcing = inverseMass
    var constraintProjection: SmallMatrix?
    if !multipliers.isEmpty {
      let gradient = inverseMass * matrix(evolutionEquations, multipliers)
      let divergence = matrix(projectionRows.map { linear[$0] }, evolved)
      let (pressure, _) = (divergence * gradient).solve(divergence)
      let projection = SmallMatrix.identity(n) - gradient * pressure
      let evolution = whole.firstColumns(n)
      // On fields that satisfy the constraint a commuting operator needs no projection, and stays diagonal.
      let commutator = projection * evolution - evolution * projection
      let projected = projection * whole
      let isCommuting = commutator.oneNorm <= 1e-12 * max(evolution.oneNorm, 1e-300)
      for i in 0..<n {
        for j in 0..<(n + m) where j >= n || !isCommuting { whole[i, j] = projected[i, j] }
      }
      forcing = projection * inverseMass
      constraintProjection = projection
    }
    var forcingWithConstraints = SmallMatrix(rows: n, columns: n + m)
    for i in 0..<n {
      for j in 0..<n { forcingWithConstraints[i, j] = forcing[i, j] }
      for j in n..<(n + m) { forcingWithConstraints[i, j] = whole[i, j] }
    }
    let inputOfDetermined = matrix(inputs, determined) * determinedFrom
    let inputOfEvolved = matrix(inputs, evolved)
    var inputMatrix = inputOfDetermined
    for i in inputs.indices {
      for j in 0..<n { inputMatrix[i, j] += inputOfEvolved[i, j] }
    }
    return LinearAlgebraAtMode(
      evolution: whole.firstColumns(n), forcing: forcingWithConstraints, inputs: inputMatrix,
      determined: determinedFrom, open: open, defect: defect, projection: constraintProjection)
  }

  /// A row of the mass matrix that an idle unknown can use: its own, or the first empty one.
  private func rowOfIdle(_ j: Int, _ mass: SmallMatrix) -> Int {
    func isEmpty(_ i: Int) -> Bool { (0..<mass.columns).allSatisfy { mass[i, $0].isZero } }
    return isEmpty(j) ? j : (0..<mass.rows).first(where: isEmpty) ?? j
  }

  private func scalarInverse(_ matrix: SmallMatrix) -> (solution: SmallMatrix, free: [Int]) {
    var result = matrix
    result[0, 0] = matrix[0, 0].isZero ? .zero : .one / matrix[0, 0]
    return (result, matrix[0, 0].isZero ? [0] : [])
  }
}

extension SmallMatrix {
  fileprivate func firstColumns(_ count: Int) -> SmallMatrix {
    var result = SmallMatrix(rows: rows, columns: count)
    for i in 0..<rows { for j in 0..<count { result[i, j] = self[i, j] } }
    return result
  }
}
