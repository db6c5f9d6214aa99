import Parseval

/// What `explain` says of a problem; nothing of the size of the grid is made for it.
protocol Explanation {
  var text: String { get }
  var json: JSON { get }
}

extension ProblemFile {
  /// What is to be said of the problem, in the form that it is discretised in.
  func explanation() throws(SimulationError) -> any Explanation {
    switch formulation {
    case .normal(let form): try SpectralExplanation(self, form)
    case .fluxes(let form, let kind): try BalanceExplanation(self, form, kind)
    case .pointwise(let form): PointwiseExplanation(self, form)
    }
  }
}

/// What is said of a problem that spectral methods solve.
struct SpectralExplanation: Explanation {
  private let file: ProblemFile
  private let plan: SolutionPlan
  private let methods: [MethodReview]

  init(_ file: ProblemFile, _ form: NormalForm) throws(SimulationError) {
    self.file = file
    self.form = form
    plan = try SolutionPlan(file.problem, form)
    methods = MethodReview.all(file.problem, form, plan: plan)
  }

  private var problem: Problem { file.problem }
  private let form: NormalForm

  var text: String {
    var lines = ["\(problem.title) (\(problem.name))"]
    lines += form.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.append("grid:")
    lines += axisTable.text(indent: "  ").split(separator: "\n").map(String.init)
    lines.append("dealiasing: \(dealiasing)")
    if plan.transforms > 0 {
      lines.append("transforms: \(plan.transforms) per evaluation of the nonlinear part")
    }
    lines.append("memory: about \(byteCount(plan.bytes)) of \(byteCount(Machine.memory))")
    guard let method = plan.method else {
      return (lines + ["method: direct, in one solve"]).joined(separator: "\n")
    }
    lines.append("method: \(method.stepper.name): \(method.reason)")
    if let step = method.step { lines.append("step: \(brief(step)), fixed") }
    if let tolerance = method.tolerance { lines.append("tolerance: \(brief(tolerance)) per step, relative") }
    lines.append("methods that apply:")
    lines.append(table { $0.applies })
    if methods.contains(where: { !$0.applies }) {
      lines.append("methods that do not apply as the file stands:")
      lines.append(table { !$0.applies })
    }
    return lines.joined(separator: "\n")
  }

  private func table(_ isShown: (MethodReview) -> Bool) -> String {
    Table(methods.filter(isShown).map { [($0.isChosen ? "* " : "  ") + $0.name, $0.remark] }).text(
      indent: "  ")
  }

  private var axisTable: Table {
    Table(
      form.domain.axes.indices.map { index in
        let axis = form.domain.axes[index]
        return [
          axis.name, "\(brief(axis.lower)) to \(brief(axis.upper))", "\(plan.points[index]) points",
          bases(index).joined(separator: ", "), "modes up to \(plan.keptModes[index])",
        ]
      })
  }

  /// The functions that unknowns are expanded in along an axis.
  private func bases(_ axis: Int) -> [String] {
    guard !form.domain.axes[axis].isPeriodic else { return [FourierBasis.name] }
    var names: [String] = []
    for unknown in form.unknowns {
      guard let ends = unknown.boundary[axis] else { continue }
      func end(_ kind: BoundaryCondition.Kind) -> EndCondition { kind == .dirichlet ? .dirichlet : .neumann }
      let basis = BasisRegistry.trigonometric(
        lower: 0, upper: 1, lowerEnd: end(ends.lower), upperEnd: end(ends.upper))
      let name = type(of: basis).name
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private var dealiasing: String {
    switch plan.dealiasing {
    case .none: "none, no products of unknowns are formed on the grid, or it is switched off"
    case .twoThirds: "2/3 rule: products of two are free of aliasing"
    case .half: "1/2 rule: products of three are free of aliasing"
    case .threeHalves: "products on a grid 3/2 as fine"
    case .double: "products on a grid twice as fine"
    }
  }

  var json: JSON {
    .object([
      ("problem", .text(problem.name)), ("title", .text(problem.title)),
      ("unknowns", .list(form.unknowns.map { .text($0.name) })),
      ("equations", .list(form.equations.filter { !$0.isConstraint }.map { .text(form.text(of: $0)) })),
      ("constraints", .list(form.equations.filter(\.isConstraint).map { .text(form.text(of: $0)) })),
      ("isSteady", .boolean(problem.domain.time == nil)), ("isLinear", .boolean(form.inputs.isEmpty)),
      (
        "grid",
        .list(
          form.domain.axes.indices.map { index in
            .object([
              ("axis", .text(form.domain.axes[index].name)), ("points", .integer(plan.points[index])),
              ("modes", .integer(plan.keptModes[index])), ("bases", .list(bases(index).map { .text($0) })),
            ])
          })
      ),
      ("dealiasing", .text(plan.dealiasing.rawValue)), ("transforms", .integer(plan.transforms)),
      ("memoryBytes", .integer(plan.bytes)),
      ("method", .text(plan.method?.stepper.name ?? "direct")), ("reason", .optional(plan.method?.reason)),
      (
        "methods",
        .list(
          methods.map {
            .object([("name", .text($0.name)), ("applies", .boolean($0.applies)), ("why", .text($0.remark))])
          })
      ), ("remarks", .list(form.remarks.map { .text($0) })),
    ])
  }
}
