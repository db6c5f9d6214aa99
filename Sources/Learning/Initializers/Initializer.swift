import Arrays
package import Differentiation

/// How the first values of a parameter are drawn: a function of the seed and of the parameter's name.
package enum Initializer: Sendable, Hashable {
  case constant(Double)
  case uniform(bound: Double)
  /// Uniform from 0 to a number: what the first Fourier neural operators began with.
  case positiveUniform(bound: Double)
  case normal(deviation: Double)

  package func fill<Scalar: NetworkScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ slot: ParameterSlot, _ seed: UInt64
  ) {
    let stream = RandomStream(seed: seed, purpose: "parameter " + slot.name)
    for index in values.indices {
      let position = UInt64(index / 2)
      switch self {
      case .constant(let value): values[index] = Scalar(value)
      case .uniform(let bound):
        values[index] = Scalar(bound * (2 * stream.uniforms(at: position)[index % 2] - 1))
      case .positiveUniform(let bound):
        values[index] = Scalar(bound * stream.uniforms(at: position)[index % 2])
      case .normal(let deviation): values[index] = Scalar(deviation * stream.normals(at: position)[index % 2])
      }
    }
  }
}
