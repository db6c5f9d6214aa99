import Arrays
import Equations
import Foundation
import Simulation
import TestSupport
import Testing

/// How the chemotaxis system approaches its limit of infinitely fast signals.
@Suite("The limit of fast signals")
struct FastSignalLimitTests {
  private static let common = ["discretization.x=32", "solver.tolerance=1e-9", "output.every=1e-4"]

  /// ‖f − f₀‖ of a field at every record after the first, over the box.
  private func distances(_ field: String, _ solution: Solution, _ limit: Solution) throws -> [Double] {
    let number = try #require(solution.layout.fields.firstIndex { $0.name == field })
    let other = try #require(limit.layout.fields.firstIndex { $0.name == field })
    return zip(solution.records, limit.records).map { record, reference in
      let (a, b) = (record.fields[number], reference.fields[other])
      return ((0..<a.count).reduce(0) { $0 + pow(a[flat: $1] - b[flat: $1], 2) } / Double(a.count))
        .squareRoot()
    }
  }

  private func rates(initial: [String]) throws -> (
    cells: Double, cellsAtEnd: Double, signal: Double, made: Double
  ) {
    let limit = try ShippedProblem.simulation("chemotaxis-limit", Self.common).run()
    var cells: [(size: Double, error: Double)] = []
    var (cellsAtEnd, signal, made) = (cells, cells, cells)
    for eps in [1e-3, 5e-4, 2.5e-4] {
      let solution = try ShippedProblem.simulation(
        "chemotaxis", Self.common + ["parameters.eps=\(eps)"] + initial
      ).run()
      #expect(solution.outcome == .completed)
      #expect(try #require(solution.budgetDefects["mass"]) <= 1e-11)
      let smallest = try #require(solution.values(of: "n")).reduceToMinimum()
      #expect(smallest > 0)
      let n = try distances("n", solution, limit)
      cells.append((eps, try #require(n.max())))
      cellsAtEnd.append((eps, try #require(n.last)))
      func overTime(_ field: String) throws -> Double {
        let squares = try distances(field, solution, limit).map { $0 * $0 }
        // The trapezoidal rule; the first record is where unprepared data jump.
        return (1e-4 * (squares.reduce(0, +) - (squares[0] + squares[squares.count - 1]) / 2)).squareRoot()
      }
      signal.append((eps, try overTime("c")))
      made.append((eps, try overTime("w")))
    }
    let result = (fittedOrder(cells), fittedOrder(cellsAtEnd), fittedOrder(signal), fittedOrder(made))
    print(
      "rates in eps, \(initial.isEmpty ? "prepared" : "unprepared"): sup n \(result.0), n at the end \(result.1), "
        + "L2 c \(result.2), L2 w \(result.3)")
    return result
  }

  @Test("From prepared data everything tends to the limit like ε")
  func preparedData() throws {
    let rates = try rates(initial: [])
    #expect(abs(rates.cells - 1) < 0.02)
    #expect(abs(rates.cellsAtEnd - 1) < 0.02)
    #expect(abs(rates.signal - 1) < 0.02)
    #expect(abs(rates.made - 1) < 0.02)
  }

  /// c and w jump to their limits within a time of order ε, and a layer of that width has an L² norm of √ε.
  @Test("From unprepared data the initial layer costs half an order")
  func unpreparedData() throws {
    let rates = try rates(initial: ["initial.c=0", "initial.w=0"])
    #expect(abs(rates.cellsAtEnd - 1) < 0.02)
    #expect(abs(rates.signal - 0.5) < 0.03)
    #expect(abs(rates.made - 0.5) < 0.03)
    #expect(rates.cells > 0.9 && rates.cells < 1.02)
  }
}

extension NDArray where Element == Double {
  fileprivate func reduceToMinimum() -> Double {
    (0..<count).reduce(.infinity) { Swift.min($0, self[flat: $1]) }
  }
}
