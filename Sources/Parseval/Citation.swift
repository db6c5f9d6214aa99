import Equations
public import ProblemFiles
public import Simulation

/// A work that a result rests on, as BibTeX.
public struct Citation: Sendable, Hashable {
  public var key: String
  public var bibTeX: String

  /// This program and the libraries that every run uses.
  public static var software: [Citation] {
    [
      Citation(
        key: "parseval",
        bibTeX: """
          @software{parseval,
            title = {Parseval: partial differential equations from declarative problem files},
            version = {\(Machine.version)}
          }
          """),
      article(
        "fftw3", "Frigo, Matteo and Johnson, Steven G.", "The Design and Implementation of {FFTW3}",
        "Proceedings of the IEEE", "93", "216--231", 2005),
    ]
  }

  /// The works behind what solving a problem uses: its stepper, dealiasing, step-size control, random numbers.
  ///
  /// - Throws: `SimulationError` for a problem that no method solves.
  public static func works(behind file: ProblemFile) throws(SimulationError) -> [Citation] {
    if case .pointwise = file.formulation { return [] }
    guard case .normal(let form) = file.formulation else {
      return file.problem.domain.time == nil
        ? [] : works(behind: try MethodChoice(implicit: file.problem.solver).stepper)
    }
    let plan = try SolutionPlan(file.problem, form)
    var works = plan.method.map { Self.works(behind: $0.stepper) } ?? []
    if plan.method?.tolerance != nil {
      works.append(
        article(
          "step-size-control", "Gustafsson, Kjell",
          "Control theoretic techniques for stepsize selection in explicit "
            + "{R}unge--{K}utta methods",
          "ACM Transactions on Mathematical Software", "17", "533--554", 1991))
    }
    if plan.transforms > 0, plan.dealiasing != .none {
      works.append(
        article(
          "dealiasing", "Orszag, Steven A.",
          "On the elimination of aliasing in finite-difference schemes by filtering "
            + "high-wavenumber components",
          "Journal of the Atmospheric Sciences", "28", "1074", 1971))
    }
    if file.problem.isRandom {
      works.append(
        Citation(
          key: "philox",
          bibTeX: """
            @inproceedings{philox,
              author = {Salmon, John K. and Moraes, Mark A. and Dror, Ron O. and Shaw, David E.},
              title = {Parallel random numbers: as easy as 1, 2, 3},
              booktitle = {Proceedings of SC11},
              year = {2011}
            }
            """))
    }
    return works
  }

  private static func article(
    _ key: String, _ author: String, _ title: String, _ journal: String, _ volume: String, _ pages: String,
    _ year: Int
  ) -> Citation {
    Citation(
      key: key,
      bibTeX: """
        @article{\(key),
          author = {\(author)},
          title = {\(title)},
          journal = {\(journal)},
          volume = {\(volume)}, pages = {\(pages)}, year = {\(year)}
        }
        """)
  }

  /// The works behind a stepping method, from the source that its file names.
  public static func works(behind stepper: StepperDescription) -> [Citation] {
    let sources = stepper.source.split(separator: ";").map { $0.drop { $0 == " " } }
    return sources.enumerated().map { index, source in
      let key = index == 0 ? stepper.name : "\(stepper.name)-\(index + 1)"
      return Citation(key: key, bibTeX: entry(key: key, source: String(source), for: stepper))
    }
  }

  /// `Authors, Journal volume, page (year), place` as an article; anything else as a note.
  private static func entry(key: String, source: String, for stepper: StepperDescription) -> String {
    let pattern = #/^(?:embedded: )?(.+?), ([A-Z][^,]*?) (\d+), (\d+) \((\d{4})\)(?:, (.+))?$/#
    guard let match = source.wholeMatch(of: pattern) else {
      return "@misc{\(key),\n  title = {\(stepper.summary)},\n  note = {\(source)}\n}"
    }
    let names = match.1.split(separator: " and ").flatMap { $0.split(separator: ", ") }
    var lines = [
      "author = {\(names.joined(separator: " and "))}", "journal = {\(match.2)}", "volume = {\(match.3)}",
      "pages = {\(match.4)}", "year = {\(match.5)}",
    ]
    if let place = match.6 { lines.append("note = {\(place)}") }
    return "@article{\(key),\n" + lines.map { "  \($0)" }.joined(separator: ",\n") + "\n}"
  }
}
