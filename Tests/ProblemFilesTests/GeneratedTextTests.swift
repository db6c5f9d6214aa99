import Equations
import Geometry
import Glibc
import ProblemFiles
import Testing

@Suite struct GeneratedTextTests {
  private static let readable = Examples.all

  @Test(arguments: readable) func resolvedTextReadsBack(_ text: String) throws {
    let reader = ProblemFileReader()
    let file = try reader.read(text: text, file: "p.yaml", overrides: ["title=\"a: \\\"b\\\", 'c' # é\""])
    let again = try reader.read(text: file.resolvedText, file: "p.yaml")
    #expect(again.problem.swiftSource == file.problem.swiftSource)
    #expect(again.resolvedText == file.resolvedText)
    #expect(again.recipeNames == file.recipeNames)
    #expect(again.units == file.units)
  }

  @Test func resolvedTextIsCanonical() throws {
    let reader = ProblemFileReader()
    let reordered = """
      # the same problem in another dress
      equations: ["dt(u) + u*dx(u) = nu*lap(u)"]
      unknowns:
        - u
      initial: {u: sin(2*pi*x)}
      parameters:
        nu: 0.01
      domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
      problem: 'burgers'
      """
    let file = try reader.read(text: reordered, file: "p.yaml")
    #expect(
      file.resolvedText == """
        problem: burgers
        domain:
          x: {interval: [0, 1], periodic: true}
          t: [0, 1]
        parameters:
          nu: 0.01
        unknowns:
          - u
        equations:
          - dt(u) + u*dx(u) = nu*lap(u)
        initial:
          u: sin(2*pi*x)

        """)
  }

  @Test(arguments: ProblemTemplate.allCases) func templatesAreProblems(_ template: ProblemTemplate) throws {
    let text = template.text(name: "mine")
    let problem = try ProblemFileReader().read(text: text, file: "mine.yaml").problem
    #expect(problem.name == "mine")
    #expect((problem.domain.time == nil) == (template == .steady))
    #expect(text.contains("# The functions asked for."))
  }

  @Test func examplesInTheTableAreAllowed() throws {
    let required = Set(ProblemFileReader().tables[0].keys.filter(\.isRequired).map(\.path))
    #expect(required.isSuperset(of: ["problem", "domain", "unknowns", "equations"]))
    for key in ProblemFileReader().tables[0].keys {
      #expect(!key.text.isEmpty, "\(key.path) is not explained")
    }
  }

  @Test func referencePageHasEveryKey() {
    let reader = ProblemFileReader()
    let page = reader.referencePage
    for key in reader.tables[0].keys { #expect(page.contains("| `\(key.path)` |")) }
  }

  /// With `PARSEVAL_UPDATE_SNAPSHOTS` in the environment the file is written anew.
  @Test func schemaFileIsCurrent() throws {
    let path = #filePath.replacing(
      "Tests/ProblemFilesTests/GeneratedTextTests.swift", with: "Problems/schema/problem.schema.json")
    let schema = ProblemFileReader().schema
    if getenv("PARSEVAL_UPDATE_SNAPSHOTS") != nil {
      let file = try #require(fopen(path, "w"))
      fputs(schema, file)
      fclose(file)
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    #expect(String(decoding: bytes[..<count], as: UTF8.self) == schema)
  }

  @Test func swiftSourceNamesEverything() throws {
    let source = try ProblemFileReader().read(text: Examples.heat, file: "p.yaml").problem.swiftSource
    #expect(source.contains(#"Axis(name: "x", lower: 0.0, upper: 1.0, isPeriodic: false)"#))
    #expect(source.contains(#"try parser.parseEquation("dt(u) = nu*dxx(u)")"#))
    #expect(source.contains(#"kind: .neumann, value: try parser.parse("0"))"#))
    #expect(source.contains("problem.solver.step = 0.001"))
  }

  @Test func swiftSourceOfAGeometry() throws {
    let text = Examples.darcy.replacing(
      "size: 0.02", with: "size: 0.02, refine: [{part: hole, size: 0.01}, {point: [1, 0], radius: 0.5}]")
    let source = try ProblemFileReader().read(text: text, file: "p.yaml").problem.swiftSource
    #expect(
      source.contains(
        """
          domain.geometry = Shape.difference([
            .box([0.0, 0.0], [1.0, 1.0]),
            .disc(center: [0.3, 0.3], radius: 0.1, name: "hole"),
          ])
        """))
    #expect(
      source.contains(
        #"NamedPart(name: "right", conditions: [NamedPart.Condition(relation: .zero, expression: try parser.parse("x - 1"))])"#
      ))
    #expect(source.contains(#".part("hole", size: 0.01)"#))
    #expect(source.contains(".point([1.0, 0.0], radius: 0.5, exponent: 3.0)"))
    #expect(source.contains(#"BoundaryCondition(.part("hole"), unknown: "p", kind: .dirichlet"#))
    #expect(source.contains("BoundaryCondition(.rest, unknown: \"p\", kind: .robin"))
  }
}
