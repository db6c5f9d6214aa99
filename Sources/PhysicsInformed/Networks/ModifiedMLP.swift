import Differentiation
import Learning

/// Hidden layers that go between two encodings of the input.
struct ModifiedMLPKind: JetNetworkKind {
  let name = "modified-mlp"
  let summary = "Dense layers h whose results are h·U + (1 − h)·V, U and V layers of the input."
  let source = "Wang, Teng, Perdikaris, SIAM J. Sci. Comput. 43 (2021)"
  let settings: [SettingKey] = []

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    ModifiedMLP(hidden: JetLayer(settings), depth: settings.integer("depth"))
  }
}

struct ModifiedMLP: JetNetwork {
  var hidden: JetLayer
  var depth: Int

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    let u = tape.scope("encoders.0") { hidden(x, on: tape) }
    let v = tape.scope("encoders.1") { hidden(x, on: tape) }
    var jet = x
    for number in 0..<depth {
      let h = tape.scope("layers.\(number)") { hidden(jet, on: tape) }
      jet = tape.blend(h, u, v)
    }
    return tape.scope("result") {
      hidden.result(outputs: outputs)(jet, on: tape)
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
