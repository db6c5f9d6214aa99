public import Arrays

/// Fields on a mesh of simplices, as VTK XML unstructured grid (`.vtu`).
///
/// The file opens in ParaView. Data are stored in appended raw blocks, little endian, with 64-bit lengths (VTK
/// file formats, XML, version 1.0).
public struct VTKUnstructuredGrid: Sendable {
  /// VTK's numbers of the cells; quadratic ones have their vertices first, then the middles of the edges
  /// (0,1) (1,2) (2,0) (0,3) (1,3) (2,3) as far as they exist.
  public enum CellKind: UInt8, Sendable, CaseIterable {
    case line = 3
    case triangle = 5
    case tetrahedron = 10
    case quadraticLine = 21
    case quadraticTriangle = 22
    case quadraticTetrahedron = 24

    public var nodeCount: Int {
      switch self {
      case .line: 2
      case .triangle, .quadraticLine: 3
      case .tetrahedron: 4
      case .quadraticTriangle: 6
      case .quadraticTetrahedron: 10
      }
    }
  }
  /// Values by name: one row per point or cell, with one or several components.
  public typealias Field = (name: String, values: NDArray<Double>)

  /// Points × one to three coordinates.
  public var points: NDArray<Double>
  public var cellKind: CellKind
  /// Cells × points.
  public var cells: NDArray<Int32>
  public var pointFields: [Field]
  public var cellFields: [Field]

  public init(
    points: NDArray<Double>, cellKind: CellKind, cells: NDArray<Int32>, pointFields: [Field] = [],
    cellFields: [Field] = []
  ) {
    self.points = points
    self.cellKind = cellKind
    self.cells = cells
    self.pointFields = pointFields
    self.cellFields = cellFields
  }

  /// Writes the file, atomically.
  ///
  /// Two components become three with a zero, as VTK wants vectors. Throws if shapes do not fit or a cell has a
  /// point that does not exist.
  public func write(
    to path: String, precision: VTKImage.Precision = .double
  ) throws(ExchangeError) {
    try check(path)
    let (pointCount, cellCount) = (points.shape[0], cells.shape[0])
    var layout = VTKAppendedLayout()
    let coordinates = layout.array("Float64", "Points", components: 3, rows: pointCount)
    let connectivity = layout.array("Int32", "connectivity", components: 1, rows: cells.count)
    let offsets = layout.array("Int64", "offsets", components: 1, rows: cellCount)
    let types = layout.array("UInt8", "types", components: 1, rows: cellCount)
    func tags(_ fields: [Field]) -> [String] {
      fields.map { field in
        layout.array(
          precision.rawValue, field.name, components: Self.components(field.values),
          rows: field.values.shape[0])
      }
    }
    let (pointTags, cellTags) = (tags(pointFields), tags(cellFields))
    let header = """
      <?xml version="1.0"?>
      <VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">
        <UnstructuredGrid>
          <Piece NumberOfPoints="\(pointCount)" NumberOfCells="\(cellCount)">
            <Points>\(coordinates)</Points>
            <Cells>\(connectivity)\(offsets)\(types)</Cells>
            <PointData>\(pointTags.joined())</PointData>
            <CellData>\(cellTags.joined())</CellData>
          </Piece>
        </UnstructuredGrid>
        <AppendedData encoding="raw">
      _
      """
    let width = cells.shape[1]
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      try file.write(Array(header.utf8))
      try VTKAppendedLayout.write(Self.padded(points, from: 1) { $0 }, to: file)
      try VTKAppendedLayout.write(cells.elements, to: file)
      try VTKAppendedLayout.write((1...max(cellCount, 1)).map { Int64($0 * width) }, to: file)
      try VTKAppendedLayout.write([UInt8](repeating: cellKind.rawValue, count: cellCount), to: file)
      for field in pointFields + cellFields {
        switch precision {
        case .double: try VTKAppendedLayout.write(Self.padded(field.values, from: 2) { $0 }, to: file)
        case .float: try VTKAppendedLayout.write(Self.padded(field.values, from: 2) { Float($0) }, to: file)
        }
      }
      try file.write(Array("\n  </AppendedData>\n</VTKFile>\n".utf8))
    }
  }

  private func check(_ path: String) throws(ExchangeError) {
    guard points.shape.count == 2, (1...3).contains(points.shape[1]), points.shape[0] > 0 else {
      throw .mismatch(path, "points of shape \(points.shape) are not points in space")
    }
    guard cells.shape.count == 2, cells.shape[1] == cellKind.nodeCount, cells.shape[0] > 0 else {
      throw .mismatch(path, "cells of shape \(cells.shape) do not have \(cellKind.nodeCount) points each")
    }
    let count = points.shape[0]
    guard cells.withUnsafeBuffer({ $0.allSatisfy { $0 >= 0 && $0 < count } }) else {
      throw .mismatch(path, "a cell has a point that does not exist")
    }
    for (fields, rows, what) in [(pointFields, count, "points"), (cellFields, cells.shape[0], "cells")] {
      for field in fields {
        let shape = field.values.shape
        guard shape.count == 1 || shape.count == 2, shape[0] == rows, shape.count < 2 || shape[1] > 0 else {
          throw .mismatch(path, "'\(field.name)' has shape \(shape), and there are \(rows) \(what)")
        }
      }
    }
  }

  /// How many components a field has in the file.
  private static func components(_ values: NDArray<Double>) -> Int {
    guard values.shape.count == 2 else { return 1 }
    return values.shape[1] == 2 ? 3 : values.shape[1]
  }

  /// Rows of numbers; those of at least `least` and less than three are filled up with zeros.
  private static func padded<Element>(
    _ values: NDArray<Double>, from least: Int, _ convert: (Double) -> Element
  ) -> [Element] {
    let width = values.shape.count == 2 ? values.shape[1] : 0
    guard width >= least, width < 3 else { return values.elements.map(convert) }
    return values.withUnsafeBuffer { source in
      var result: [Element] = []
      result.reserveCapacity(3 * values.shape[0])
      for row in 0..<values.shape[0] {
        for column in 0..<3 { result.append(convert(column < width ? source[row * width + column] : 0)) }
      }
      return result
    }
  }
}

/// Where the blocks of a VTK file with appended data lie.
struct VTKAppendedLayout {
  private var offset = 0

  /// The element that announces an array, whose block comes next.
  mutating func array(_ type: String, _ name: String, components: Int, rows: Int) -> String {
    let size = type == "UInt8" ? 1 : type.hasSuffix("32") ? 4 : 8
    defer { offset += 8 + size * components * rows }
    return "<DataArray type=\"\(type)\" Name=\"\(xmlEscaped(name))\" NumberOfComponents=\"\(components)\""
      + " format=\"appended\" offset=\"\(offset)\"/>"
  }

  /// Writes a block: its length in bytes, then its elements.
  static func write<Element: BitwiseCopyable>(
    _ values: [Element], to file: OutputFile
  ) throws(ExchangeError) {
    try file.write(
      withUnsafeBytes(of: UInt64(values.count * MemoryLayout<Element>.stride).littleEndian) { Array($0) })
    let outcome: Result<Void, ExchangeError> = values.withUnsafeBufferPointer { elements in
      do throws(ExchangeError) { return .success(try file.write(elements: elements)) } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }
}
