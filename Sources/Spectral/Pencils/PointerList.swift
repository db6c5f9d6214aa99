/// Addresses that inner loops read without touching a reference count; what they point at is owned elsewhere.
internal final class PointerList: @unchecked Sendable {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  let count: Int

  init(_ addresses: [UnsafeMutablePointer<Double>]) {
    count = addresses.count
    pointers = .allocate(capacity: max(count, 1))
    for (index, address) in addresses.enumerated() { (pointers + index).initialize(to: address) }
  }

  deinit { pointers.deallocate() }
}
