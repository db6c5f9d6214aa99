import Differentiation
import Learning

/// `model: {type: ffno}`.
struct FFNOArchitecture: Architecture {
  let name = "ffno"
  let summary = "factorised Fourier neural operator: Fourier layers along each axis by itself, few weights"
  let source = "Tran, Mathews, Xie, Ong, ICLR 2023"
  var keys: [SettingKey] {
    FourierSettings.keys.filter { $0.name != "initial" } + [
      SettingKey(
        "expansion", .integer(1...64), default: .number(2),
        "hidden channels of each layer's perceptron over the width")
    ]
  }

  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer {
    try FourierSettings.network(settings, for: data) { grid throws(SettingError) in
      var network = FactorizedOperator(
        modes: try settings.integers("modes", axes: grid.placements.count), width: settings.integer("width"),
        layers: settings.integer("layers"), expansion: settings.integer("expansion"),
        projection: settings.integer("projection"), outputs: grid.outputs,
        activation: FourierSettings.activation(settings), coordinates: grid.placements, padding: grid.padding)
      network.repeats = settings.integer("repeats")
      return network
    }
  }
}
