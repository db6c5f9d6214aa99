import CAllocationCount

/// How many allocations the calling thread makes in `body`, by whatever means: Swift, our C, libraries.
///
/// - Parameter printsCallers: writes where the first of them came from to standard error.
package func allocations(printsCallers: Bool = false, in body: () throws -> Void) rethrows -> Int {
  if printsCallers { thread_allocation_trace(8) }
  let before = thread_allocation_count()
  try body()
  let after = thread_allocation_count()
  if printsCallers { thread_allocation_print_trace() }
  return Int(after - before)
}
