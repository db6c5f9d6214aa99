import Arrays

/// Reads the sections of a Gmsh file.
struct GmshParser {
  var scanner: GmshScanner
  private let path: String
  private var version = ""
  var coordinates: NDArray<Double>?
  var blocks: [GmshFile.Block] = []
  private var names: [GmshFile.GroupName] = []
  /// Groups of each entity: one dictionary per dimension, filled by version 4.1 only.
  private var entityGroups: [[Int: [Int]]] = [[:], [:], [:], [:]]
  var nodeNumbers = GmshNodeNumbers()

  static func parse(_ bytes: [UInt8], path: String) throws(ExchangeError) -> GmshFile {
    var parser = GmshParser(scanner: GmshScanner(bytes, path: path), path: path)
    return try parser.file()
  }

  private init(scanner: GmshScanner, path: String) {
    self.scanner = scanner
    self.path = path
  }

  private mutating func file() throws(ExchangeError) -> GmshFile {
    guard let first = scanner.word(), Self.matches(first, "$MeshFormat") else {
      throw scanner.error("it is not a Gmsh mesh file: $MeshFormat is missing", .unsupportedFormat)
    }
    try format()
    while let section = scanner.word() {
      guard section.first == UInt8(ascii: "$") else {
        throw scanner.error("'\(GmshScanner.text(section))' stands where a section should begin")
      }
      try read(section)
    }
    guard let coordinates else { throw scanner.error("the section $Nodes is missing") }
    guard !blocks.isEmpty else { throw scanner.error("it has no elements") }
    return GmshFile(
      path: path, version: version, coordinates: coordinates, blocks: blocks, groupNames: names)
  }

  private mutating func read(_ section: ArraySlice<UInt8>) throws(ExchangeError) {
    let isNew = version == "4.1"
    switch String(decoding: section.prefix(40), as: UTF8.self) {
    case "$PhysicalNames": try physicalNames()
    case "$Entities" where isNew: try entities()
    case "$Nodes":
      guard coordinates == nil else { throw scanner.error("there is a second section $Nodes") }
      if isNew { try blockedNodes() } else { try listedNodes() }
      try end("$EndNodes")
    case "$Elements":
      guard coordinates != nil else { throw scanner.error("$Elements stands before $Nodes") }
      if isNew { try blockedElements() } else { try listedElements() }
      try end("$EndElements")
    default: try skip(section)
    }
  }

  private mutating func format() throws(ExchangeError) {
    let number = scanner.word().map { GmshScanner.text($0) } ?? ""
    guard number == "2.2" || number == "4.1" else {
      throw scanner.error(
        "version '\(number)' of Gmsh's format is not read, only 2.2 and 4.1 are", .unsupportedFormat,
        hint: "convert it with 'gmsh FILE -save -format msh41 -o NEW.msh'")
    }
    version = number
    guard try scanner.integer("file type") == 0 else {
      throw scanner.error(
        "it is a binary Gmsh file, and only text is read", .unsupportedFormat,
        hint: "convert it with 'gmsh FILE -save -format msh41 -o NEW.msh'")
    }
    _ = try scanner.integer("data size")
    try end("$EndMeshFormat")
  }

  private mutating func physicalNames() throws(ExchangeError) {
    let count = try self.count("number of physical names", bytesEach: 7)
    for _ in 0..<count {
      let dimension = try scanner.integer("dimension", in: 0...3)
      let group = try scanner.integer("physical group")
      let text = scanner.restOfLine()
      guard let open = text.firstIndex(of: UInt8(ascii: "\"")),
        let close = text.lastIndex(of: UInt8(ascii: "\"")), open < close,
        let name = String(validating: text[(open + 1)..<close], as: UTF8.self)
      else { throw scanner.error("a physical group has no name in double quotes") }
      names.append(.init(dimension: dimension, group: group, name: name))
    }
    try end("$EndPhysicalNames")
  }

  /// Which physical groups each entity belongs to; the rest of this section is not needed.
  private mutating func entities() throws(ExchangeError) {
    var counts: [Int] = []
    for _ in 0..<4 { counts.append(try count("number of entities", bytesEach: 8)) }
    for (dimension, count) in counts.enumerated() {
      for _ in 0..<count {
        let entity = try scanner.integer("entity")
        for _ in 0..<(dimension == 0 ? 3 : 6) { _ = try scanner.number("bound of an entity") }
        var groups: [Int] = []
        // Gmsh marks a reversed orientation by a minus sign.
        for _ in 0..<(try self.count("number of physical groups", bytesEach: 2)) {
          groups.append(abs(try scanner.integer("physical group", in: -Int(Int32.max)...Int(Int32.max))))
        }
        if dimension > 0 {
          for _ in 0..<(try self.count("number of bounding entities", bytesEach: 2)) {
            _ = try scanner.integer("bounding entity")
          }
        }
        entityGroups[dimension][entity] = groups
      }
    }
    try end("$EndEntities")
  }

  func groups(ofEntity entity: Int, dimension: Int) -> [Int] { entityGroups[dimension][entity] ?? [] }

  /// A count that the rest of the file can hold, at `bytesEach` bytes for each thing counted.
  mutating func count(_ what: StaticString, bytesEach: Int) throws(ExchangeError) -> Int {
    let count = try scanner.integer(what, in: 0...Int(Int32.max))
    guard count <= scanner.remaining / bytesEach + 1 else {
      throw scanner.error("the \(what) is \(count), and the file is too short for that")
    }
    return count
  }

  private mutating func end(_ mark: StaticString) throws(ExchangeError) {
    guard let word = scanner.word() else { throw scanner.error("the file ends before \(mark)") }
    guard Self.matches(word, mark) else {
      throw scanner.error("'\(GmshScanner.text(word))' stands where \(mark) is needed")
    }
  }

  private mutating func skip(_ section: ArraySlice<UInt8>) throws(ExchangeError) {
    let mark = Array("$End".utf8) + section.dropFirst()
    while let word = scanner.word() { if word.elementsEqual(mark) { return } }
    throw scanner.error("the section \(GmshScanner.text(section)) has no end")
  }

  private static func matches(_ word: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
    text.withUTF8Buffer { word.elementsEqual($0) }
  }
}

/// From the numbers that a file gives its nodes to their rows.
struct GmshNodeNumbers {
  /// Rows by number where numbers are nearly gapless, −1 for gaps.
  private var dense: [Int32] = []
  private var sparse: [Int: Int32] = [:]

  /// Takes the numbers of all nodes; false if two are equal.
  mutating func assign(_ numbers: [Int]) -> Bool {
    let largest = numbers.max() ?? 0
    if largest <= 4 * numbers.count + 1000 {
      dense = [Int32](repeating: -1, count: largest + 1)
      for (row, number) in numbers.enumerated() {
        guard dense[number] < 0 else { return false }
        dense[number] = Int32(row)
      }
      return true
    }
    sparse.reserveCapacity(numbers.count)
    for (row, number) in numbers.enumerated() {
      guard sparse.updateValue(Int32(row), forKey: number) == nil else { return false }
    }
    return true
  }

  /// The row of a node, or `nil` if there is none of that number.
  func row(_ number: Int) -> Int32? {
    guard dense.isEmpty else {
      return number >= 0 && number < dense.count && dense[number] >= 0 ? dense[number] : nil
    }
    return sparse[number]
  }
}
