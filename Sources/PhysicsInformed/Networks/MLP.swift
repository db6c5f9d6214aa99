import Differentiation
import Learning

/// A multilayer perceptron: dense layers one after the other.
struct MLPKind: JetNetworkKind {
  let name = "mlp"
  let summary = "Dense layers, each followed by the activation but the last."
  let source = "Raissi, Perdikaris, Karniadakis, J. Comput. Phys. 378 (2019)"
  let settings: [SettingKey] = []

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    MLP(
      width: settings.integer("width"), depth: settings.integer("depth"),
      activation: Activation(rawValue: settings.text("activation"))!,
      scale: JetLayer.Scale(rawValue: settings.text("scale"))!)
  }
}

struct MLP: JetNetwork {
  var width: Int
  var depth: Int
  var activation: Activation
  var scale = JetLayer.Scale.none

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    var jet = x
    for layer in 0..<depth {
      jet = tape.scope("layers.\(layer)") {
        JetLayer(outputs: width, activation: activation, scale: scale)(jet, on: tape)
      }
    }
    return tape.scope("result") {
      JetLayer(outputs: outputs, activation: .identity, scale: scale)(jet, on: tape)
    }
  }
}
