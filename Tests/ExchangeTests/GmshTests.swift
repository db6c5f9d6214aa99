import Arrays
import Exchange
import Foundation
import Testing

@Suite("Gmsh mesh files")
struct GmshTests {
  /// A square of two triangles with its boundary, and a node that nothing uses.
  static let version4 = """
    $MeshFormat
    4.1 0 8
    $EndMeshFormat
    $PhysicalNames
    2
    1 7 "left side"
    2 9 "all "of" it"
    $EndPhysicalNames
    $Entities
    1 2 1 0
    1 0 0 0 0
    1 0 0 0 0 1 0 1 7 2 1 -1
    2 0 0 0 1 0 0 0 2 1 -1
    5 0 0 0 1 1 0 2 9 -10 2 1 2
    $EndEntities
    $Nodes
    2 5 1 40
    0 1 0 1
    1
    0 0 0
    2 5 1 4
    20
    3
    4
    40
    1 0 0 0.5 0.5
    1e0 1.0 0 0.5 0.5
    -0.0 +1 0 .5 5e-1
    7 7 7 0 0
    $EndNodes
    $Comment anything
    goes $here
    $EndComment
    $Elements
    2 3 1 3
    1 1 1 1
    1 1 4
    2 5 2 2
    2 1 20 3
    3 1 3 4
    $EndElements

    """
  static let version2 = """
    $MeshFormat
    2.2 0 8
    $EndMeshFormat
    $PhysicalNames
    1
    1 7 "left side"
    $EndPhysicalNames
    $Nodes
    5
    1 0 0 0
    20 1 0 0
    3 1 1 0
    4 0 1 0
    1000000000 7 7 7
    $EndNodes
    $Elements
    3
    1 1 2 7 1 1 4
    2 2 2 9 5 1 20 3
    3 2 3 9 5 0 1 3 4
    $EndElements
    """

  static func read(_ text: String) throws(ExchangeError) -> GmshFile {
    try GmshFile(bytes: Array(text.utf8), path: "a.msh")
  }

