public import Arrays

/// Fields on a uniform grid of one to three dimensions, as VTK XML image data (`.vti`).
///
/// The file opens in ParaView. Data are stored in appended raw blocks, little endian, with 64-bit
/// lengths (VTK file formats, XML, version 1.0).
public struct VTKImage: Sendable {
  /// The coordinates of the first point, one per axis.
  public var origin: [Double]
  /// The distance of neighbouring points, one per axis.
  public var spacing: [Double]
  /// Point data by name: row-major arrays, first axis x, all of one shape.
  public var fields: [(name: String, values: NDArray<Double>)]

  public init(origin: [Double], spacing: [Double], fields: [(name: String, values: NDArray<Double>)]) {
    self.origin = origin
    self.spacing = spacing
    self.fields = fields
  }

  /// The precision of the numbers in the file.
  public enum Precision: String, Sendable { case double = "Float64", float = "Float32" }

  /// Writes the file, atomically.
  ///
  /// Throws if there is no field, or the fields' shapes differ from each other or from the axes.
  public func write(to path: String, precision: Precision = .double) throws(ExchangeError) {
    guard let shape = fields.first?.values.shape else { throw .mismatch(path, "there is no field to write") }
    guard (1...3).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw .mismatch(path, "image data have one to three dimensions, not the shape \(shape)")
    }
    guard origin.count == shape.count, spacing.count == shape.count else {
      throw .mismatch(path, "origin and spacing must have \(shape.count) numbers")
    }
    for field in fields where field.values.shape != shape {
      throw .mismatch(
        path, "'\(field.name)' has shape \(field.values.shape), and '\(fields[0].name)' \(shape)")
    }
    let size = precision == .double ? 8 : 4
    let bytes = shape.reduce(1, *) * size
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      try file.write(Array(header(shape, precision, blockSize: 8 + bytes).utf8))
      for field in fields {
        let length = [UInt64(bytes).littleEndian]
        try length.withUnsafeBytes { Array($0) }.write(to: file)
        switch precision {
        case .double: try Self.reordered(field.values) { $0 }.write(to: file)
        case .float: try Self.reordered(field.values) { Float($0) }.write(to: file)
        }
      }
      try file.write(Array("\n  </AppendedData>\n</VTKFile>\n".utf8))
    }
  }

  private func header(_ shape: [Int], _ precision: Precision, blockSize: Int) -> String {
    let extent = (0..<3).map { "0 \($0 < shape.count ? shape[$0] - 1 : 0)" }.joined(separator: " ")
    func three(_ values: [Double], _ missing: Double) -> String {
      (0..<3).map { "\($0 < values.count ? values[$0] : missing)" }.joined(separator: " ")
    }
    let arrays = fields.enumerated().map { index, field in
      "        <DataArray type=\"\(precision.rawValue)\" Name=\"\(xmlEscaped(field.name))\" format=\"appended\""
        + " offset=\"\(index * blockSize)\"/>\n"
    }.joined()
    return """
      <?xml version="1.0"?>
      <VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
        <ImageData WholeExtent="\(extent)" Origin="\(three(origin, 0))" Spacing="\(three(spacing, 1))">
          <Piece Extent="\(extent)">
            <PointData Scalars="\(xmlEscaped(fields[0].name))">
      \(arrays)      </PointData>
          </Piece>
        </ImageData>
        <AppendedData encoding="raw">
      _
      """
  }

  /// VTK runs fastest along x, our arrays along the last axis.
  private static func reordered<Element>(
    _ values: NDArray<Double>, _ convert: (Double) -> Element
  ) -> [Element] {
    let lengths = values.shape + [Int](repeating: 1, count: 3 - values.shape.count)
    return values.withUnsafeBuffer { source in
      [Element](unsafeUninitializedCapacity: source.count) { target, count in
        for z in 0..<lengths[2] {
          for y in 0..<lengths[1] {
            for x in 0..<lengths[0] {
              target.initializeElement(
                at: (z * lengths[1] + y) * lengths[0] + x,
                to: convert(source[(x * lengths[1] + y) * lengths[2] + z]))
            }
          }
        }
        count = source.count
      }
    }
  }
}

extension Array where Element: BitwiseCopyable {
  fileprivate func write(to file: OutputFile) throws(ExchangeError) {
    let outcome: Result<Void, ExchangeError> = withUnsafeBufferPointer { elements in
      do throws(ExchangeError) { return .success(try file.write(elements: elements)) } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }
}

/// Text for an XML attribute.
///
/// Characters that XML cannot hold are dropped.
func xmlEscaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\u{FFFE}", "\u{FFFF}": break
    case _ where scalar.value < 0x20: if scalar == "\t" || scalar == "\n" { result += " " }
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
