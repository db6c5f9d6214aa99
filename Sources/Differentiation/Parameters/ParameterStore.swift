public import Arrays

/// The parameters of a network, made when it is first recorded and found by their names after that.
///
/// A network that is recorded again for another resolution or another thread finds the same ones.
public final class ParameterStore<Scalar: NetworkScalar> {
  /// Writes the first values of a parameter, zeros before.
  public typealias Initial = (
    _ values: UnsafeMutableBufferPointer<Scalar>, _ slot: ParameterSlot, _ seed: UInt64
  ) -> Void

  public private(set) var layout = ParameterLayout()
  private var initials: [Initial] = []
  private var storage: AlignedStorage<Scalar>?

  public init() {}

  /// The parameter of this name; made if there is none yet.
  ///
  /// - Precondition: the shape is that of the first time, and nothing is added once there are values.
  func slot(
    _ name: String, _ shape: [Int], _ role: ParameterSlot.Role, initial: @escaping Initial
  ) -> ParameterSlot {
    if let slot = layout[name] {
      precondition(
        slot.shape == shape,
        "ParameterStore: '\(name)' has the shape \(slot.shape), and now would need \(shape)")
      return slot
    }
    precondition(
      storage == nil, "ParameterStore: '\(name)' is new, but the parameters have their values already")
    initials.append(initial)
    return layout.append(name: name, shape: shape, role: role)
  }

  /// Gives every parameter its first value, a function of the seed and of its name.
  public func initialize(seed: UInt64) {
    let storage = AlignedStorage<Scalar>(count: layout.extent)
    for (slot, initial) in zip(layout.slots, initials) {
      initial(
        UnsafeMutableBufferPointer(rebasing: storage.buffer[slot.offset..<slot.offset + slot.count]), slot,
        seed)
    }
    self.storage = storage
  }

  /// Whether there are values.
  public var isInitialized: Bool { storage != nil }

  /// All values, in the layout's order.
  ///
  /// - Precondition: `initialize` was called.
  public var values: AlignedStorage<Scalar> {
    guard let storage else {
      preconditionFailure("ParameterStore: there are no values before initialize(seed:)")
    }
    return storage
  }

  /// The values of one parameter, copied.
  public func values(of slot: ParameterSlot) -> NDArray<Scalar> {
    NDArray(shape: slot.shape, values.buffer[slot.offset..<slot.offset + slot.count])
  }

  /// Replaces the values of one parameter.
  public func set(_ slot: ParameterSlot, to array: NDArray<Scalar>) {
    precondition(
      array.count == slot.count, "ParameterStore: \(array.count) numbers do not fill '\(slot.name)'")
    array.withUnsafeBuffer { source in
      _ = UnsafeMutableBufferPointer(rebasing: values.buffer[slot.offset..<slot.offset + slot.count])
        .update(from: source)
    }
  }
}
