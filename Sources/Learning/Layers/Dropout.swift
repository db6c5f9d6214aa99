public import Differentiation

/// In training, sets each number to zero with a probability and divides the others by what is left of it: `y = x·m/(1 − rate)`.
///
/// Takes any shape to the same; outside training y is x. Which numbers are dropped is a function of the seed, the layer's name, the
/// tape's step and the number of the sample, so that it depends on neither threads nor chunks.
///
/// Source: Srivastava et al., Dropout, Journal of Machine Learning Research 15 (2014).
public struct Dropout: Layer, Codable, Hashable {
  public var rate: Double
  public var seed: UInt64

  /// - Precondition: `rate` is at least 0 and below 1.
  public init(rate: Double, seed: UInt64 = 0) {
    precondition((0..<1).contains(rate), "Dropout: the rate \(rate) must be from 0 to below 1")
    self.rate = rate
    self.seed = seed
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let operation = DropoutOperation(x, rate: rate, seed: seed, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
