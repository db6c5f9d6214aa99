import Differentiation
import Learning

/// `model: {type: fno}`.
struct FNOArchitecture: Architecture {
  let name = "fno"
  let summary = "Fourier neural operator: channels of the lowest modes are mixed mode by mode"
  let source = "Li et al., ICLR 2021"
  let canGrow = true
  var keys: [SettingKey] { FourierSettings.keys + BlockSettings.keys + [BlockSettings.form] }

  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer {
    try Self.network(settings, for: data, factorization: nil)
  }

  /// The network with dense spectral weights or such that are put together from factors.
  static func network(
    _ settings: Settings, for data: DataDescription, factorization: SpectralFactorization?
  ) throws(SettingError) -> any Layer {
    try FourierSettings.network(settings, for: data) { grid throws(SettingError) in
      let width = settings.integer("width")
      var network = FourierNeuralOperator(
        modes: try settings.integers("modes", axes: grid.placements.count), width: width,
        layers: settings.integer("layers"), projection: settings.integer("projection"), outputs: grid.outputs,
        activation: FourierSettings.activation(settings), coordinates: grid.placements, padding: grid.padding)
      network.repeats = settings.integer("repeats")
      network.form = FourierNeuralOperator.Form(rawValue: settings.text("block")) ?? .original
      network.block = try BlockSettings.applied(settings, to: network.block, on: grid)
      network.block.factorization = factorization
      return network
    }
  }
}
