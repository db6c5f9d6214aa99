public import Arrays
import CKernels

/// A `BoxDiffusion` as an operator that no matrix stands behind.
public final class BoxOperator: LinearOperator, @unchecked Sendable {
  public let diffusion: BoxDiffusion
  public var rowCount: Int { diffusion.count }
  public var columnCount: Int { diffusion.count }
  private let body: Body
  private let phase: Phase

  /// What a chunk needs, and the vectors of the present call.
  private final class Body: @unchecked Sendable {
    var parts = pvk_box_operator()
    var storage: [AlignedStorage<Double>] = []
    var x: UnsafePointer<Double>?
    var y: UnsafeMutablePointer<Double>?
  }

  /// One application at a time; rows are shared by workers.
  public init(_ diffusion: BoxDiffusion, workers: Workers? = nil) {
    self.diffusion = diffusion
    let body = Body()
    self.body = body
    let grid = diffusion.boxAxes
    let chunks = RowChunks.ranges(
      grid[1].count * grid[2].count, minimum: max(1, 16_384 / grid[0].count))
    func stored(_ values: [Double]) -> UnsafePointer<Double> {
      let memory = AlignedStorage<Double>(uninitialized: values.count)
      _ = memory.buffer.update(fromContentsOf: values)
      body.storage.append(memory)
      return UnsafePointer(memory.baseAddress)
    }
    let spacings = diffusion.spacings
    func widths(_ axis: Int) -> UnsafePointer<Double> {
      stored(grid[axis].widths.map { $0 / spacings[axis] })
    }
    let faces = diffusion.conductances
    body.parts = pvk_box_operator(
      count_x: Int32(grid[0].count), count_y: Int32(grid[1].count), count_z: Int32(grid[2].count),
      lower_x: stored(grid[0].lower), upper_x: stored(grid[0].upper), lower_y: stored(grid[1].lower),
      upper_y: stored(grid[1].upper), lower_z: stored(grid[2].lower), upper_z: stored(grid[2].upper),
      width_x: widths(0), width_y: widths(1), width_z: widths(2), shift: diffusion.shift,
      faces_x: faces.map { stored($0[0]) }, faces_y: faces.map { stored($0[1]) },
      faces_z: grid[2].count > 1 || diffusion.axes.count > 2 ? faces.map { stored($0[2]) } : nil,
      periodic_x: grid[0].isPeriodic ? 1 : 0, periodic_y: grid[1].isPeriodic ? 1 : 0,
      periodic_z: grid[2].isPeriodic ? 1 : 0,
      zeros: stored([Double](repeating: 0, count: grid[0].count)))
    phase = Phase(chunks.count, workers) { chunk in
      guard let x = body.x, let y = body.y else { return }
      withUnsafePointer(to: body.parts) {
        pvk_box_apply($0, Int32(chunks[chunk].lowerBound), Int32(chunks[chunk].upperBound), x, y)
      }
    }
  }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    (body.x, body.y) = (x, y)
    phase.run()
  }
}
