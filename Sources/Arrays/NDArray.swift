/// An n-dimensional array of values, row-major, over aligned memory.
///
/// A value type: copies share memory until one of them is written to.
public struct NDArray<Element: BitwiseCopyable & Sendable>: Sendable {
  /// The length of every axis, slowest first.
  public private(set) var shape: [Int]
  private var storage: AlignedStorage<Element>

  /// An array of zero bits.
  public init(shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "NDArray: shape \(shape) has a negative length")
    self.shape = shape
    storage = AlignedStorage(count: shape.reduce(1, *))
  }

  /// An array with the given elements in row-major order.
  public init(shape: [Int], _ elements: some Collection<Element>) {
    self.init(shape: shape)
    precondition(
      elements.count == count, "NDArray: \(elements.count) elements do not fill shape \(shape)")
    _ = storage.buffer.update(fromContentsOf: elements)
  }

  /// An array whose element at each flat (row-major) position is computed by `element`.
  public init(shape: [Int], generating element: (Int) throws -> Element) rethrows {
    self.init(shape: shape)
    for index in 0..<count { storage.baseAddress[index] = try element(index) }
  }

  /// The number of elements.
  public var count: Int { storage.count }

  /// All elements in row-major order, read-only, for the length of a call.
  public func withUnsafeBuffer<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeBufferPointer(storage.buffer))
  }

  /// All elements in row-major order, for writing, for the length of a call.
  public mutating func withUnsafeMutableBuffer<Result>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    makeUnique()
    return try body(storage.buffer)
  }

  /// The elements, copied, in row-major order.
  public var elements: [Element] { Array(storage.buffer) }

  /// The element at a flat (row-major) position.
  public subscript(flat index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "NDArray: flat index \(index) is not below \(count)")
      return storage.baseAddress[index]
    }
    set {
      precondition(index >= 0 && index < count, "NDArray: flat index \(index) is not below \(count)")
      makeUnique()
      storage.baseAddress[index] = newValue
    }
  }

  /// The element at one index per axis.
  public subscript(_ indices: Int...) -> Element {
    get { self[flat: flatIndex(indices)] }
    set { self[flat: flatIndex(indices)] = newValue }
  }

  /// The same elements under another shape of the same size.
  public func reshaped(_ shape: [Int]) -> NDArray {
    precondition(shape.reduce(1, *) == count, "NDArray: \(self.shape) cannot be reshaped to \(shape)")
    var result = self
    result.shape = shape
    return result
  }

  private func flatIndex(_ indices: [Int]) -> Int {
    precondition(
      indices.count == shape.count, "NDArray: \(indices.count) indices for \(shape.count) axes")
    var flat = 0
    for (index, length) in zip(indices, shape) {
      precondition(index >= 0 && index < length, "NDArray: index \(index) is not below \(length)")
      flat = flat * length + index
    }
    return flat
  }

  private mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = AlignedStorage<Element>(count: storage.count)
    copy.baseAddress.update(from: storage.baseAddress, count: storage.count)
    storage = copy
  }
}

extension NDArray: Equatable where Element: Equatable {
  public static func == (left: NDArray, right: NDArray) -> Bool {
    left.shape == right.shape && left.storage.buffer.elementsEqual(right.storage.buffer)
  }
}

extension NDArray: CustomStringConvertible {
  public var description: String {
    let lengths = shape.map { String($0) }.joined(separator: " × ")
    return "NDArray<\(Element.self)>(\(lengths))"
  }
}
