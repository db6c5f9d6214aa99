import CKernels

/// Reference-counted memory aligned to a cache line, initialised to zero.
///
/// The owner of field-sized data. Everything that needs raw pointers takes them from here.
public final class AlignedStorage<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  public let count: Int
  /// The first element; valid for the life of this object.
  public let baseAddress: UnsafeMutablePointer<Element>

  /// Allocates `count` zeroed elements on a 64-byte boundary.
  public init(count: Int) {
    precondition(count >= 0, "AlignedStorage: count \(count) must not be negative")
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    guard let memory = pvk_allocate(bytes) else {
      preconditionFailure("AlignedStorage: \(bytes) bytes are not available")
    }
    baseAddress = memory.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// Allocates `count` elements that hold anything until they are written.
  ///
  /// For set-ups whose threads write every element first: zeros would be written by one of them.
  package init(uninitialized count: Int) {
    precondition(count >= 0, "AlignedStorage: count \(count) must not be negative")
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    guard let memory = pvk_allocate_uninitialized(bytes) else {
      preconditionFailure("AlignedStorage: \(bytes) bytes are not available")
    }
    baseAddress = memory.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit { pvk_free(baseAddress) }

  /// All elements.
  public var buffer: UnsafeMutableBufferPointer<Element> { .init(start: baseAddress, count: count) }
}
