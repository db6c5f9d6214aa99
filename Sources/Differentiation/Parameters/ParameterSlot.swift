/// Where one array of a network's parameters lies in its store.
public struct ParameterSlot: Sendable, Hashable {
  /// The path of names that lead to it, such as `blocks.0.spectral.weight`.
  public let name: String
  public let shape: [Int]
  /// Its first element; a multiple of a cache line.
  public let offset: Int
  /// How it is used in products, which some optimizers and initialisers look at.
  public let role: Role

  public enum Role: Sendable, Hashable {
    /// Biases, scales and other factors of single channels.
    case vector
    /// A matrix from `inputs` to `outputs`, stored `[inputs, outputs]`.
    case matrix
    /// One complex matrix per mode, `[modes, 2, inputs, outputs]` with the real part first.
    case spectral
    /// Anything else, such as the factors of a decomposition.
    case tensor
    /// Not trained: running means and the like. Optimizers pass over it; see `ParameterStore.updateStates`.
    case state
  }

  package init(name: String, shape: [Int], offset: Int, role: Role) {
    self.name = name
    self.shape = shape
    self.offset = offset
    self.role = role
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