  @Test("Both versions give the same tables", arguments: [version4, version2])
  func tables(text: String) throws {
    let file = try Self.read(text)
    #expect(file.coordinates.shape == [5, 3])
    #expect(file.coordinates.elements == [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 7, 7, 7])
    #expect(file.dimension == 2)
    #expect(file.blocks.map(\.kind.number) == [1, 2])
    #expect(file.blocks[0].nodes.elements == [0, 3])
    #expect(file.blocks[1].nodes == NDArray(shape: [2, 3], [0, 1, 2, 0, 2, 3]))
    #expect(file.blocks[0].groups == [7])
    #expect(file.blocks[1].groups == (file.version == "4.1" ? [9, 10] : [9]))
    #expect(file.blocks[1].entity == 5)
    #expect(file.groupNames[0] == .init(dimension: 1, group: 7, name: "left side"))
    if file.version == "4.1" { #expect(file.groupNames[1].name == "all \"of\" it") }
  }

  @Test("Lines may end as on other systems")
  func lineEnds() throws {
    let file = try Self.read(Self.version4.replacing("\n", with: "\r\n"))
    #expect(file.blocks[1].nodes.elements == [0, 1, 2, 0, 2, 3])
  }

  /// A change of the good file, what is wrong then, and the line that says so.
  static let mistakes: [(old: String, new: String, reason: String, line: Int?)] = [
    ("$MeshFormat", "$meshFormat", "not a Gmsh mesh file", 1),
    ("4.1 0 8", "4.0 0 8", "version '4.0'", 2), ("4.1 0 8", "4.1 1 8", "binary", 2),
    ("4.1 0 8", "4.1", "'$EndMeshFormat' stands where an integer is needed", 3),
    ("2\n1 7", "99999999\n1 7", "too short", 5), ("1 7 \"left side\"", "1 7 left", "double quotes", 6),
    ("$EndPhysicalNames", "$EndNames", "'$EndNames' stands where $EndPhysicalNames is needed", 8),
    ("1 2 1 0", "1 2 1000000000 0", "too short", 10), ("1 2 1 0", "1 2 -1 0", "not between", 10),
    ("0 1 0 1 7 2", "0 1 0 900 7 2", "too short", 12),
    ("2 5 1 40", "2 2147483647 1 40", "too short", 17), ("2 5 1 40", "2 6 1 40", "6 are announced", 29),
    ("2 5 1 40", "2 4 1 40", "more than the 4 nodes", 21), ("0 1 0 1\n1", "4 1 0 1\n1", "not between", 18),
    ("20\n3", "20\n20", "same number", 29), ("20\n3", "20\nx", "'x' stands where an integer", 23),
    ("20\n3", "20\n99999999999999999999", "too large", 23), ("1 0 0 0.5", "1 nan 0 0.5", "'nan' stands", 26),
    ("1 0 0 0.5", "1 inf 0 0.5", "'inf' stands", 26), ("1 0 0 0.5", "1 1e999 0 0.5", "not a finite", 26),
    ("1 0 0 0.5", "1 0x1 0 0.5", "'0x1' stands", 26), ("1 0 0 0.5", "1 1,5 0 0.5", "'1,5' stands", 26),
    ("2 3 1 3", "2 4 1 3", "3 elements, and 4", 40), ("2 3 1 3", "2 2 1 3", "more than the 2", 38),
    ("2 5 2 2", "2 5 99 2", "kind 99 are not known", 38), ("2 5 2 2", "2 5 4 2", "dimension 2", 38),
    ("2 5 2 2", "2 5 2 20000000", "too short", 38), ("1 20 3", "1 2 3", "node 2, which does not exist", 39),
    ("1 20 3", "1 -20 3", "node -20", 39), ("$EndElements", "", "the file ends before $EndElements", nil),
    ("$EndComment", "", "has no end", nil), ("$Comment", "Comment", "where a section should begin", 31),
    ("$Nodes\n", "$Nodez\n", "has no end", nil), ("$Elements\n", "$Elementz\n", "has no end", nil),
    ("2 5 1 40\n0 1 0 1\n1\n0 0 0\n2 5 1 4", "1 0 1 40\n2 5 1 0\n$EndNodes\n$X", "no nodes", nil),
  ]

  @Test("Every mistake is told with its line", arguments: mistakes.indices)
  func mistake(number: Int) throws {
    let (old, new, reason, line) = Self.mistakes[number]
    let place = try #require(Self.version4.range(of: old))
    let text = Self.version4.replacingCharacters(in: place, with: new)
    let error = #expect(throws: ExchangeError.self) { try Self.read(text) }
    #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
    if let line { #expect(error?.line == line, "\(error?.description ?? "")") }
    #expect(error?.path == "a.msh")
  }

  @Test("A file cut anywhere before its end mark is refused", arguments: [version4, version2])
  func truncated(text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.count - (text.hasSuffix("\n") ? 2 : 0)
    for length in 0..<(end - 0) where length < bytes.count - 1 {
      #expect(throws: ExchangeError.self, "\(length)") {
        try GmshFile(bytes: Array(bytes.prefix(length)), path: "cut.msh")
      }
    }
  }

  @Test("Mutated files are read or refused, and no crash follows", arguments: [version4, version2])
  func mutated(text: String) {
    let seed = Array(text.utf8)
    let stream = RandomStream(seed: 11, purpose: "mutated meshes")
    let trials = ProcessInfo.processInfo.environment["PARSEVAL_LONG_TESTS"] == nil ? 10_000 : 500_000
    var accepted = 0
    for trial in 0..<trials {
      do throws(ExchangeError) {
        let file = try GmshFile(bytes: Self.mutated(seed, stream, trial), path: "m.msh")
        let count = file.coordinates.shape[0]
        let isSound = file.blocks.allSatisfy { block in
          block.nodes.withUnsafeBuffer { $0.allSatisfy { $0 >= 0 && $0 < count } }
        }
        if !isSound || !file.coordinates.elements.allSatisfy(\.isFinite) {
          Issue.record("trial \(trial) gives wrong tables")
        }
        accepted += 1
      } catch {
        if error.reason.isEmpty { Issue.record("trial \(trial) gives no reason") }
      }
    }
    // Both ways are travelled: some mutations only touch coordinates or names.
    #expect(accepted > trials / 50 && accepted < trials * 3 / 4)
  }

  /// One to four changes: bits, bytes, words replaced by telling ones, pieces removed, doubled, cut off.
  private static func mutated(_ seed: [UInt8], _ stream: RandomStream, _ trial: Int) -> [UInt8] {
    let telling = [
      "0", "-1", "1", "2", "99999999999999999999999", "2147483647", "2147483648", "9223372036854775807",
      "-9223372036854775808", "1e308", "1e999", "nan", "", "$", "$Nodes", "$EndNodes", "15", "31", "\"", "\n",
      "4",
    ]
    var bytes = seed
    let first = stream.words(at: UInt64(trial) * 8)
    for change in 0..<Int(first.x % 4 + 1) {
      let words = stream.words(at: UInt64(trial) * 8 + 1 + UInt64(change))
      guard !bytes.isEmpty else { return bytes }
      let place = Int(words.x) % bytes.count
      switch words.y % 6 {
      case 0: bytes[place] ^= 1 << UInt8(words.z % 8)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: words.z)
      case 2, 3:
        // The word at this place.
        var (start, end) = (place, place)
        while start > 0, bytes[start - 1] > 0x20 { start -= 1 }
        while end < bytes.count, bytes[end] > 0x20 { end += 1 }
        bytes.replaceSubrange(start..<end, with: telling[Int(words.z) % telling.count].utf8)
      case 4:
        let end = min(bytes.count, place + Int(words.z % 30))
        if words.w % 2 == 0 {
          bytes.removeSubrange(place..<end)
        } else {
          bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        }
      default: if words.w % 4 == 0 { bytes = Array(bytes.prefix(place)) }
      }
    }
    return bytes
  }

