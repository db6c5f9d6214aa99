import Arrays
import Exchange
import Foundation
import Testing

@Suite("VTK files")
struct VTKTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Takes a file of ours apart: the XML before the data, and the numbers of each block.
  private func parsed(_ path: String, blocks: Int) throws -> (xml: String, fields: [[Double]]) {
    let file = try bytes(of: path)
    let mark = Array("<AppendedData encoding=\"raw\">".utf8)
    let at = try #require(file.indices.first { file[$0...].starts(with: mark) })
    var position = try #require(file[at...].firstIndex(of: UInt8(ascii: "_"))) + 1
    let xml = String(decoding: file[..<position], as: UTF8.self)
    let isDouble = xml.contains("Float64")
    var fields: [[Double]] = []
    for _ in 0..<blocks {
      let values: [Double] = file.withUnsafeBytes { raw in
        let length = Int(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let start = position + 8
        position = start + length
        return isDouble
          ? (0..<length / 8).map { raw.loadUnaligned(fromByteOffset: start + 8 * $0, as: Double.self) }
          : (0..<length / 4).map { Double(raw.loadUnaligned(fromByteOffset: start + 4 * $0, as: Float.self)) }
      }
      fields.append(values)
    }
    #expect(String(decoding: file[position...], as: UTF8.self) == "\n  </AppendedData>\n</VTKFile>\n")
    return (xml, fields)
  }

  @Test(
    "Points run along x first, and every field lies at its offset", arguments: [[4], [3, 4], [2, 3, 4]])
  func layout(shape: [Int]) throws {
    let lengths = shape + [Int](repeating: 1, count: 3 - shape.count)
    let field = NDArray(shape: shape) { Double($0) }
    let other = NDArray(shape: shape) { 100 + Double($0) }
    let image = VTKImage(
      origin: shape.map { _ in 0.5 }, spacing: shape.map { 1 / Double($0) },
      fields: [("u", field), ("a<b", other)])
    for precision in [VTKImage.Precision.double, .float] {
      try image.write(to: folder("a.vti"), precision: precision)
      let (xml, fields) = try parsed(folder("a.vti"), blocks: 2)
      let order = (0..<field.count).map { index in
        let (x, y, z) = (
          index % lengths[0], index / lengths[0] % lengths[1], index / (lengths[0] * lengths[1])
        )
        return Double((x * lengths[1] + y) * lengths[2] + z)
      }
      #expect(fields[0] == order)
      #expect(fields[1] == order.map { $0 + 100 })
      #expect(xml.contains("Name=\"a&lt;b\""))
      #expect(xml.contains("WholeExtent=\"\(lengths.map { "0 \($0 - 1)" }.joined(separator: " "))\""))
      #expect(xml.contains("offset=\"\(8 + field.count * (precision == .double ? 8 : 4))\""))
    }
  }

  @Test("Collections list files and times")
  func collection() throws {
    let collection = VTKCollection(entries: [
      .init(time: 0, file: "a&0.vti"), .init(time: 0.1, file: "a1.vti"),
    ])
    try collection.write(to: folder("a.pvd"))
    let text = String(decoding: try bytes(of: folder("a.pvd")), as: UTF8.self)
    #expect(text.contains("<DataSet timestep=\"0.0\" group=\"\" part=\"0\" file=\"a&amp;0.vti\"/>"))
    #expect(text.contains("timestep=\"0.1\""))
    #expect(text.hasSuffix("  </Collection>\n</VTKFile>\n"))
  }

  @Test("Fields that do not fit are refused")
  func refused() throws {
    func fails(_ origin: [Double], _ fields: [(name: String, values: NDArray<Double>)]) {
      let image = VTKImage(origin: origin, spacing: origin, fields: fields)
      #expect(throws: ExchangeError.self) { try image.write(to: folder("x.vti")) }
    }
    fails([1], [])
    fails([1], [("u", NDArray(shape: []))])
    fails([1], [("u", NDArray(shape: [0]))])
    fails([1], [("u", NDArray(shape: [2, 2]))])
    fails([1], [("u", NDArray(shape: [2])), ("v", NDArray(shape: [3]))])
    fails([1, 1, 1, 1], [("u", NDArray(shape: [1, 1, 1, 1]))])
    #expect(folder.names.isEmpty)
  }
}
