import Arrays
import LinearSolvers
import TestSupport
import Testing

/// Thousands of small matrices, most of them bad: each is solved or refused with an error of ours.
@Suite struct DirectFuzzTests {
  private struct Case {
    let matrix: SparseMatrix<Int>
    let rightHandSide: [Double]
    let isExtreme: Bool
  }

  /// Sizes from 1 to 10, by rows or columns, symmetric or not, with empty rows, stored zeros and tiny pivots; every
  /// fourth with numbers from 1e−150 to 1e150.
  private func makeCase(_ number: Int) -> Case {
    let stream = RandomStream(seed: 3, purpose: "direct fuzz", sample: number)
    var position: UInt64 = 0
    func uniform() -> Double {
      position += 1
      return stream.uniforms(at: position).x
    }
    let count = 1 + Int(uniform() * 10)
    let isSymmetric = uniform() < 0.5
    let isExtreme = number % 4 == 0
    let density = uniform()
    var list = CoordinateMatrix(rowCount: count, columnCount: count)
    func value() -> Double {
      let size = uniform() < 0.1 ? 0 : 2 * uniform() - 1
      if isExtreme { return size * exp10(300 * uniform() - 150) }
      return uniform() < 0.05 ? size * 1e-14 : size
    }
    for row in 0..<count {
      if uniform() < 0.9 { list.add(uniform() < 0.7 ? abs(value()) * 4 : value(), row: row, column: row) }
      for column in 0..<(isSymmetric ? row : count) where column != row && uniform() < density {
        let value = value()
        list.add(value, row: row, column: column)
        if isSymmetric { list.add(value, row: column, column: row) }
      }
    }
    return Case(
      matrix: list.compressed(uniform() < 0.5 ? .rows : .columns).matrix,
      rightHandSide: (0..<count).map { _ in 2 * uniform() - 1 }, isExtreme: isExtreme)
  }

  private func exp10(_ exponent: Double) -> Double {
    // Only the order of magnitude matters.
    Double(sign: .plus, exponent: Int(exponent * 3.3219), significand: 1)
  }

  @Test(arguments: DirectSolverTests.names) func everyMatrixIsSolvedOrRefused(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    var (solved, refused) = (0, 0)
    for number in 0..<2000 {
      let test = makeCase(number)
      do {
        let (x, report) = try solver.solve(test.matrix, test.rightHandSide)
        guard !test.isExtreme else { continue }
        solved += 1
        // Normwise backward stability: ‖b − A x‖ is of the size of rounding in ‖A‖ ‖x‖.
        var size = 0.0
        test.matrix.forEachEntry { size = max(size, abs($2)) }
        let largest = x.map(abs).max() ?? 0
        #expect(report.trueResidual < 1e-11 * max(1, size * largest), "\(name), \(number): \(report)")
      } catch {
        refused += 1
      }
    }
    #expect(solved > 100 && refused > 100, "\(name): \(solved), \(refused)")
  }

  @Test(arguments: DirectSolverTests.names) func matricesWithoutRowsAreRefused(_ name: String) throws {
    let solver = try DirectSolverRegistry.solver(named: name)
    let nothing = CoordinateMatrix(rowCount: 0, columnCount: 0).compressed().matrix
    #expect(throws: LinearSolverError.self) { try solver.analyze(nothing, options: DirectOptions()) }
  }
}
