import Arrays
import Exchange

/// A small evolution on a grid, the layout that simulations write.
enum SampleFile {
  static let points = 6
  static let longText = String(repeating: "dt(u) = nu*lap(u)  # ν ∂²u/∂x²\n", count: 40_000)

  static var schema: NetCDFSchema {
    NetCDFSchema(
      dimensions: [.unlimited(name: "time"), NetCDFDimension(name: "x", length: points)],
      variables: [
        .coordinate(name: "time", units: "s", longName: "time", standardName: "time", axis: "T"),
        .coordinate(name: "x", units: "m", longName: "position", axis: "X"),
        .field(name: "u", dimensions: ["time", "x"], units: "K", longName: "temperature"),
        .field(name: "step", dimensions: ["time"], type: .int64),
        .field(name: "mask", dimensions: ["x"], type: .int32),
        .field(name: "coarse", dimensions: ["x"], type: .float),
      ],
      attributes: [
        NetCDFAttribute("title", .text("Wärme")), NetCDFAttribute("problem", .text(longText)),
        NetCDFAttribute("empty", .text("")), NetCDFAttribute("wall_seconds", .doubles([0])),
        NetCDFAttribute("numbers", .integers([1, -2, .max])),
      ])
  }

  static func value(_ record: Int, _ index: Int) -> Double { Double(record) + 1 / Double(index + 3) }

  static func record(_ number: Int) -> [String: NDArray<Double>] {
    [
      "time": NDArray(shape: [], [0.25 * Double(number)]), "step": NDArray(shape: [], [Double(number)]),
      "u": NDArray(shape: [points]) { value(number, $0) },
    ]
  }

  /// Opens a writer, with the coordinates written.
  static func start(_ path: String) throws -> NetCDFWriter {
    let writer = try NetCDFWriter(path: path, schema: schema)
    try writer.write(NDArray(shape: [points]) { Double($0) / 8 }, to: "x")
    try writer.write(NDArray(shape: [points]) { Double($0 % 2) }, to: "mask")
    try writer.write(NDArray(shape: [points]) { $0 == 0 ? .infinity : 1 / Double($0) }, to: "coarse")
    return writer
  }

  static func write(_ path: String, records: Int) throws {
    let writer = try start(path)
    for number in 0..<records { try writer.append(record(number)) }
    try writer.close()
  }

  /// The rows of `u` that a file should have.
  static func expected(records: Int) -> NDArray<Double> {
    NDArray(shape: [records, points]) { value($0 / points, $0 % points) }
  }
}
