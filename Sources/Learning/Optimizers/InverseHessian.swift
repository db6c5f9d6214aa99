import Arrays
import CKernels
import Differentiation

/// A symmetric matrix over the parameters that are trained: the dense inverse Hessian of quasi-Newton methods.
///
/// The lower triangle alone, row after row. Its rows are dealt with in chunks that depend on the number of parameters alone, so that
/// results are the same bits for any number of workers. Vectors are packed: without the gaps of a layout.
final class InverseHessian<Scalar: LearningScalar> {
  /// Rows and columns.
  let size: Int
  let triangle: AlignedStorage<Scalar>
  private let slots: [ParameterSlot]
  private let rows: AlignedStorage<Int32>
  private let partials: AlignedStorage<Double>
  private let chunks: Int
  /// Chunks at most: more than workers, and few enough that their sums cost nothing.
  private static var mostChunks: Int { 32 }

  /// - Throws: `LearningError.tooLarge` where half of the machine's memory does not hold it.
  init(_ layout: ParameterLayout) throws(LearningError) {
    slots = layout.slots.filter { $0.role != .state && $0.count > 0 }
    size = slots.reduce(0) { $0 + $1.count }
    let entries = size.multipliedReportingOverflow(by: size + 1)
    let bytes = (entries.partialValue / 2).multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    guard !entries.overflow, !bytes.overflow, bytes.partialValue <= PhysicalMemory.bytes / 2 else {
      throw .tooLarge(
        parameters: size, neededBytes: entries.overflow || bytes.overflow ? .max : bytes.partialValue,
        availableBytes: PhysicalMemory.bytes / 2)
    }
    chunks = max(1, min(Self.mostChunks, size / 32))
    triangle = AlignedStorage(count: size * (size + 1) / 2)
    partials = AlignedStorage(count: chunks * size)
    rows = AlignedStorage(count: chunks + 1)
    for chunk in 0...chunks {
      // As many entries in each.
      let share = (Double(chunk) / Double(chunks)).squareRoot()
      rows.baseAddress[chunk] = Int32((share * Double(size)).rounded())
    }
  }

  /// Becomes a multiple of the identity.
  func setIdentity(times factor: Double) {
    triangle.buffer.update(repeating: 0)
    var place = 0
    for row in 0..<size {
      place += row
      triangle.baseAddress[place] = Scalar(factor)
      place += 1
    }
  }

  /// The matrix times a packed vector.
  func multiply(
    _ vector: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, _ workers: Workers?
  ) {
    var job = pvk_triangle_product_job(
      rows: rows.baseAddress, chunk_count: Int32(chunks), size: Int32(size), matrix: triangle.baseAddress,
      vector: vector, partials: partials.baseAddress)
    let isSingle = Scalar.self == Float.self
    run(isSingle ? pvk_triangle_product_chunk_f32 : pvk_triangle_product_chunk_f64, &job, workers)
    if isSingle {
      pvk_triangle_product_sum_f32(&job, target)
    } else {
      pvk_triangle_product_sum_f64(&job, target)
    }
  }

  /// The coefficients of an update of rank two.
  struct Update {
    /// Of the matrix itself.
    var keep: Double
    /// Of u uᵀ.
    var first: Double
    /// Of u wᵀ + w uᵀ.
    var mixed: Double
    /// Of w wᵀ.
    var second: Double
  }

  /// matrix ← keep · matrix + first · u uᵀ + mixed · (u wᵀ + w uᵀ) + second · w wᵀ.
  func update(
    _ update: Update, _ u: UnsafePointer<Scalar>, _ w: UnsafePointer<Scalar>, _ workers: Workers?
  ) {
    var job = pvk_triangle_update_job(
      rows: rows.baseAddress, matrix: triangle.baseAddress, u: u, w: w, keep: update.keep,
      first: update.first, mixed: update.mixed, second: update.second)
    let isSingle = Scalar.self == Float.self
    run(isSingle ? pvk_triangle_update_chunk_f32 : pvk_triangle_update_chunk_f64, &job, workers)
  }

  private func run<Job>(_ kernel: UpdateKernel, _ job: inout Job, _ workers: Workers?) {
    withUnsafeMutablePointer(to: &job) { job in
      if let workers, chunks > 1 {
        workers.run(chunks: chunks, context: job, kernel)
      } else {
        for chunk in 0..<chunks { kernel(job, Int32(chunk), 0) }
      }
    }
  }

  /// Copies what is trained out of a block of the layout.
  func pack(_ block: UnsafePointer<Scalar>, into packed: UnsafeMutablePointer<Scalar>) {
    var place = 0
    for slot in slots {
      (packed + place).update(from: block + slot.offset, count: slot.count)
      place += slot.count
    }
  }

  /// Copies it back; what lies between stays as it is.
  func unpack(_ packed: UnsafePointer<Scalar>, into block: UnsafeMutablePointer<Scalar>) {
    var place = 0
    for slot in slots {
      (block + slot.offset).update(from: packed + place, count: slot.count)
      place += slot.count
    }
  }
}
