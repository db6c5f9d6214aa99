import Differentiation
import Learning

/// The settings of the layers of those operators that are made of `SpectralBlock`.
enum BlockSettings {
  static let keys: [SettingKey] = [
    SettingKey(
      "basis", .choice(["padded", "boundary"]), default: .text("padded"),
      "axes that are not periodic: prolonged by zeros, or expanded in sines where values are given at the ends, else in cosines"
    ),
    SettingKey(
      "activationSampling", .integer(1...4), default: .number(1),
      "how many times finer the grid is on which activations act, to cut off frequencies that the grid cannot hold"
    ),
    SettingKey(
      "norm", .choice(["none", "instance", "group", "batch"]), default: .text("none"),
      "what layers are normalised over: the points of a sample for every channel, points and channels together, or points and samples"
    ),
    SettingKey(
      "local", .boolean, default: .boolean(false),
      "a branch of differences between neighbours; axes that are not periodic need 'basis: boundary'"),
  ]

  static let form = SettingKey(
    "block", .choice(FourierNeuralOperator.Form.allCases.map(\.rawValue)), default: .text("original"),
    "original: two paths and an activation; modern: a perceptron and a gated skip behind them")

  static func applied(
    _ settings: Settings, to block: SpectralBlock, on grid: GridSettings
  ) throws(SettingError) -> SpectralBlock {
    var block = block
    block.initial = SpectralBlock.Initial(rawValue: settings.text("initial")) ?? .positive
    block.bases = grid.bases
    block.activationSampling = settings.integer("activationSampling")
    switch settings.text("norm") {
    case "instance": block.normalization = Normalization(.instance)
    case "group": block.normalization = Normalization(.groups(1))
    case "batch": block.normalization = Normalization(.batch)
    default: break
    }
    if settings.boolean("local") {
      guard zip(grid.placements, grid.bases).allSatisfy({ $0 == .periodic || $1.isReal }) else {
        throw SettingError(
          key: "local", message: "differences cannot cross the jump where an axis is prolonged by zeros",
          hint: "basis: boundary")
      }
      block.local = DifferenceStencil(grid.placements)
    }
    return block
  }
}
