import Arrays
import Exchange
import Testing

/// Trainings on files of others whose variables may be no frames of each other.
@Suite struct ForeignFrameTests {
  /// A network that goes on from its own answers needs them among its inputs.
  @Test func fieldsThatAreNoFramesAreNotRolledOut() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let names = ["a", "u", "v"]
    let writer = try NetCDFWriter(
      path: tool.path("pairs.nc"),
      schema: NetCDFSchema(
        dimensions: [
          NetCDFDimension(name: "s", length: 20), NetCDFDimension(name: "x", length: 8),
          NetCDFDimension(name: "y", length: 8),
        ], variables: names.map { .field(name: $0, dimensions: ["s", "x", "y"]) }))
    for name in names {
      try writer.write(NDArray<Double>(shape: [20, 8, 8]) { Double($0 % 7 + 1) }, to: name)
    }
    try writer.close()
    try tool.writePairsProblem(
      points: (8, 8), model: "{type: fno, modes: 2, width: 4, time: steps}", training: "{epochs: 1}",
      file: "pairs.nc", split: 0.2)
    for (input, output, status) in [("a", "[u, v]", 65), ("[u, v]", "[u, v]", 0), ("a", "u", 0)]
      as [(
        String, String, Int32
      )]
    {
      let result = try tool.run(
        "train", "pairs.yaml", "-o", "run", "--overwrite", "--no-baselines", "--quiet", "--set",
        "data.layout={input: \(input), output: \(output)}")
      #expect(result.status == status, "\(input) to \(output): \(result.errors)")
      if status != 0 { #expect(result.errors.contains("earlier frames of the outputs"), "\(result.errors)") }
    }
  }
}
