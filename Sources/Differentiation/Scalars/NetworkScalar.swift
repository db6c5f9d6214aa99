/// The numbers that networks compute with: `Float` and `Double`.
public protocol NetworkScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The kernels for this type.
  static var networkKernels: NetworkKernels<Self> { get }
}

/// Functions that are applied number by number.
public enum Activation: String, Sendable, Hashable, Codable, CaseIterable {
  case identity, gelu, relu, silu, tanh
  case sine = "sin"
}
