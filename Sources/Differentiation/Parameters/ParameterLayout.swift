/// The arrays of a network's parameters, one after the other in one block of memory.
///
/// Slots begin on cache lines; what lies between them is zero, and stays so under every optimizer since its gradient is zero.
public struct ParameterLayout: Sendable, Hashable {
  public private(set) var slots: [ParameterSlot] = []
  /// Elements of the block, gaps included.
  public private(set) var extent = 0
  private var positions: [String: Int] = [:]
  /// Elements in a cache line of the widest numbers that are stored.
  private static let alignment = 16

  public init() {}

  /// The number of parameters; complex ones count as two, and states, which are not trained, not at all.
  public var count: Int { slots.reduce(0) { $0 + ($1.role == .state ? 0 : $1.count) } }

  /// The slot of this name, if there is one.
  public subscript(name: String) -> ParameterSlot? { positions[name].map { slots[$0] } }

  /// Adds a slot behind the others.
  @discardableResult
  package mutating func append(name: String, shape: [Int], role: ParameterSlot.Role) -> ParameterSlot {
    precondition(positions[name] == nil, "ParameterLayout: there are two parameters '\(name)'")
    let slot = ParameterSlot(name: name, shape: shape, offset: extent, role: role)
    positions[name] = slots.count
    slots.append(slot)
    extent += (slot.count + Self.alignment - 1) / Self.alignment * Self.alignment
    return slot
  }
}
