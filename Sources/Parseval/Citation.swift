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
      Citation(
        key: "fftw3",
        bibTeX: """
          @article{fftw3,
            author = {Frigo, Matteo and Johnson, Steven G.},
            title = {The Design and Implementation of {FFTW3}},
            journal = {Proceedings of the IEEE},
            volume = {93}, number = {2}, pages = {216--231}, year = {2005}
          }
          """),
    ]
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
