import LinearSolvers
import TestSupport
import Testing

@Suite struct IterativeMethodLawTests {
  @Test(arguments: IterativeMethodRegistry.all.map(\.name), IterativeMethodLaw.allCases)
  func holds(_ name: String, _ law: IterativeMethodLaw) throws {
    let violations = try law.violations(of: IterativeMethodRegistry.method(named: name))
    #expect(violations == [], "\(violations)")
  }

  @Test func namesAreUniqueAndKnown() {
    let names = IterativeMethodRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(throws: LinearSolverError.unknownMethod("gcr", kind: "iterative method", known: names)) {
      try IterativeMethodRegistry.method(named: "gcr")
    }
  }
}
