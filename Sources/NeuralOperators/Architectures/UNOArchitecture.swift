import Differentiation
import Learning

/// `model: {type: uno}`.
struct UNOArchitecture: Architecture {
  let name = "uno"
  let summary = "U-shaped neural operator: Fourier layers on coarser grids and back, with skips between them"
  let source = "Rahman, Ross, Azizzadenesheli, TMLR 2023"
  var keys: [SettingKey] {
    FourierSettings.keys.filter { !["modes", "layers", "repeats", "initial"].contains($0.name) }
      + BlockSettings.keys + [
        FourierSettings.initial(.normal),
        SettingKey("widths", .integerTable(1...4096), "channels of each layer"),
        SettingKey(
          "modes", .integerTable(1...4096),
          "modes of each layer: one number for all axes, or a list of one for each"),
        SettingKey(
          "scalings", .numbers(0.01...100),
          "points of each layer's grid over those of the one before, along every axis; they multiply to 1"),
      ]
  }

  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer {
    try FourierSettings.network(settings, for: data) { grid throws(SettingError) in
      let scalings = settings.numbers("scalings")
      guard !scalings.isEmpty, abs(scalings.reduce(1, *) - 1) < 1e-9 else {
        throw SettingError(
          key: "scalings", message: "the scalings \(scalings) must multiply to 1",
          hint: "such as [1, 0.5, 1, 2, 1]")
      }
      let widths = try settings.integerRows("widths", layers: scalings.count, axes: 1)
      let modes = try settings.integerRows("modes", layers: scalings.count, axes: grid.placements.count)
      var network = UShapedOperator(
        levels: scalings.indices.map { .init(width: widths[$0][0], modes: modes[$0], scaling: scalings[$0]) },
        width: settings.integer("width"), projection: settings.integer("projection"), outputs: grid.outputs,
        activation: FourierSettings.activation(settings), coordinates: grid.placements, padding: grid.padding)
      network.block = try BlockSettings.applied(settings, to: network.block, on: grid)
      return network
    }
  }
}
