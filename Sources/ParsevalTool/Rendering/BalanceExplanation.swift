import Parseval

/// What is said of a problem on cells or elements.
struct BalanceExplanation: Explanation {
  private let file: ProblemFile
  private let form: FluxForm
  private let kind: DiscretizationChoice.Method
  private let method: MethodChoice?
  /// Bytes that cells or elements take; `nil` before there is a mesh.
  private let bytes: Int?

  init(_ file: ProblemFile, _ form: FluxForm, _ kind: DiscretizationChoice.Method) throws(SimulationError) {
    self.file = file
    self.form = form
    self.kind = kind
    method = file.problem.domain.time == nil ? nil : try MethodChoice(implicit: file.problem.solver)
    bytes = try BalanceMemory.forecast(file.problem, form, kind).map { Int(min($0.bytes, 0x1p62)) }
  }

  private var problem: Problem { file.problem }

  var text: String {
    var lines = ["\(problem.title) (\(problem.name))"]
    lines += form.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.append("discretization: \(kind.rawValue)\(reason)")
    if let bytes {
      lines.append(
        "memory: about \(byteCount(bytes)) of \(byteCount(Machine.memory)), and what solving the linear systems takes"
      )
    }
    lines.append(method?.text ?? steadyMethod)
    if method != nil {
      lines.append("methods that apply:")
      lines.append(
        Table(
          StepperRegistry.implicit.map {
            [($0.name == method?.stepper.name ? "* " : "  ") + $0.name, $0.summary]
          }
        ).text(indent: "  "))
    }
    return lines.joined(separator: "\n")
  }

  private var steadyMethod: String {
    form.isLinear ? "method: direct, in one solve" : "method: newton, a solve per iteration"
  }

  private var reason: String {
    guard problem.discretization.method == nil else { return ", named in the problem" }
    return kind == .finiteVolume
      ? ": coefficients vary or the problem is nonlinear, and fluxes between two cells say everything"
      : ": the domain, its conditions or the equations ask for elements"
  }

  var json: JSON {
    .object([
      ("problem", .text(problem.name)), ("title", .text(problem.title)),
      ("unknowns", .list(form.unknowns.map { .text($0.name) })),
      ("equations", .list(form.equations.map { .text(form.text(of: $0)) })),
      ("isSteady", .boolean(problem.domain.time == nil)), ("isLinear", .boolean(form.isLinear)),
      ("discretization", .text(kind.rawValue)), ("memoryBytes", bytes.map { .integer($0) } ?? .null),
      ("method", .text(method?.stepper.name ?? (form.isLinear ? "direct" : "newton"))),
      ("reason", .optional(method?.reason)), ("remarks", .list(form.remarks.map { .text($0) })),
    ])
  }
}
