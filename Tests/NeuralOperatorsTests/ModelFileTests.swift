import Arrays
import Differentiation
import Exchange
import Foundation
import Learning
import NeuralOperators
import Testing

@Suite struct ModelFileTests {
  private func header(_ architecture: String, _ settings: [String: SettingValue]) -> ModelHeader {
    ModelHeader(
      architecture: architecture, settings: settings,
      data: DataDescription(
        grid: [24, 20], placements: [.periodic, .cells], inputChannels: 2, outputChannels: 3,
        ends: [.periodic, .dirichlet]),
      inputNormalizer: Normalizer(kind: .channel, means: [1, 2], deviations: [3, 4]),
      outputNormalizer: Normalizer(kind: .scalar, means: [0.5], deviations: [2]), precision: "float",
      inputs: ["a", "b"], outputs: ["u(t=1)", "u(t=2)", "u(t=3)"], axes: ["x", "y"], problem: "some",
      statement: "text", recipe: "one", provenance: Provenance(problem: "text"))
  }

  private static let models: [(String, [String: SettingValue])] = [
    ("fno", ["modes": .number(3), "width": .number(4), "layers": .number(2), "projection": .number(5)]),
    (
      "fno",
      [
        "modes": .list([.number(3), .number(2), .number(2)]), "width": .number(4), "time": .text("axis"),
        "norm": .text("batch"),
      ]
    ),
    ("tfno", ["modes": .number(3), "width": .number(4), "rank": .number(0.4)]),
    ("ffno", ["modes": .number(3), "width": .number(4), "time": .text("channels")]),
    ("fno", ["modes": .number(3), "width": .number(4), "basis": .text("boundary"), "local": .boolean(true)]),
  ]

  private func model(_ number: Int) throws -> OperatorModel<Float> {
    let (architecture, settings) = Self.models[number]
    let header = header(architecture, settings)
    let store = ParameterStore<Float>()
    let tape = Tape(store, capacity: 1, differentiates: false)
    _ = try header.makeNetwork()(tape.input([24, 20, 2]), tape)
    store.initialize(seed: 4)
    return OperatorModel(header: header, store: store)
  }

  private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  @Test(arguments: models.indices) func comesBackAsItWas(_ number: Int) throws {
    try withFolder { folder in
      let model = try model(number)
      try model.save(to: folder + "/m")
      let again = try OperatorModel<Float>(path: folder + "/m")
      #expect(again.header == model.header)
      #expect(again.store.values.buffer.elementsEqual(model.store.values.buffer))
      let input = NDArray<Float>(shape: [2, 24, 20, 2]) { Float($0 % 17) }
      let data = ArrayData(inputs: input, targets: NDArray(shape: [2, 24, 20, 3]))
      let workers = Workers(count: 1)
      let one = try OperatorInference(model, workers: workers).predictions(on: data)
      let other = try OperatorInference(again, workers: workers).predictions(on: data)
      #expect(one.predicted == other.predicted)
      #expect(one.predicted.elements.contains { $0 != 0 })
    }
  }

  /// A grid that does not hold all modes of the weights: how many it leaves out is known.
  @Test func unreachableModesAreCounted() throws {
    let model = try model(0)
    let workers = Workers(count: 1)
    #expect(try OperatorInference(model, workers: workers).droppedModes == 0)
    // Three modes want seven points: of four, frequencies 0 and ±1 are left, 0 and 1 on the last axis with its padding.
    let coarse = try OperatorInference(model, grid: [4, 4], workers: workers)
    #expect(coarse.droppedModes > 0)
    #expect(throws: SettingError.self) { try OperatorInference(model, grid: [4], workers: workers) }
  }

  @Test func dataOfOtherChannelsOrGridsAreRefused() throws {
    let inference = try OperatorInference(try model(0), workers: Workers(count: 1))
    for shape in [[1, 24, 20, 1], [1, 24, 21, 2]] {
      let data = ArrayData(
        inputs: NDArray(shape: shape), targets: NDArray(shape: Array(shape.dropLast()) + [3]))
      #expect(throws: LearningError.self) { try inference.predictions(on: data) }
    }
  }

  /// Whatever stands in a header, the file is read or refused.
  @Test func hostileHeaders() throws {
    let inputs = ProcessInfo.processInfo.environment["PARSEVAL_LONG_TESTS"] == nil ? 6_000 : 1_000_000
    try withFolder { folder in
      var seeds: [[UInt8]] = []
      for number in Self.models.indices {
        try model(number).save(to: folder + "/m")
        seeds.append(Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/m"))))
      }
      var random = SystemRandomNumberGenerator()
      let words = [
        "0", "-1", "1e9", "99999999999999999999", "1048576", "4096", "64", "null", "[]", "{}", "true",
      ]
      var read = 0
      for index in 0..<inputs {
        var bytes = seeds[index % seeds.count]
        let length = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        var header = Array(bytes[8..<8 + length])
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<header.count, using: &random)
          if Bool.random(using: &random) {
            header[place] = UInt8.random(in: 32...126, using: &random)
          } else if let digit = header[place...].firstIndex(where: { (48...57).contains($0) }) {
            let end = header[digit...].firstIndex { !(48...57).contains($0) && $0 != 46 } ?? header.count
            header.replaceSubrange(digit..<end, with: Array(words.randomElement(using: &random)!.utf8))
          }
        }
        bytes =
          withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
          + bytes[(8 + length)...]
        do {
          _ = try OperatorModel<Float>(try SafetensorsFile(bytes: bytes, path: "hostile"))
          read += 1
        } catch is ExchangeError {}
      }
      // Changes of texts and of numbers that do not matter are read.
      #expect(read > 0 && read < inputs)
    }
  }
}
