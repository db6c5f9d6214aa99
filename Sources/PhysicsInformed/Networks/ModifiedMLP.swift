import Differentiation
import Learning

/// Hidden layers that go between two encodings of the input.
struct ModifiedMLPKind: JetNetworkKind {
  let name = "modified-mlp"
  let summary = "Dense layers h whose results are h·U + (1 − h)·V, U and V layers of the input."
  let source = "Wang, Teng, Perdikaris, SIAM J. Sci. Comput. 43 (2021)"
  let settings: [SettingKey] = []

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    ModifiedMLP(
      width: settings.integer("width"), depth: settings.integer("depth"),
      activation: Activation(rawValue: settings.text("activation"))!,
      scale: JetLayer.Scale(rawValue: settings.text("scale"))!)
  }
}

struct ModifiedMLP: JetNetwork {
  var width: Int
  var depth: Int
  var activation: Activation
  var scale: JetLayer.Scale

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    let layer = JetLayer(outputs: width, activation: activation, scale: scale)
    let u = tape.scope("encoders.0") { layer(x, on: tape) }
    let v = tape.scope("encoders.1") { layer(x, on: tape) }
    var jet = x
    for number in 0..<depth {
      let h = tape.scope("layers.\(number)") { layer(jet, on: tape) }
      jet = tape.blend(h, u, v)
    }
    return tape.scope("result") {
      JetLayer(outputs: outputs, activation: .identity, scale: scale)(jet, on: tape)
    }
  }
}

extension Tape {
  /// `h·u + (1 − h)·v = v + h·(u − v)`.
  func blend(_ h: Jet, _ u: Jet, _ v: Jet) -> Jet {
    let difference = JetCombinationOperation([(u, 1), (v, -1)], on: self)
    record(difference)
    let product = JetProductOperation(h, Jet(difference.outputs[0], h.shape), on: self)
    record(product)
    let sum = JetCombinationOperation([(Jet(product.outputs[0], h.shape), 1), (v, 1)], on: self)
    record(sum)
    return Jet(sum.outputs[0], h.shape)
  }
}
