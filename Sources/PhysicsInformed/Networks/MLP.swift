import Differentiation
import Learning

/// A multilayer perceptron: dense layers one after the other.
struct MLPKind: JetNetworkKind {
  let name = "mlp"
  let summary = "Dense layers, each followed by the activation but the last."
  let source = "Raissi, Perdikaris, Karniadakis, J. Comput. Phys. 378 (2019)"
  let settings: [SettingKey] = []

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    MLP(hidden: JetLayer(settings), depth: settings.integer("depth"))
  }
}

struct MLP: JetNetwork {
  var hidden: JetLayer
  var depth: Int

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    var jet = x
    for layer in 0..<depth {
      jet = tape.scope("layers.\(layer)") {
        hidden(jet, on: tape)
      }
    }
    return tape.scope("result") {
      hidden.result(outputs: outputs)(jet, on: tape)
    }
  }
}
