import Parseval

/// What is said of a problem that is left to networks at points.
struct PointwiseExplanation: Explanation {
  private let file: ProblemFile
  private let form: PointwiseForm

  init(_ file: ProblemFile, _ form: PointwiseForm) {
    self.file = file
    self.form = form
  }

  private var problem: Problem { file.problem }

  var text: String {
    var lines = ["\(problem.title) (\(problem.name))"]
    lines += form.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.append("discretization: none, \(reason)")
    lines.append("method: a network at points, 'parseval train … --recipe pinn'" + recipes)
    return lines.joined(separator: "\n")
  }

  private var reason: String {
    form.isInverse ? "because something is to be found from data" : "named collocation in the problem"
  }

  private var recipes: String {
    file.recipeNames.isEmpty ? "" : "; the file has " + file.recipeNames.joined(separator: ", ")
  }

  var json: JSON {
    .object([
      ("problem", .text(problem.name)), ("title", .text(problem.title)),
      ("unknowns", .list(form.unknowns.map { .text($0.name) })),
      ("equations", .list(form.equations.map { .text("\(form.text(of: $0)) = 0") })),
      ("boundary", .list(form.boundaryTexts.map { .text($0) })),
      ("data", .list(form.data.map { .text(form.text(of: $0)) })),
      (
        "toBeFound",
        .list(
          form.parameters.map { .text($0.name) } + form.fields.map { .text(form.unknowns[$0.unknown].name) })
      ),
      ("isSteady", .boolean(problem.domain.time == nil)), ("discretization", .text("collocation")),
      ("method", .text("train")), ("recipes", .list(file.recipeNames.map { .text($0) })),
    ])
  }
}
