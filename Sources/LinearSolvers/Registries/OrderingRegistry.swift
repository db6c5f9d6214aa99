/// The orderings of direct methods, by name.
public enum OrderingRegistry {
  /// An ordering, its name on the command line, and what it is good for in a sentence.
  public struct Entry: Sendable {
    public let name: String
    public let ordering: Ordering
    public let summary: String
  }

  public static let all: [Entry] = [
    Entry(name: "natural", ordering: .natural, summary: "as the unknowns are numbered"),
    Entry(name: "amd", ordering: .amd, summary: "approximate minimum degree: quick, good in two dimensions"),
    Entry(
      name: "colamd", ordering: .colamd, summary: "column minimum degree, for matrices that are not symmetric"
    ),
    Entry(
      name: "metis", ordering: .metis, summary: "nested dissection by METIS: slow, good in three dimensions"),
    Entry(
      name: "nested-dissection", ordering: .nestedDissection,
      summary: "CHOLMOD's nested dissection, ordered further by constrained minimum degree"),
  ]

  /// - Throws: `LinearSolverError.unknownMethod` with the names that exist.
  public static func ordering(named name: String) throws(LinearSolverError) -> Ordering {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "ordering", known: all.map(\.name))
    }
    return found.ordering
  }
}
