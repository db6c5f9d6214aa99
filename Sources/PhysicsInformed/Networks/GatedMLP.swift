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
    GatedMLP(hidden: JetLayer(settings), depth: settings.integer("depth"))
  }
}

struct GatedMLP: JetNetwork {
  var hidden: JetLayer
  /// Blocks.
  var depth: Int

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet {
    let u = tape.scope("encoders.0") { hidden(x, on: tape) }
    let v = tape.scope("encoders.1") { hidden(x, on: tape) }
    // Blocks add to what is as wide as they are.
    var jet = tape.scope("first") {
      hidden.result(outputs: hidden.outputs)(x, on: tape)
    }
    for number in 0..<depth {
      jet = tape.scope("blocks.\(number)") {
        let f = tape.scope("0") { hidden(jet, on: tape) }
        let g = tape.scope("1") { hidden(tape.blend(f, u, v), on: tape) }
        let h = tape.scope("2") { hidden(tape.blend(g, u, v), on: tape) }
        let gate = tape.parameter("gate", [1], role: .vector, initial: Initializer.zeros.fill(_:slot:seed:))
        let operation = JetGateOperation(jet, h, gate: gate, on: tape)
        tape.record(operation)
        return Jet(operation.outputs[0], x.shape)
      }
    }
    return tape.scope("result") {
      hidden.result(outputs: outputs)(jet, on: tape)
    }
  }
}
