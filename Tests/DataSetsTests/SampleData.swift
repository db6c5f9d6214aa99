import DataSets
import Equations
import Exchange
import Foundation
import Geometry
import ProblemFiles

/// Small problems and the data sets that tests make of them, in a folder of their own.
struct SampleData {
  /// A field that decays from a random one.
  static let decay = """
    problem: decay
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
    parameters: {nu: 0.01}
    unknowns: [u]
    equations: [dt(u) + u*dx(u) = nu*dxx(u)]
    initial: {u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}}
    discretization: {x: 64}
    solver: {tolerance: 1e-6}
    output: {every: 0.25}

    """
  /// A field that grows beyond all bounds where its parameter is above one.
  static let growth = """
    problem: growth
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
    parameters: {rate: {normal: [MEAN, 1], input: true}, offset: {uniform: [2, 3]}}
    unknowns: [u]
    equations: [dt(u) = rate*u^2]
    initial: {u: 1}
    discretization: {x: 8}
    solver: {tolerance: 1e-6}
    output: {every: 1}

    """
  /// A steady problem on cells with a random coefficient.
  static let medium = """
    problem: medium
    domain: {x: [0, 1], y: [0, 2]}
    unknowns: [p]
    fields: {a: {gaussianField: {amplitude: 1, shift: 3, exponent: 2, boundary: neumann}, map: "if(g > 0, 12, 3)"}}
    equations: [-div(a*grad(p)) = 1]
    boundary: [{on: all, dirichlet: {p: 0}}]
    discretization: {x: 12, y: 24}

    """
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("data-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  /// A problem whose random parameters are overrides of its text.
  static func source(_ text: String, overrides: [String] = []) throws -> SampleSource {
    let file = try ProblemFileReader().read(text: text, file: "problem.yaml", overrides: overrides)
    return SampleSource(file.problem, file.formulation) { parameters in
      let variant = try ProblemFileReader().read(
        text: text, file: "problem.yaml",
        overrides: overrides + parameters.map { "parameters.\($0.key)=\($0.value)" })
      return (variant.problem, variant.formulation)
    }
  }

  static func header(_ text: String, _ plan: DataSetPlan) throws -> DataSetHeader {
    let file = try ProblemFileReader().read(text: text, file: "problem.yaml")
    var plan = plan
    plan.begin = file.problem.domain.time?.lowerBound
    return DataSetHeader(
      title: file.problem.title, provenance: Provenance(problem: file.resolvedText),
      problem: file.problem.name,
      statement: file.statementText, plan: plan)
  }

  /// Makes a data set.
  @discardableResult
  func generate(
    _ text: String, _ plan: DataSetPlan, to name: String, options: GenerationOptions = .init()
  ) throws -> GenerationReport {
    try DataSetGeneration(
      Self.source(text), header: try Self.header(text, plan), path: path(name), options: options
    ).run()
  }

  func digest(_ name: String) throws -> String { try DataDigest.ofFile(path(name)).description }
}
