import Arrays
import Exchange
import Foundation
import Testing

@Suite("VTK unstructured grids")
struct VTKMeshTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two cells of a kind with random points, a scalar, a plane vector, a single column and cell values.
  static func grid(_ kind: VTKUnstructuredGrid.CellKind, dimension: Int) -> VTKUnstructuredGrid {
    let count = 2 * kind.nodeCount - 1
    let stream = RandomStream(seed: 4, purpose: "grid")
    return VTKUnstructuredGrid(
      points: NDArray(shape: [count, dimension]) { stream.normals(at: UInt64($0)).x }, cellKind: kind,
      cells: NDArray(shape: [2, kind.nodeCount]) { Int32($0 < kind.nodeCount ? $0 : $0 - 1) },
      pointFields: [
        ("u", NDArray(shape: [count]) { Double($0) }),
        ("v<2>", NDArray(shape: [count, 2]) { Double($0) }),
        ("column", NDArray(shape: [count, 1]) { Double(-$0) }),
      ],
      cellFields: [
        ("quality", NDArray(shape: [2], [0.5, 0.25])), ("s", NDArray(shape: [2, 3]) { Double($0) }),
      ])
  }

  @Test(
    "Every array lies at its offset", arguments: VTKUnstructuredGrid.CellKind.allCases,
    [VTKImage.Precision.double, .float])
  func layout(kind: VTKUnstructuredGrid.CellKind, precision: VTKImage.Precision) throws {
    let grid = Self.grid(kind, dimension: 2)
    try grid.write(to: folder("a.vtu"), precision: precision)
    let file = try bytes(of: folder("a.vtu"))
    let text = String(decoding: file, as: UTF8.self)
    let mark = Array("<AppendedData encoding=\"raw\">\n_".utf8)
    let start = try #require(file.indices.first { file[$0...].starts(with: mark) }) + mark.count
    let tags = try text.matches(
      of: Regex(
        #"<DataArray type="(\w+)" Name="([^"]*)" NumberOfComponents="(\d)" format="appended" offset="(\d+)"/>"#
      )
    ).map { match in (1...4).map { String(match.output[$0].substring ?? "") } }
    #expect(
      tags.map { $0[1] } == [
        "Points", "connectivity", "offsets", "types", "u", "v&lt;2&gt;", "column", "quality", "s",
      ])
    #expect(tags.map { $0[2] } == ["3", "1", "1", "1", "1", "3", "1", "1", "3"])
    func block(_ number: Int) -> [Double] {
      file.withUnsafeBytes { raw in
        let place = start + Int(tags[number][3])!
        let length = Int(raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        func load<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
          (0..<length / MemoryLayout<Element>.size).map {
            raw.loadUnaligned(fromByteOffset: place + 8 + $0 * MemoryLayout<Element>.size, as: Element.self)
          }
        }
        return switch tags[number][0] {
        case "Float64": load(Double.self)
        case "Float32": load(Float.self).map { Double($0) }
        case "Int32": load(Int32.self).map { Double($0) }
        case "Int64": load(Int64.self).map { Double($0) }
        default: load(UInt8.self).map { Double($0) }
        }
      }
    }
    let count = grid.points.shape[0]
    let padded = (0..<count).flatMap { row -> [Double] in [grid.points[row, 0], grid.points[row, 1], 0] }
    #expect(block(0) == padded)
    #expect(block(1) == grid.cells.elements.map { Double($0) })
    #expect(block(2) == [Double(kind.nodeCount), Double(2 * kind.nodeCount)])
    #expect(block(3) == [Double(kind.rawValue), Double(kind.rawValue)])
    #expect(block(4) == (0..<count).map { Double($0) })
    let vectors = (0..<count).flatMap { row -> [Double] in [Double(2 * row), Double(2 * row + 1), 0] }
    #expect(block(5) == vectors)
    #expect(block(6) == (0..<count).map { Double(-$0) })
    #expect(block(7) == [0.5, 0.25])
    #expect(block(8) == [0, 1, 2, 3, 4, 5])
    #expect(text.hasSuffix("\n  </AppendedData>\n</VTKFile>\n"))
  }

  @Test("Tables that do not fit are refused")
  func refused() throws {
    let good = Self.grid(.triangle, dimension: 2)
    var grids: [VTKUnstructuredGrid] = []
    func bad(_ change: (inout VTKUnstructuredGrid) -> Void) {
      var grid = good
      change(&grid)
      grids.append(grid)
    }
    bad { $0.cells = NDArray(shape: [1, 3], [0, 1, 5]) }
    bad { $0.cells = NDArray(shape: [1, 3], [0, 1, -1]) }
    bad { $0.cells = NDArray(shape: [0, 3]) }
    bad { $0.cellKind = .tetrahedron }
    bad { $0.points = NDArray(shape: [5]) }
    bad { $0.points = NDArray(shape: [5, 4]) }
    bad { $0.pointFields = [("u", NDArray(shape: [4]))] }
    bad { $0.pointFields = [("u", NDArray(shape: [5, 0]))] }
    bad { $0.cellFields = [("u", NDArray(shape: [5]))] }
    for grid in grids {
      let error = #expect(throws: ExchangeError.self) { try grid.write(to: folder("x.vtu")) }
      #expect(error?.kind == .mismatch)
    }
    #expect(folder.names.isEmpty)
  }

  @Test(
    "VTK reads the files", .enabled(if: pythonWithVTK != nil, "needs a python3 that can import vtk"),
    arguments: VTKUnstructuredGrid.CellKind.allCases)
  func readByVTK(kind: VTKUnstructuredGrid.CellKind) throws {
    let grid = Self.grid(kind, dimension: 3)
    try grid.write(to: folder("a.vtu"))
    let script = """
      import sys, vtk
      from vtk.util.numpy_support import vtk_to_numpy
      r = vtk.vtkXMLUnstructuredGridReader(); r.SetFileName(sys.argv[1]); r.Update(); g = r.GetOutput()
      p, c = g.GetPointData(), g.GetCellData()
      print(g.GetNumberOfPoints(), g.GetNumberOfCells(), g.GetCellType(1), g.GetCell(1).GetNumberOfPoints(),
        g.GetCell(1).GetPointId(0), vtk_to_numpy(p.GetArray('v<2>'))[1].tolist(),
        vtk_to_numpy(c.GetArray('quality')).tolist(), repr(float(vtk_to_numpy(g.GetPoints().GetData())[1][2])))
      """
    let (code, text) = try run(#require(pythonWithVTK), ["-c", script, folder("a.vtu")])
    #expect(code == 0)
    let nodes = kind.nodeCount
    #expect(
      text
        == "\(2 * nodes - 1) 2 \(kind.rawValue) \(nodes) \(nodes - 1) [2.0, 3.0, 0.0] [0.5, 0.25] \(grid.points[1, 2])\n"
    )
  }
}

/// A Python interpreter with VTK: the one named by `PARSEVAL_PYTHON`, or `python3`.
private let pythonWithVTK: String? = {
  let named = ProcessInfo.processInfo.environment["PARSEVAL_PYTHON"]
  guard let python = named ?? program("python3") else { return nil }
  guard let (code, _) = try? run(python, ["-c", "import vtk"]), code == 0 else { return nil }
  return python
}()
