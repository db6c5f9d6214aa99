import Learning

extension Layer {
  /// The Fourier neural operator that this is, or that lies within normalisation, roll-outs and the like.
  var fourierOperator: FourierNeuralOperator? {
    var found: FourierNeuralOperator?
    _ = changingFourierOperator { found = $0 }
    return found
  }

  /// The same network with its Fourier neural operator changed; `nil` if it has none.
  func changingFourierOperator(_ change: (inout FourierNeuralOperator) -> Void) -> (any Layer)? {
    func within<Outer: Layer>(_ outer: Outer, _ inner: WritableKeyPath<Outer, any Layer>) -> (any Layer)? {
      guard let changed = outer[keyPath: inner].changingFourierOperator(change) else { return nil }
      var outer = outer
      outer[keyPath: inner] = changed
      return outer
    }
    switch self {
    case var network as FourierNeuralOperator:
      change(&network)
      return network
    case let outer as NormalizedNetwork: return within(outer, \.network)
    case let outer as NoisyInput: return within(outer, \.network)
    case let outer as SpaceTime: return within(outer, \.network)
    case let outer as RollOut: return within(outer, \.network)
    case let outer as Symmetrized: return within(outer, \.network)
    default: return nil
    }
  }
}
