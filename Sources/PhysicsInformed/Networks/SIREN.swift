import Differentiation
import Learning

/// Sines in every layer.
struct SIRENKind: JetNetworkKind {
  let name = "siren"
  let summary = "Dense layers of sines, the first one at a multiple of the frequency."
  let source = "Sitzmann et al., NeurIPS 2020"
  let settings = [
    SettingKey(
      "omega", .number(0.01...1000), default: .number(5), "the frequency of the first layer of a siren")
  ]

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    SIREN(width: settings.integer("width"), depth: settings.integer("depth"), omega: settings.number("omega"))
  }
}

struct SIREN: JetNetwork {
  var width: Int
  var depth: Int
  var omega: Double

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    var jet = x
    for layer in 0..<depth {
      // Uniform on ± ω/inputs in the first layer, on ± √(6/inputs) in the others.
      let limit = layer == 0 ? omega / Double(jet.width) : (6 / Double(jet.width)).squareRoot()
      jet = tape.scope("layers.\(layer)") {
        JetLayer(outputs: width, activation: .sine, initializer: .uniform(limit: limit))(jet, on: tape)
      }
    }
    let limit = (6 / Double(width)).squareRoot()
    return tape.scope("result") {
      JetLayer(outputs: outputs, activation: .identity, initializer: .uniform(limit: limit))(jet, on: tape)
    }
  }
}
