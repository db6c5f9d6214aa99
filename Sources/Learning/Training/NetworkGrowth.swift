public import Differentiation

/// How a network that begins small is given more of itself while it learns.
///
/// Its parameters are there from the beginning, so that shapes, checkpoints and the state of the optimizer never change. Those that
/// are not in use are zero: the network with all of them is the same function, and stays so when more come into use.
public protocol NetworkGrowth: Sendable {
  /// How much of each part is in use.
  var inUse: [Int] { get }

  /// The network with only that in use; `nil` for one that cannot grow so.
  func limited(_ network: any Layer) -> (any Layer)?

  /// Makes zero what is not in use.
  func clearUnused<Scalar: NetworkScalar>(_ store: ParameterStore<Scalar>)

  /// Takes in an epoch, and says whether there is more in use than before.
  ///
  /// - Parameters:
  ///   - loss: the mean over the epoch.
  ///   - gradients: of the epoch's last step, in the layout's order, as parts whose sum they are.
  mutating func update<Scalar: NetworkScalar>(
    loss: Double, gradients: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>, layout: ParameterLayout
  ) -> Bool

  /// Goes on from what a checkpoint says.
  ///
  /// - Parameter lastLoss: of the last epoch.
  /// - Returns: whether that can be in use.
  mutating func restore(inUse: [Int], lastLoss: Double?) -> Bool
}
