import Differentiation
import Learning

/// Blocks that are identities at first and take part as their gates open.
struct GatedMLPKind: JetNetworkKind {
  let name = "gated-mlp"
  let summary =
    "Blocks of three layers between two encodings, x ← a·h + (1 − a)·x with a trained a that begins at 0."
  let source = "Wang, Li, Chen, Perdikaris, arXiv 2402.00326 (2024)"
  let settings: [SettingKey] = []

  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork {
    GatedMLP(
      width: settings.integer("width"), depth: settings.integer("depth"),
      activation: Activation(rawValue: settings.text("activation"))!,
      scale: JetLayer.Scale(rawValue: settings.text("scale"))!)
  }
}

struct GatedMLP: JetNetwork {
  var width: Int
  /// Blocks.
  var depth: Int
  var activation: Activation
  var scale: JetLayer.Scale

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    let layer = JetLayer(outputs: width, activation: activation, scale: scale)
    let u = tape.scope("encoders.0") { layer(x, on: tape) }
    let v = tape.scope("encoders.1") { layer(x, on: tape) }
    // Blocks add to what is as wide as they are.
    var jet = tape.scope("first") {
      JetLayer(outputs: width, activation: .identity, scale: scale)(x, on: tape)
    }
    for number in 0..<depth {
      jet = tape.scope("blocks.\(number)") {
        let f = tape.scope("0") { layer(jet, on: tape) }
        let g = tape.scope("1") { layer(tape.blend(f, u, v), on: tape) }
        let h = tape.scope("2") { layer(tape.blend(g, u, v), on: tape) }
        let gate = tape.parameter("gate", [1], role: .vector, initial: Initializer.zeros.fill(_:slot:seed:))
        let operation = JetGateOperation(jet, h, gate: gate, on: tape)
        tape.record(operation)
        return Jet(operation.outputs[0], x.shape)
      }
    }
    return tape.scope("result") {
      JetLayer(outputs: outputs, activation: .identity, scale: scale)(jet, on: tape)
    }
  }
}
