import Differentiation
import Learning
import NeuralOperators
import Testing

/// Networks made from settings, and their sizes.
@Suite struct ArchitectureTests {
  private func network(
    _ name: String, _ given: [String: SettingValue], _ data: DataDescription
  ) throws -> any Layer {
    let kind = try #require(ArchitectureRegistry.architecture(named: name))
    return try kind.make(Settings(given, keys: kind.keys, of: name), for: data)
  }

  private func count(_ network: some Layer, input: [Int]) -> Int {
    let tape = Tape(ParameterStore<Float>(), capacity: 1)
    _ = network(tape.input(input), tape)
    return tape.store.layout.count
  }

  @Test(arguments: OperatorPresets.all.map(\.name)) func presetsHaveTheirPublishedSizes(_ name: String) throws
  {
    let preset = try #require(OperatorPresets.all.first { $0.name == name })
    let network = try preset.network()
    #expect(count(network, input: preset.data.grid + [preset.data.inputChannels]) == preset.parameters)
  }

  private let plane = DataDescription(
    grid: [12, 9], placements: [.periodic, .nodes], inputChannels: 2, outputChannels: 3, fields: 1,
    ends: [.periodic, .dirichlet])

  @Test(
    arguments: [
      ("fno", [:]), ("fno", ["block": .text("modern")]), ("fno", ["basis": .text("boundary")]),
      ("fno", ["basis": .text("boundary"), "local": .boolean(true), "activationSampling": .number(2)]),
      ("fno", ["basis": .text("boundary"), "time": .text("axis"), "block": .text("modern")]),
      ("tfno", ["factorization": .text("cp"), "rank": .number(0.3)]), ("tfno", ["block": .text("modern")]),
      ("tfno", ["factorization": .text("tt"), "time": .text("steps"), "basis": .text("boundary")]),
      ("fno", ["norm": .text("batch")]),
      ("fno", ["norm": .text("instance"), "block": .text("modern"), "activationSampling": .number(2)]),
      ("tfno", ["norm": .text("group"), "block": .text("modern"), "basis": .text("boundary")]),
      ("ffno", [:]),
    ] as [(String, [String: SettingValue])])
  func settingsMakeNetworks(_ name: String, _ settings: [String: SettingValue]) throws {
    let given = settings.merging(
      ["modes": .number(3), "width": .number(4), "layers": .number(2), "projection": .number(6)]) { a, _ in a
      }
    try check(network(name, given, plane), isNormalized: settings["norm"] == .text("instance"))
  }

  @Test func settingsMakeShapedNetworks() throws {
    let settings: [String: SettingValue] = [
      "width": .number(4), "projection": .number(6), "widths": .list([.number(4), .number(5), .number(4)]),
      "modes": .list([.number(3), .list([.number(2), .number(2)]), .number(3)]),
      "scalings": .list([.number(1), .number(0.5), .number(2)]),
    ]
    try check(network("uno", settings, plane))
    try check(network("uno", settings.merging(["basis": .text("boundary")]) { $1 }, plane))
    #expect(throws: SettingError.self) {
      _ = try network("uno", settings.merging(["scalings": .list([.number(1), .number(0.5)])]) { $1 }, plane)
    }
    #expect(throws: SettingError.self) {
      _ = try network("uno", settings.merging(["modes": .list([.number(1)])]) { $1 }, plane)
    }
  }

  private func check(_ network: some Layer, isNormalized: Bool = false) throws {
    let (tape, x, y, loss) = makeTape(network, input: plane.grid + [plane.inputChannels], samples: 2)
    #expect(y.shape == plane.grid + [plane.outputChannels])
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2, tries: 4)
    // A normalisation over points takes out what biases add, so that their gradients are rounding errors.
    let errors = check.errors.filter { !(isNormalized && $0.name.hasSuffix("bias")) }
    #expect(errors.allSatisfy { $0.relativeError < 1e-7 }, "\(errors)")
  }

  @Test func differencesNeedNoJumps() {
    #expect(throws: SettingError.self) {
      _ = try network("fno", ["modes": .number(3), "width": .number(4), "local": .boolean(true)], plane)
    }
  }

  /// The architecture has no path of its own: the same layers put together by hand take the same memory for the same parameters.
  @Test func presetsAreMadeOfPublicLayers() {
    let block = SpectralBlock(outputs: 8, modes: [4, 3], activation: .gelu)
    var last = block
    last.activation = .identity
    let own = Sequential([
      CoordinateChannels(), Dense(outputs: 8), block, last, Perceptron(hidden: 16, outputs: 1),
    ])
    let preset = FourierNeuralOperator(modes: [4, 3], width: 8, layers: 2, projection: 16)
    let tapes = [own as any Layer, preset].map { network in
      let tape = Tape(ParameterStore<Float>(), capacity: 2)
      let x = tape.input([16, 12, 1])
      tape.finish(results: [network(x, tape)])
      return tape
    }
    #expect(tapes[0].arenaCount == tapes[1].arenaCount)
    #expect(tapes[0].store.layout.slots.map(\.shape) == tapes[1].store.layout.slots.map(\.shape))
    #expect(tapes[0].operationCount == tapes[1].operationCount)
  }
}
