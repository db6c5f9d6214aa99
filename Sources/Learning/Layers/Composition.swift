public import Differentiation

/// A layer with a path around it: `y = layer(x) + skip(x)`, where the skip is x itself unless given.
///
/// Both must give the same shape. Names: `main` and `skip`.
public struct Residual: Layer {
  public var layer: any Layer
  public var skip: (any Layer)?

  public init(_ layer: any Layer, skip: (any Layer)? = nil) {
    self.layer = layer
    self.skip = skip
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let main = tape.scope("main") { layer(x, tape) }
    let around = skip.map { skip in tape.scope("skip") { skip(x, tape) } } ?? x
    let sum = AddOperation(main, around, on: tape)
    tape.record(sum)
    return sum.outputs[0]
  }
}

/// The sum of what several layers make of the same input, named `0`, `1`, ….
public struct Parallel: Layer {
  public var layers: [any Layer]

  public init(_ layers: [any Layer]) {
    precondition(!layers.isEmpty, "Parallel: there must be a layer")
    self.layers = layers
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    var result: Variable?
    for (number, layer) in layers.enumerated() {
      let y = tape.scope("\(number)") { layer(x, tape) }
      guard let before = result else {
        result = y
        continue
      }
      let sum = AddOperation(before, y, on: tape)
      tape.record(sum)
      result = sum.outputs[0]
    }
    return result!
  }
}
