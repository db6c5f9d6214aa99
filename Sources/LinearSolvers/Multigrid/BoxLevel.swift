import Arrays
import CKernels

/// One level of geometric multigrid: a grid, the operator on it and its vectors in padded arrays of floats.
final class BoxLevel: @unchecked Sendable {
  let axes: [BoxAxis]
  let shift: Double
  /// Shares of volumes of the finest level in this level's, along each axis.
  let volumes: [[Double]]
  /// Compact face conductances along x, y, z, with variable coefficients.
  let conductances: [[Double]]?
  private(set) var box = pvk_box()
  private var storage: [AlignedStorage<Float>] = []
  let elementCount: Int
  let f: AlignedStorage<Float>
  let u: AlignedStorage<Float>
  let r: AlignedStorage<Float>
  /// The answer of a first visit, in cycles that visit twice.
  let kept: AlignedStorage<Float>
  /// Rows that are worked on together.
  let chunks: [Range<Int>]

  /// Columns before the first unknown of a row: a cache line, so that rows are aligned.
  private static let margin = 16

  init(_ axes: [BoxAxis], shift: Double, spacings: [Double], conductances: [[Double]]?, keeps: Bool) {
    self.axes = axes
    self.shift = shift
    self.conductances = conductances
    volumes = (0..<3).map { axis in axes[axis].widths.map { $0 / spacings[axis] } }
    let (nx, ny, nz) = (axes[0].count, axes[1].count, axes[2].count)
    let rowStride = Self.margin + (nx + 2 + Self.margin - 1) / Self.margin * Self.margin
    let planeStride = rowStride * (ny + 2)
    let hasPlanes = nz > 1
    elementCount = planeStride * (hasPlanes ? nz + 2 : 1) + Self.margin
    func memory(_ count: Int) -> AlignedStorage<Float> { AlignedStorage(count: count) }
    (f, u, r) = (memory(elementCount), memory(elementCount), memory(elementCount))
    kept = memory(keeps ? elementCount : 0)
    let rows = ny * nz
    chunks = RowChunks.ranges(rows, minimum: max(1, 8192 / nx))
    box.count_x = Int32(nx)
    box.count_y = Int32(ny)
    box.count_z = Int32(nz)
    box.row_stride = rowStride
    box.plane_stride = planeStride
    box.origin = Self.margin + rowStride + (hasPlanes ? planeStride : 0)
    box.periodic_x = axes[0].isPeriodic ? 1 : 0
    box.periodic_y = axes[1].isPeriodic ? 1 : 0
    box.periodic_z = axes[2].isPeriodic ? 1 : 0
    box.shift = Float(shift)
    box.relaxation = Self.relaxation(axes)
    (box.lower_x, box.upper_x) = (stored(axes[0].lower), stored(axes[0].upper))
    (box.lower_y, box.upper_y) = (stored(axes[1].lower), stored(axes[1].upper))
    (box.lower_z, box.upper_z) = (stored(axes[2].lower), stored(axes[2].upper))
    storeCommonInverse()
    if let conductances { storeFaces(conductances) }
  }

  /// Inverts the diagonal for rows in the middle, whose couplings nearly all rows have.
  private func storeCommonInverse() {
    let (y, z) = (axes[1].count / 2, axes[2].count / 2)
    func value(_ array: UnsafePointer<Float>?, _ index: Int) -> Float { array?[index] ?? 0 }
    // The order of the kernel's sum, so that it finds the same number.
    box.common_rest =
      value(box.lower_y, y) + value(box.upper_y, y) + value(box.lower_z, z) + value(box.upper_z, z)
      + box.shift
    let rest = Double(box.common_rest)
    box.common_inverse = stored(zip(axes[0].lower, axes[0].upper).map { 1 / ($0 + $1 + rest) })
  }

  /// A little over-relaxation makes red-black sweeps smooth as well as another sweep would.
  ///
  /// Yavneh, *On red-black SOR smoothing in multigrid*, SIAM J. Sci. Comput. 17, 1996. Along a single axis sweeps are
  /// best as they are.
  private static func relaxation(_ axes: [BoxAxis]) -> Float {
    [1, 1, 1.15, 1.2][axes.filter { $0.count > 1 }.count]
  }

