import Arrays
import CKernels

/// Linear combinations and dot products of vectors of one length, several in one pass over memory.
///
/// Operations are collected and then run together, short piece by short piece: a vector that several of them use is
/// read once. Sums are taken by fixed chunks in fixed order: the same bits whatever the number of workers. Allocates
/// nothing after its set-up.
final class VectorPass {
  let count: Int
  private let workers: Workers?
  private let chunkCount: Int
  private let capacity: Int
  private let operations: UnsafeMutablePointer<pvk_vector_operation>
  private let partials: AlignedStorage<Double>
  private let results: AlignedStorage<Double>
  private var operationCount = 0
  private var slotCount = 0

  /// Passes of at most `capacity` operations over vectors of `count` numbers.
  init(count: Int, capacity: Int = 8, workers: Workers?) {
    self.count = count
    self.workers = workers
    self.capacity = capacity
    chunkCount = (count + pvk_vector_chunk - 1) / pvk_vector_chunk
    operations = .allocate(capacity: capacity)
    partials = AlignedStorage(count: chunkCount * capacity)
    results = AlignedStorage(count: capacity)
  }

  deinit { operations.deallocate() }

  /// The dot products and sums of the last run, in the order in which they were asked for.
  subscript(slot: Int) -> Double { results.baseAddress[slot] }

  /// out = a x + c in every number.
  func combine(
    _ out: UnsafeMutablePointer<Double>, _ a: Double, _ x: UnsafePointer<Double>, adding c: Double = 0
  ) {
    append(out, (x, nil, nil, nil), (a, 0, 0, 0), 1, adding: c)
  }

  /// out = a x + b y; out may be x or y, here and below.
  func combine(
    _ out: UnsafeMutablePointer<Double>, _ a: Double, _ x: UnsafePointer<Double>, _ b: Double,
    _ y: UnsafePointer<Double>
  ) {
    append(out, (x, y, nil, nil), (a, b, 0, 0), 2)
  }

  /// out = a x + b y + c z.
  func combine(
    _ out: UnsafeMutablePointer<Double>, _ a: Double, _ x: UnsafePointer<Double>, _ b: Double,
    _ y: UnsafePointer<Double>, _ c: Double, _ z: UnsafePointer<Double>
  ) {
    append(out, (x, y, z, nil), (a, b, c, 0), 3)
  }

  /// out = a x + b y + c z + d w.
  func combine(
    _ out: UnsafeMutablePointer<Double>, _ a: Double, _ x: UnsafePointer<Double>, _ b: Double,
    _ y: UnsafePointer<Double>, _ c: Double, _ z: UnsafePointer<Double>, _ d: Double,
    _ w: UnsafePointer<Double>
  ) {
    append(out, (x, y, z, w), (a, b, c, d), 4)
  }

  /// Asks for the sum of the numbers of x.
  func sum(_ x: UnsafePointer<Double>) { append(nil, (x, nil, nil, nil), (0, 0, 0, 0), 1) }

  /// Asks for x · y.
  func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) {
    append(nil, (x, y, nil, nil), (0, 0, 0, 0), 2)
  }

  private func append(
    _ out: UnsafeMutablePointer<Double>?,
    _ inputs: (
      UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafePointer<Double>?
    ), _ factors: (Double, Double, Double, Double), _ inputCount: Int32, adding addend: Double = 0
  ) {
    precondition(operationCount < capacity, "VectorPass: more than \(capacity) operations")
    (operations + operationCount).initialize(
      to: pvk_vector_operation(
        output: out, inputs: inputs, factors: factors, addend: addend, input_count: inputCount,
        slot: Int32(slotCount)))
    operationCount += 1
    if out == nil { slotCount += 1 }
  }

  /// Does what was collected and forgets it.
  func run() {
    var pass = pvk_vector_pass(
      count: count, operations: operations, operation_count: Int32(operationCount),
      slot_count: Int32(slotCount), partials: partials.baseAddress)
    if let workers, chunkCount > 1 {
      workers.run(chunks: chunkCount, context: &pass, pvk_vector_pass_chunk)
    } else {
      for chunk in 0..<chunkCount { pvk_vector_pass_chunk(&pass, Int32(chunk), 0) }
    }
    pvk_vector_pass_results(&pass, results.baseAddress)
    operationCount = 0
    slotCount = 0
  }

  /// Does what was collected, if anything was.
  func finish() { if operationCount > 0 { run() } }

  /// ‖x‖, in a pass of its own.
  func norm(_ x: UnsafePointer<Double>) -> Double {
    dot(x, x)
    run()
    return self[0].squareRoot()
  }
}
