import Foundation
import Parseval
import Testing

@Suite struct LinsolveTests {
  /// The five-point Laplacian on n × n interior nodes, as a symmetric Matrix Market file; singular with Neumann ends.
  static func laplacian(_ n: Int, isSingular: Bool = false) -> String {
    var lines: [String] = []
    for i in 0..<n {
      for j in 0..<n {
        let row = i * n + j + 1
        let neighbours = [i > 0, i < n - 1, j > 0, j < n - 1].count { $0 }
        lines.append("\(row) \(row) \(isSingular ? neighbours : 4)")
        if i < n - 1 { lines.append("\(row + n) \(row) -1") }
        if j < n - 1 { lines.append("\(row + 1) \(row) -1") }
      }
    }
    return "%%MatrixMarket matrix coordinate integer symmetric\n\(n * n) \(n * n) \(lines.count)\n"
      + lines.joined(separator: "\n") + "\n"
  }

  private func prepared() throws -> Tool {
    let tool = try Tool()
    try tool.write(Self.laplacian(20), to: "A.mtx")
    return tool
  }

  @Test(arguments: ["x.npy", "x.mtx", "x.txt"]) func theMethodIsChosenAndExplained(_ output: String) throws {
    let tool = try prepared()
    defer { tool.clean() }
    let result = try tool.run("linsolve", "A.mtx", "-o", output, "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    let keys = [
      "outcome", "method", "preconditioner", "iterations", "trueResidual", "setupSeconds", "solveSeconds",
    ]
    #expect(document.keys.isSuperset(of: keys + ["why", "matrix", "output"]))
    #expect(try document.text("outcome") == "converged" && document.text("method") == "cholmod")
    #expect(try document.number("trueResidual") < 1e-11)
    #expect(try document.text("why").contains("Cholesky"))
    // What was written solves the system.
    let x = try VectorFile.read(tool.path(output)).elements
    let A = try SparseMatrix<Int>(contentsOf: tool.path("A.mtx"))
    var image = [Double](repeating: 0, count: A.rowCount)
    MatrixOperator(A).apply(x, into: &image)
    #expect(image.allSatisfy { abs($0 - 1) < 1e-11 })
    let text = try tool.run("linsolve", "A.mtx")
    #expect(
      text.status == 0 && text.output.contains("vector of ones") && text.output.contains("method cholmod: "))
  }

  @Test func iterationsAreDrawnAndCounted() throws {
    let tool = try prepared()
    defer { tool.clean() }
    try NumPyFile.write(NDArray(shape: [400]) { Double($0 % 7) - 3 }, to: tool.path("b.npy"))
    let result = try tool.run(
      "linsolve", "A.mtx", "--rhs", "b.npy", "--method", "cg", "--preconditioner", "amg", "--history",
      "h.svg",
      "--tolerance", "1e-10", "--set", "sweeps=1", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    #expect(try document.text("method") == "cg" && document.text("preconditioner").hasPrefix("amg"))
    #expect((1...20).contains(try document.number("iterations")))
    #expect(try document.number("trueResidual") <= 1e-10)
    #expect(tool.exists("h.svg"))
    let quiet = try tool.run("linsolve", "A.mtx", "--method", "gmres", "--preconditioner", "ilu0", "--quiet")
    #expect(quiet.status == 0 && quiet.output.hasPrefix("A.mtx: gmres with ilu0, converged after "))
  }

  @Test func methodsReadTheirParameters() throws {
    let tool = try prepared()
    defer { tool.clean() }
    func iterations(_ arguments: String...) throws -> Double {
      let result = try tool.finish(
        try tool.start(["linsolve", "A.mtx", "--format", "json", "--method"] + arguments))
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return try Document(result.output).number("iterations")
    }
    // The best ω of this grid is 1.74.
    #expect(try iterations("sor", "--set", "omega=1.74") < 0.5 * iterations("sor", "--set", "omega=1.3"))
    #expect(try iterations("gmres", "--set", "restart=60") < iterations("gmres", "--set", "restart=5"))
    // A name that both know is the preconditioner's.
    let richardson = try iterations("richardson", "--preconditioner", "ssor", "--set", "omega=1.7")
    #expect(try richardson < iterations("richardson", "--preconditioner", "ssor"))
    let unknown = try tool.run("linsolve", "A.mtx", "--method", "sor", "--set", "omga=1")
    #expect(unknown.status == 65 && unknown.errors.contains("known are omega"))
    let none = try tool.run("linsolve", "A.mtx", "--method", "cg", "--set", "omega=1")
    #expect(none.status == 65 && none.errors.contains("cg has no parameter 'omega'"))
    let wild = try tool.run("linsolve", "A.mtx", "--method", "sor", "--set", "omega=2.5")
    #expect(wild.status == 65 && wild.errors.contains("must be from"))
    let nobody = try tool.run("linsolve", "A.mtx", "--set", "omega=1")
    #expect(nobody.status == 64 && nobody.errors.contains("only these have parameters"))
    #expect(try tool.run("list", "solvers").output.contains("--set omega=1.5"))
  }

  @Test func noConvergenceKeepsTheBestIterate() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let result = try tool.run(
      "linsolve", "A.mtx", "--method", "minres", "--iterations", "9", "-o", "x.npy", "--format", "json")
    #expect(result.status == 1)
    let document = try Document(result.output)
    #expect(try document.text("outcome") == "iterationLimit" && document.number("trueResidual") < 1)
    #expect(try !document.text("remedy").isEmpty)
    #expect(try VectorFile.read(tool.path("x.npy")).elements.contains { $0 != 0 })
  }

  @Test func singularMatricesNeedTheirNullSpace() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(Self.laplacian(12, isSingular: true), to: "N.mtx")
    let b = (0..<144).map { "\($0 % 2 == 0 ? 1 : -1)" }.joined(separator: " ")
    try tool.write(b, to: "b.txt")
    for method in ["auto", "cg", "cholmod"] {
      let result = try tool.run(
        "linsolve", "N.mtx", "--rhs", "b.txt", "--method", method, "--null-space", "constants")
      #expect(result.status == 0, "\(method): \(result.output)\(result.errors)")
    }
    let bare = try tool.run("linsolve", "N.mtx", "--rhs", "b.txt")
    #expect(bare.status == 65 && bare.errors.contains("name the null space"))
  }

  @Test func repeatedEntriesAreSaid() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(
      "%%MatrixMarket matrix coordinate real general\n2 2 4\n1 1 1\n1 1 1\n2 2 4\n2 1 1\n", to: "A.mtx")
    let result = try tool.run("linsolve", "A.mtx", "--format", "json")
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: 1 entry is listed more than once"))
    #expect(try Document(result.output).number("matrix", "duplicates") == 1)
  }

  private static let head = "%%MatrixMarket matrix coordinate real general\n"

  @Test(
    arguments: [
      ("text", "hello\n", []), ("gzip", "\u{1F}\u{8B}", []),
      ("truncated", head + "2 2 3\n1 1 1\n2 2 1\n", []),
      ("word", head + "2 2 2\n1 1 one\n2 2 1\n", []), ("promise", head + "2 2 999999999999\n1 1 1\n", []),
      ("huge", head + "999999999999999 999999999999999 1\n1 1 1\n", []),
      ("complex", "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n", []),
      ("empty-row", head + "3 3 3\n1 1 1\n1 2 1\n3 3 1\n", []),
      ("singular", head + "2 2 4\n1 1 1\n1 2 1\n2 1 1\n2 2 1\n", []),
      ("indefinite", head + "2 2 4\n1 1 1\n1 2 3\n2 1 3\n2 2 1\n", ["--method", "cholmod"]),
      ("asymmetric", head + "2 2 3\n1 1 1\n1 2 3\n2 2 1\n", ["--method", "cholmod"]),
      ("rectangular", head + "3 2 2\n1 1 1\n2 2 1\n", ["--method", "cg"]),
      ("method", head + "1 1 1\n1 1 1\n", ["--method", "gauss"]),
      ("preconditioner", head + "1 1 1\n1 1 1\n", ["--preconditioner", "magic"]),
      ("direct-preconditioner", head + "1 1 1\n1 1 1\n", ["--method", "klu", "--preconditioner", "ssor"]),
      ("parameter", head + "1 1 1\n1 1 1\n", ["--preconditioner", "amg", "--set", "omga=1"]),
      (
        "null-space", head + "3 3 7\n1 1 2\n2 2 4\n3 3 2\n2 1 1\n1 2 1\n3 2 1\n2 3 1\n",
        ["--method", "cg", "--null-space", "constants"]
      ),
      ("ordering", head + "1 1 1\n1 1 1\n", ["--ordering", "best"]),
      ("no-rhs", head + "1 1 1\n1 1 1\n", ["--rhs", "b.npy"]),
      ("rhs-length", head + "1 1 1\n1 1 1\n", ["--rhs", "c.txt"]),
      ("unwritable", head + "1 1 1\n1 1 1\n", ["-o", "nowhere/x.npy"]),
    ] as [(String, String, [String])])
  func badInputIsExplained(_ name: String, _ text: String, _ arguments: [String]) throws {
    let tool = try Tool()
    defer { tool.clean() }
    // Latin letters as bytes, so that a mark of two bytes is two bytes.
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    try Data(bytes).write(to: URL(fileURLWithPath: tool.path("A.mtx")))
    try tool.write("1 2 3\n", to: "c.txt")
    let result = try tool.finish(try tool.start(["linsolve", "A.mtx"] + arguments))
    #expect(result.status == 65)
    // How much memory there is depends on the machine, and names are added now and then.
    let words = result.errors.replacing(#/most [0-9.]+ [A-Za-z]+/#, with: "most …")
      .replacing(#/known are .*/#, with: "known are …")
    try expectSnapshot(words, "bad-linsolve-\(name)")
    let json = try tool.finish(try tool.start(["linsolve", "A.mtx", "--format", "json"] + arguments))
    #expect(try Document(json.output).number("error", "code") == 65)
  }

  @Test func everythingRegisteredIsListed() throws {
    let tool = try Tool()
    defer { tool.clean() }
    for (kind, names) in [
      ("solvers", AutomaticSolver.methodNames), ("preconditioners", PreconditionerRegistry.all.map(\.name)),
      ("orderings", OrderingRegistry.all.map(\.name)),
    ] {
      let result = try tool.run("list", kind)
      let listed = result.output.split(separator: "\n").compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
      #expect(result.status == 0 && listed == names)
      #expect(Set(names).count == names.count)
    }
  }
}
