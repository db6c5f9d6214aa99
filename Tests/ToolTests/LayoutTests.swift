import Foundation
import Testing

/// The rooms and what they may import, as the design has them.
///
/// A room may import less than the list says; more is a mistake. `swift package describe` would ask the build
/// system while it holds its lock, so the sources are read instead.
@Suite struct LayoutTests {
  private static let rooms: [String: Set<String>] = [
    "Arrays": ["CKernels", "COpenBLAS"],
    "Exchange": ["Arrays", "CNetCDF"],
    "Spectral": ["Arrays", "CKernels", "CFFTW", "COpenBLAS"],
    "LinearSolvers": ["Arrays", "Spectral", "Exchange", "CKernels", "COpenBLAS", "CSuiteSparse"],
    "Geometry": ["Arrays", "Exchange"],
    "Equations": ["Geometry", "Spectral"],
    "ProblemFiles": ["Equations", "Geometry", "Yams"],
    "Simulation": [
      "Equations", "LinearSolvers", "Exchange", "Arrays", "CKernels", "COpenBLAS", "Geometry", "Spectral",
    ],
    "Differentiation": ["Arrays", "LinearSolvers", "CKernels"],
    "Learning": ["Differentiation", "Exchange", "Arrays", "CKernels", "COpenBLAS"],
    "DataSets": ["Simulation", "Learning", "Arrays", "Exchange", "Spectral", "Equations"],
    "NeuralOperators": [
      "Learning", "Spectral", "DataSets", "Arrays", "Differentiation", "CKernels", "Exchange",
    ],
    "PhysicsInformed": [
      "Arrays", "CKernels", "COpenBLAS", "Spectral", "Geometry", "Equations", "Exchange", "Simulation",
      "Differentiation", "Learning",
    ],
    "LearnedSolvers": ["LinearSolvers", "Arrays"],
    "Plotting": ["Simulation", "Exchange", "Arrays"],
    "Comparison": ["Arrays", "COpenBLAS", "Simulation", "Learning", "DataSets", "NeuralOperators"],
    "Parseval": [
      "Arrays", "Exchange", "Spectral", "LinearSolvers", "Geometry", "Equations", "ProblemFiles",
      "Simulation", "Differentiation", "Learning", "DataSets", "NeuralOperators", "LearnedSolvers",
      "PhysicsInformed", "Plotting", "Comparison", "CKernels",
    ],
  ]
  private static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Swift",
  ]

  private var sources: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
  }

  private func files(_ room: String) throws -> [URL] {
    let folder = sources.appendingPathComponent(room)
    let found = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return found.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
  }

  @Test(arguments: rooms.keys.sorted()) func roomImportsWhatItMay(_ room: String) throws {
    let allowed = try #require(Self.rooms[room]).union(Self.system)
    let files = try files(room)
    #expect(!files.isEmpty)
    for file in files {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 2, position + 1 < words.count,
          words[..<position].allSatisfy({ ["public", "package", "internal", "@_exported"].contains($0) })
        else { continue }
        let module = String(words[position + 1])
        #expect(allowed.contains(module), "\(file.lastPathComponent) imports \(module)")
      }
    }
  }

  /// C modules stay inside the rooms: their types appear in no public or package declaration.
  @Test(arguments: rooms.keys.sorted()) func cHeadersDoNotLeak(_ room: String) throws {
    for file in try files(room) {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let isOpen = line.hasPrefix("public import ") || line.hasPrefix("package import ")
        let leaks =
          isOpen
          && ["CKernels", "CFFTW", "COpenBLAS", "CNetCDF", "CSuiteSparse"].contains { line.hasSuffix($0) }
        #expect(!leaks, "\(file.lastPathComponent): \(line)")
      }
    }
  }

  /// What is special about an equation stands in its problem file.
  @Test func noSourceFileIsNamedAfterAnEquation() throws {
    let problems = try FileManager.default.contentsOfDirectory(
      atPath: sources.deletingLastPathComponent().appendingPathComponent("Problems").path
    ).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)).replacing("-", with: "") }
    #expect(problems.count > 20)
    for room in Self.rooms.keys {
      for file in try files(room) {
        let name = file.deletingPathExtension().lastPathComponent.lowercased()
        #expect(!problems.contains(name), "\(file.lastPathComponent)")
      }
    }
  }

  /// Pure coefficient tables may be longer; there are none yet.
  @Test func noFileOutgrowsItsRoom() throws {
    for room in Self.rooms.keys.sorted() {
      for file in try files(room) {
        let lines = try String(contentsOf: file, encoding: .utf8).split(
          separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 500, "\(file.lastPathComponent) has \(lines.count) lines")
      }
    }
  }
}
