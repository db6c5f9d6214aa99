public import Learning

/// A network of which only some modes may be in use.
public protocol ModeLimited: Layer {
  /// The modes of its weights, per axis of its spectral layers.
  var modes: [Int] { get }
  /// The same network with so many modes per axis in use; with all if `nil`.
  func limited(to active: [Int]?) -> Self
}

extension FourierNeuralOperator: ModeLimited {
  public var modes: [Int] { block.modes }

  public func limited(to active: [Int]?) -> Self {
    var network = self
    network.block.activeModes = active
    return network
  }
}

extension ModeGrowth {
  /// A network with the modes in use that this growth has reached, whatever leads to it and away from it; `nil` if it has none to limit.
  public func limited(_ network: any Layer) -> (any Layer)? {
    switch network {
    case let limited as any ModeLimited: return limited.limited(to: active)
    case var outer as SpaceTime:
      guard let inner = limited(outer.network) else { return nil }
      outer.network = inner
      return outer
    case var outer as RollOut:
      guard let inner = limited(outer.network) else { return nil }
      outer.network = inner
      return outer
    default: return nil
    }
  }
}