  @Test("A file that is missing, a folder or too large is refused")
  func access() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ExchangeError.self) { try GmshFile(path: folder("none.msh")) }
    #expect(missing?.kind == .notFound)
    let directory = #expect(throws: ExchangeError.self) { try GmshFile(path: folder.path) }
    #expect(directory?.kind == .notARegularFile)
    try put(Array(Self.version4.utf8), to: folder("a.msh"))
    #expect(try GmshFile(path: folder("a.msh")).blocks.count == 2)
    let large = #expect(throws: ExchangeError.self) { try GmshFile(path: folder("a.msh"), memoryLimit: 100) }
    #expect(large?.kind == .tooLarge)
  }

  @Test(
    "Files that gmsh itself writes are read alike in both versions",
    .enabled(if: program("gmsh") != nil, "needs gmsh"), arguments: [1, 2])
  func writtenByGmsh(order: Int) throws {
    let folder = try TemporaryFolder()
    let script = """
      SetFactory("OpenCASCADE"); Box(1) = {0, 0, 0, 1, 1, 1}; Sphere(2) = {0, 0, 0, 0.5};
      v() = BooleanDifference{ Volume{1}; Delete; }{ Volume{2}; Delete; };
      Mesh.ElementOrder = \(order); Mesh.MeshSizeMax = 0.3;
      Physical Volume("body", 3) = {v()}; s() = Boundary{ Volume{v()}; };
      Physical Surface("skin", 8) = {s()};
      """
    try put(Array(script.utf8), to: folder("a.geo"))
    var files: [GmshFile] = []
    for format in ["msh22", "msh41"] {
      let arguments = [folder("a.geo"), "-3", "-nt", "1", "-format", format, "-o", folder(format)]
      try #require(try run(#require(program("gmsh")), arguments).code == 0)
      files.append(try GmshFile(path: folder(format)))
    }
    #expect(files[0].coordinates.count == files[1].coordinates.count)
    for number in [order == 1 ? 4 : 11, order == 1 ? 2 : 9] {
      func rows(_ file: GmshFile) -> Int {
        file.blocks.filter { $0.kind.number == number }.reduce(0) { $0 + $1.nodes.shape[0] }
      }
      #expect(rows(files[0]) == rows(files[1]) && rows(files[0]) > 50)
    }
    for file in files {
      #expect(Set(file.groupNames.map(\.name)) == ["body", "skin"])
      #expect(file.blocks.allSatisfy { $0.groups == ($0.kind.dimension == 3 ? [3] : [8]) })
    }
    let binary = [folder("a.geo"), "-3", "-nt", "1", "-format", "msh41", "-bin", "-o", folder("binary")]
    try #require(try run(#require(program("gmsh")), binary).code == 0)
    let error = #expect(throws: ExchangeError.self) { try GmshFile(path: folder("binary")) }
    #expect(error?.kind == .unsupportedFormat && error?.reason.contains("binary") == true)
    #expect(error?.hint?.contains("gmsh") == true)
  }
}