  func stored(_ values: [Double]) -> UnsafePointer<Float> {
    let memory = AlignedStorage<Float>(count: values.count)
    for (index, value) in values.enumerated() { memory.baseAddress[index] = Float(value) }
    storage.append(memory)
    return UnsafePointer(memory.baseAddress)
  }

  /// Pads the lower faces, the upper ones of the last unknowns behind them, and inverts the diagonal.
  private func storeFaces(_ faces: [[Double]]) {
    let (nx, ny, nz) = (axes[0].count, axes[1].count, axes[2].count)
    let padded = (0..<4).map { _ in AlignedStorage<Float>(count: elementCount) }
    storage += padded
    let strides = [1, nx, nx * ny]
    for along in 0..<(nz > 1 ? 3 : 2) {
      var counts = [nx, ny, nz]
      counts[along] += 1
      let target = padded[along].baseAddress
      var position = 0
      for z in 0..<counts[2] {
        for y in 0..<counts[1] {
          let row = target + box.origin + z * box.plane_stride + y * box.row_stride
          for x in 0..<counts[0] {
            row[x] = Float(faces[along][position])
            position += 1
          }
        }
      }
    }
    let inverse = padded[3].baseAddress
    for z in 0..<nz {
      for y in 0..<ny {
        let row = inverse + box.origin + z * box.plane_stride + y * box.row_stride
        let mass = shift * volumes[1][y] * volumes[2][z]
        for x in 0..<nx {
          // The lower face of an unknown in arrays that have one more of them along x, y or z.
          let inX = (z * ny + y) * (nx + 1) + x
          let inY = (z * (ny + 1) + y) * nx + x
          let inZ = (z * ny + y) * nx + x
          let sum =
            faces[0][inX] + faces[0][inX + 1] + faces[1][inY] + faces[1][inY + strides[1]] + faces[2][inZ]
            + faces[2][inZ + strides[2]] + mass * volumes[0][x]
          row[x] = sum > 0 ? Float(1 / sum) : 0
        }
      }
    }
    box.faces_x = UnsafePointer(padded[0].baseAddress)
    box.faces_y = UnsafePointer(padded[1].baseAddress)
    box.faces_z = UnsafePointer(padded[2].baseAddress)
    box.inverse_diagonal = UnsafePointer(padded[3].baseAddress)
  }

  var count: Int { axes[0].count * axes[1].count * axes[2].count }
  var isPeriodic: Bool { axes.contains { $0.isPeriodic && $0.count > 1 } }
  var byteCount: Int { 4 * (f.count + u.count + r.count + kept.count + storage.reduce(0) { $0 + $1.count }) }

  func relax(_ chunk: Int, colour: Int32) {
    withUnsafePointer(to: box) {
      pvk_box_relax($0, first(chunk), last(chunk), colour, f.baseAddress, u.baseAddress)
    }
  }

  func computeResidual(_ chunk: Int) {
    withUnsafePointer(to: box) {
      pvk_box_residual($0, first(chunk), last(chunk), f.baseAddress, u.baseAddress, r.baseAddress)
    }
  }

  func clear(_ chunk: Int) {
    withUnsafePointer(to: box) { pvk_box_clear($0, first(chunk), last(chunk), u.baseAddress) }
  }

  /// Copies the ends of periodic axes of `values` to the ghosts.
  func wrap(_ values: AlignedStorage<Float>) {
    withUnsafePointer(to: box) { pvk_box_wrap($0, values.baseAddress) }
  }

  func first(_ chunk: Int) -> Int32 { Int32(chunks[chunk].lowerBound) }
  func last(_ chunk: Int) -> Int32 { Int32(chunks[chunk].upperBound) }

  /// The position of unknown number `index`, counted row-major, in the padded arrays.
  func position(_ index: Int) -> Int {
    let (x, row) = (index % axes[0].count, index / axes[0].count)
    let (y, z) = (row % axes[1].count, row / axes[1].count)
    return box.origin + z * box.plane_stride + y * box.row_stride + x
  }

  /// The volume of an unknown in units of the finest level's.
  func volume(_ index: Int) -> Double {
    let (x, row) = (index % axes[0].count, index / axes[0].count)
    let (y, z) = (row % axes[1].count, row / axes[1].count)
    return volumes[0][x] * volumes[1][y] * volumes[2][z]
  }
}
