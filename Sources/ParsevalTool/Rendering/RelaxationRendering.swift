import Parseval

/// What a run says of the relaxation that it learned.
enum RelaxationRendering {
  static func json(_ solver: RelaxedSequenceSolver) -> JSON {
    .object([
      ("solves", .integer(solver.choices.count)),
      ("iterations", .integer(solver.choices.reduce(0) { $0 + $1.iterations })),
      ("solveSeconds", .number(solver.solveSeconds)), ("learningSeconds", .number(solver.learningSeconds)),
      ("relaxations", .list(solver.choices.map { .number($0.relaxation) })),
      ("costs", .list(solver.choices.map { .integer($0.iterations) })),
      ("contexts", .list(solver.choices.map { .number($0.context) })),
    ])
  }
}
