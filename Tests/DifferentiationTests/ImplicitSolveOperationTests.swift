import Arrays
import Differentiation
import LinearSolvers
import Testing

/// Half the sum of the squares of every sample.
private final class HalfSquare: Operation {
  let inputs: [Variable]
  let outputs: [Variable]

  init(_ x: Variable, on tape: Tape<Double>) {
    inputs = [x]
    outputs = [tape.result([1])]
  }

  func forward(_ context: OperationContext<Double>) {
    for sample in 0..<context.samples {
      let x = context.input(0) + sample * inputs[0].count
      context.output()[sample] = (0..<inputs[0].count).reduce(0.0) { $0 + x[$1] * x[$1] / 2 }
    }
  }

  func backward(_ context: OperationContext<Double>) {
    for index in 0..<context.samples * inputs[0].count {
      let value = context.outputGradient()[index / inputs[0].count] * context.input(0)[index]
      context.inputGradient(0)![index] =
        context.accumulates(into: 0) ? context.inputGradient(0)![index] + value : value
    }
  }
}

/// The pattern of a line of points and their neighbours.
private func linePattern(_ n: Int) throws -> SparsityPattern<Int> {
  let (starts, indices) = (AlignedStorage<Int>(count: n + 1), AlignedStorage<Int>(count: 3 * n - 2))
  var next = 0
  for row in 0..<n {
    for column in max(row - 1, 0)...min(row + 1, n - 1) {
      indices.buffer[next] = column
      next += 1
    }
    starts.buffer[row + 1] = next
  }
  return try SparsityPattern(
    orientation: .rows, rowCount: n, columnCount: n, starts: starts, indices: indices)
}

@Suite struct ImplicitSolveOperationTests {
  @Test(arguments: [ImplicitLinearSolve.Equation.linear, .fixedPoint(gamma: 0.1)])
  func gradientsAreThoseOfDifferences(_ equation: ImplicitLinearSolve.Equation) throws {
    let pattern = try linePattern(9)
    let solver = try DirectSolverRegistry.solver(named: "umfpack")
    let solve = try ImplicitLinearSolve(equation, method: .direct(solver))
    let tape = Tape(ParameterStore<Double>(), capacity: 2)
    let entries = tape.input([pattern.nonzeroCount], wantsGradient: true)
    let b = tape.input([pattern.rowCount], wantsGradient: true)
    let operation = ImplicitSolveOperation(
      solve, pattern: pattern, entries: entries, rightHandSide: b, on: tape)
    tape.record(operation)
    let loss = HalfSquare(operation.outputs[0], on: tape)
    tape.record(loss)
    tape.finish(results: [operation.outputs[0], loss.outputs[0]])
    tape.store.initialize(seed: 0)
    let stream = RandomStream(seed: 2, purpose: "right-hand sides")
    for sample in 0..<2 {
      for index in 0..<entries.count {
        // The diagonal is every third entry.
        tape.values(entries)[sample * entries.count + index] =
          (index % 3 == 0 ? 3 : -1) + 0.1 * stream.normals(at: UInt64(sample * 1000 + index)).x
      }
      for index in 0..<b.count {
        tape.values(b)[sample * b.count + index] = stream.normals(at: UInt64(sample * 1000 + index)).y
      }
    }
    let check = GradientCheck(
      tape, loss: loss.outputs[0], data: [("entries", entries), ("b", b)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
    #expect(operation.outcomes == [.converged, .converged])
  }

  @Test func aSingularMatrixIsAResult() throws {
    let pattern = try linePattern(6)
    let solver = try DirectSolverRegistry.solver(named: "umfpack")
    let tape = Tape(ParameterStore<Double>(), capacity: 1)
    let entries = tape.input([pattern.nonzeroCount])
    let b = tape.input([pattern.rowCount])
    let operation = ImplicitSolveOperation(
      try ImplicitLinearSolve(method: .direct(solver)), pattern: pattern, entries: entries,
      rightHandSide: b, on: tape)
    tape.record(operation)
    tape.finish(results: operation.outputs)
    tape.store.initialize(seed: 0)
    tape.values(b).update(repeating: 1, count: b.count)
    tape.forward(samples: 1)
    #expect(tape.values(operation.outputs[0])[0].isNaN)
    #expect(operation.outcomes[0] != .converged)
  }
}
