import Arrays
public import Differentiation
import Foundation

/// Random Fourier features of every point: `y = [sin(2π x·B), cos(2π x·B)]` with fixed normal numbers in B.
///
/// Takes (axes…, c) to (axes…, 2·`features`). B (c, `features`) has the standard deviation `scale` and is a function of the seed; it
/// is not trained.
///
/// Source: Tancik et al., Fourier features let networks learn high frequency functions in low dimensional domains, 2020.
public struct FourierFeatures: Layer, Codable, Hashable {
  public var features: Int
  public var scale: Double
  public var seed: UInt64

  public init(features: Int, scale: Double = 1, seed: UInt64 = 0) {
    precondition(features >= 1, "FourierFeatures: \(features) features are none")
    self.features = features
    self.scale = scale
    self.seed = seed
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let stream = RandomStream(seed: seed, purpose: "fourier features")
    let frequencies = (0..<x.channels * features).map {
      Scalar(2 * .pi * scale * stream.normals(at: UInt64($0 / 2))[$0 % 2])
    }
    let operation = WaveOperation(x, frequencies: frequencies, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}

/// Sines and cosines of a few numbers, such as a time: `sin(ω_i x)`, then `cos(ω_i x)`, with ω from 1 down to 1/`longest`.
///
/// Takes (axes…, c) to (axes…, 2·c·`frequencies`), for each channel its own; ω_i = longest^(−i/(frequencies − 1)), i from 0.
///
/// Source: Vaswani et al., Attention is all you need, 2017, section 3.5.
public struct SinusoidalEmbedding: Layer, Codable, Hashable {
  public var frequencies: Int
  /// The reciprocal of the lowest frequency.
  public var longest: Double

  public init(frequencies: Int, longest: Double = 10_000) {
    precondition(
      frequencies >= 1 && longest > 0, "SinusoidalEmbedding: \(frequencies) frequencies down to 1/\(longest)")
    self.frequencies = frequencies
    self.longest = longest
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let width = x.channels * frequencies
    var matrix = [Scalar](repeating: 0, count: x.channels * width)
    for channel in 0..<x.channels {
      for i in 0..<frequencies {
        let exponent = -Double(i) / Double(max(frequencies - 1, 1))
        matrix[channel * width + channel * frequencies + i] = Scalar(pow(longest, exponent))
      }
    }
    let operation = WaveOperation(x, frequencies: matrix, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
