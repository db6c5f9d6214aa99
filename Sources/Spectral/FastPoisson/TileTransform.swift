import Arrays
import CFFTW
import CKernels

#if canImport(Glibc)
  import Glibc
#endif

/// A real transform of sixteen lines at once, in a tile of `rows` rows.
///
/// FFTW's real transforms take lines one by one; two lines in one complex transform, and eight such pairs side by side,
/// are several times faster. Kinds that have no such form are left to FFTW. Results are FFTW's, unnormalised.
final class TileTransform: @unchecked Sendable {
  static let width = Int(pvk_tile_width)
  let points: Int
  /// Rows of the tile; more than points where the line is extended.
  let rows: Int
  /// The row of every point before the transform, and of every result after it.
  let loadRows: AlignedStorage<Int32>
  let storeRows: AlignedStorage<Int32>
  private let alternatesBefore: Bool
  private let alternatesAfter: Bool
  private let step: Step
  private let angles: AlignedStorage<Double>
  private let plan: TransformPlan<Double>

  /// What surrounds the complex transform.
  private enum Step { case toCosines, fromCosines, toHalfComplex, fromHalfComplex, odd, even, library }

  init(points n: Int, kind: fftw_r2r_kind, mode: PlanningMode) {
    points = n
    let identity = { (j: Int) in j }
    let reversed = { (j: Int) in n - 1 - j }
    // Even points in order, then odd ones backwards.
    let folded = { (j: Int) in j % 2 == 0 ? j / 2 : n - 1 - j / 2 }
    let (step, before, after): (Step, (Int) -> Int, (Int) -> Int) =
      switch kind {
      case FFTW_REDFT10: (.toCosines, folded, identity)
      case FFTW_RODFT10: (.toCosines, folded, reversed)
      case FFTW_REDFT01: (.fromCosines, identity, folded)
      case FFTW_RODFT01: (.fromCosines, reversed, folded)
      case FFTW_R2HC: (.toHalfComplex, identity, identity)
      case FFTW_HC2R: (.fromHalfComplex, identity, identity)
      case FFTW_RODFT00: (.odd, { $0 + 1 }, { $0 + 1 })
      case FFTW_REDFT00: (.even, identity, identity)
      default: (.library, identity, identity)
      }
    self.step = step
    alternatesBefore = kind == FFTW_RODFT10
    alternatesAfter = kind == FFTW_RODFT01
    (loadRows, storeRows) = (AlignedStorage(count: n), AlignedStorage(count: n))
    for j in 0..<n {
      loadRows.baseAddress[j] = Int32(before(j))
      storeRows.baseAddress[j] = Int32(after(j))
    }
    rows =
      switch step {
      case .odd: 2 * (n + 1)
      case .even: 2 * (n - 1)
      default: n
      }
    angles = AlignedStorage(count: n + 2)
    for k in 0...n / 2 {
      angles.baseAddress[2 * k] = cos(.pi * Double(k) / Double(2 * n))
      angles.baseAddress[2 * k + 1] = sin(.pi * Double(k) / Double(2 * n))
    }
    let pairs = Self.width / 2
    plan =
      step == .library
      ? .real(
        [TransformDimension(n, Self.width)], kinds: [kind], batch: [TransformDimension(Self.width, 1)],
        mode: mode)
      : .complex(
        [TransformDimension(rows, pairs)], forward: step != .fromCosines && step != .fromHalfComplex,
        batch: [TransformDimension(pairs, 1)], mode: mode)
  }

  /// The memory of a tile, in numbers.
  var tileCount: Int { rows * Self.width }

  /// Where lines lie in an array.
  enum Direction {
    /// Points `step` apart, lines neighbours.
    case columns
    /// Lines `step` apart, points neighbours.
    case lines
  }

  /// Takes `width` lines into the tile.
  func load(
    _ source: UnsafePointer<Double>, _ direction: Direction, step: Int, width: Int,
    into tile: UnsafeMutablePointer<Double>
  ) {
    let alternates: Int32 = alternatesBefore ? 1 : 0
    switch direction {
    case .columns:
      pvk_tile_load_columns(source, step, width, points, loadRows.baseAddress, alternates, tile)
    case .lines: pvk_tile_load_lines(source, step, width, points, loadRows.baseAddress, alternates, tile)
    }
  }

  /// Brings `width` lines of results back.
  func store(
    _ tile: UnsafePointer<Double>, _ direction: Direction, step: Int, width: Int,
    into destination: UnsafeMutablePointer<Double>
  ) {
    let alternates: Int32 = alternatesAfter ? 1 : 0
    switch direction {
    case .columns:
      pvk_tile_store_columns(destination, step, width, points, storeRows.baseAddress, alternates, tile)
    case .lines:
      pvk_tile_store_lines(destination, step, width, points, storeRows.baseAddress, alternates, tile)
    }
  }

  /// Transforms what is in a 64-byte aligned tile.
  func run(_ tile: UnsafeMutablePointer<Double>) {
    switch step {
    case .fromCosines: pvk_tile_from_cosines(tile, points, angles.baseAddress)
    case .fromHalfComplex: pvk_tile_from_halfcomplex(tile, points)
    case .odd: pvk_tile_mirror_odd(tile, points)
    case .even: pvk_tile_mirror_even(tile, points)
    case .toCosines, .toHalfComplex, .library: break
    }
    plan.execute(tile, tile)
    switch step {
    case .toCosines: pvk_tile_to_cosines(tile, points, angles.baseAddress)
    case .toHalfComplex: pvk_tile_to_halfcomplex(tile, points)
    case .odd: pvk_tile_turn(tile, rows)
    case .fromCosines, .fromHalfComplex, .even, .library: break
    }
  }
}
