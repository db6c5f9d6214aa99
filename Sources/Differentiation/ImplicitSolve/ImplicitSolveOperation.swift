public import LinearSolvers

/// The solution of a sparse linear system as a function of the matrix's entries and the right-hand side.
///
/// Inputs are the entries, one per stored place of a fixed pattern, in its order, and the right-hand side, of as many numbers
/// as the matrix has rows; the matrix may be shared by the samples. Solved in double precision, forward by any method and
/// backward by one solve with the transpose, as `ImplicitLinearSolve` has it. Solvers take memory of their own at every solve.
///
/// A solve that fails is a result, not an error: its solution and its gradients are not a number, and `outcomes` says why.
public final class ImplicitSolveOperation<Scalar: NetworkScalar>: Operation {
  public let inputs: [Variable]
  public let outputs: [Variable]
  /// How the solves of the last forward pass ended, one per sample; `nil` where a method refused the matrix.
  public private(set) var outcomes: [SolveOutcome?]
  private let solve: ImplicitLinearSolve
  private let pattern: SparsityPattern<Int>
  private var solutions: [ImplicitLinearSolve.Solution?]

  public init(
    _ solve: ImplicitLinearSolve, pattern: SparsityPattern<Int>, entries: Variable, rightHandSide: Variable,
    on tape: Tape<Scalar>
  ) {
    precondition(
      entries.count == pattern.nonzeroCount && rightHandSide.count == pattern.rowCount
        && pattern.rowCount == pattern.columnCount && !rightHandSide.isShared,
      "ImplicitSolve: \(entries.count) entries and a right-hand side of \(rightHandSide.count) for \(pattern.rowCount) × \(pattern.columnCount) with \(pattern.nonzeroCount) entries"
    )
    self.solve = solve
    self.pattern = pattern
    inputs = [entries, rightHandSide]
    outputs = [tape.result(rightHandSide.shape)]
    solutions = Array(repeating: nil, count: tape.capacity)
    outcomes = []
  }

  public var savedInputs: [Int] { [] }

  public func forward(_ context: OperationContext<Scalar>) {
    let (entries, count) = (pattern.nonzeroCount, pattern.rowCount)
    outcomes.removeAll(keepingCapacity: true)
    for sample in 0..<context.samples {
      let values = context.input(0) + (inputs[0].isShared ? 0 : sample * entries)
      var matrix = SparseMatrix(pattern: pattern)
      matrix.withUnsafeMutableValues { target in
        for index in 0..<entries { target[index] = Double(values[index]) }
      }
      let b = context.input(1) + sample * count
      // The analysis of the last solution serves again, since the pattern is the same.
      let previous = solutions[sample] ?? solutions[0]
      let solution = try? solve.forward(matrix, (0..<count).map { Double(b[$0]) }, after: previous)
      let isUsable = solution?.report.outcome == .converged
      outcomes.append(solution?.report.outcome)
      for index in 0..<count {
        context.output()[sample * count + index] = isUsable ? Scalar(solution!.x[index]) : .nan
      }
      solutions[sample] = isUsable ? solution : nil
    }
  }

  public func backward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      let dx = context.outputGradient() + sample * pattern.rowCount
      let gradients = solutions[sample].flatMap {
        try? solve.backward($0, gradient: (0..<pattern.rowCount).map { Double(dx[$0]) })
      }
      write(context, 0, sample, gradients?.values)
      write(context, 1, sample, gradients?.rightHandSide)
    }
  }

  private func write(_ context: OperationContext<Scalar>, _ number: Int, _ sample: Int, _ numbers: [Double]?)
  {
    guard let gradient = context.inputGradient(number) else { return }
    let isShared = inputs[number].isShared
    let target = gradient + (isShared ? 0 : sample * inputs[number].count)
    let adds = context.accumulates(into: number) || (isShared && sample > 0)
    for index in 0..<inputs[number].count {
      let value = numbers.map { Scalar($0[index]) } ?? .nan
      target[index] = adds ? target[index] + value : value
    }
  }
}
