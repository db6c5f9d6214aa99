import Differentiation
import Glibc
import Learning

/// The matrices of a spectral layer, one for each mode: dense, or put together from factors.
struct SpectralWeight {
  var modes: [Int]
  var bases: [AxisBasis]
  var inputs: Int
  var outputs: Int
  var initial: SpectralBlock.Initial
  var factorization: SpectralFactorization?

  /// Numbers of the axes of modes.
  private var lengths: [Int] {
    modes.indices.map { WeightAxis(modes: modes, axis: $0, bases: bases, points: []).length(modes[$0]) }
  }

  /// 2 for a real and an imaginary part, 1 where all axes are real.
  private var parts: Int { modes.indices.allSatisfy { $0 < bases.count && bases[$0].isReal } ? 1 : 2 }

  /// Records the weight: (modes, parts, inputs, outputs), shared by all samples.
  func record<Scalar: NetworkScalar>(on tape: Tape<Scalar>) -> Variable {
    let shape = [lengths.reduce(1, *), parts, inputs, outputs]
    guard let factorization else {
      return tape.parameter("spectral", shape, role: .spectral, initial: initializer.fill(_:slot:seed:))
    }
    return tape.derived("spectral") {
      tape.scope("spectral") {
        factorization.record(
          shape: lengths + (parts == 2 ? [2] : []) + [inputs, outputs], standardDeviation: deviation, on: tape
        )
      }
    }.reshaped(shape)
  }

  private var initializer: Initializer {
    switch initial {
    case .positive: .spectralUniform
    case .normal: parts == 2 ? .spectralNormal : .xavierNormal(gain: 1)
    }
  }

  /// The deviation of every number under `initial`.
  private var deviation: Double {
    switch initial {
    case .positive: 1 / (Double(inputs) * Double(outputs) * sqrt(12))
    case .normal: sqrt(2 / (Double(parts) * Double(inputs + outputs)))
    }
  }
}
