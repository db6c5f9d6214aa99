import Arrays
import Differentiation

/// The adjoint of the sums over windows: what every point gets back from all windows that read it.
///
/// Points of one phase, position modulo stride, meet the same taps, and so a phase is again a sum over windows, of dy with
/// zeros around it and with the taps in reverse. Padding that stands for points is computed apart and added to them.
final class ConvolutionAdjoint<Scalar: NetworkScalar> {
  let axes: [ConvolutionAxis]
  let inputs: Int
  let outputs: Int
  /// Of dy.
  let tile: ConvolutionTile
  private(set) var phases: [Phase] = []
  private let offsets: AlignedStorage<Int>

  /// Points with the same position modulo stride along every axis.
  struct Phase {
    var phase: [Int]
    var taps: [Int]
    /// Where its matrix begins among the packed ones.
    var weight: Int
    var offset: Int
  }

  init(axes: [ConvolutionAxis], inputs: Int, outputs: Int) {
    self.axes = axes
    self.inputs = inputs
    self.outputs = outputs
    tile = ConvolutionTile(
      results: (axes[0].positions, axes[1].positions), stride: (1, 1),
      kernel: (axes[0].mostTaps, axes[1].mostTaps),
      length: (axes[2].positions + axes[2].mostTaps - 1) * outputs)
    var places: [Int] = []
    var weight = 0
    for number in 0..<axes.reduce(1, { $0 * $1.stride }) {
      let phase = [
        number / (axes[1].stride * axes[2].stride), number / axes[2].stride % axes[1].stride,
        number % axes[2].stride,
      ]
      let taps = (0..<3).map { axes[$0].taps(phase: phase[$0]) }
      phases.append(Phase(phase: phase, taps: taps, weight: weight, offset: places.count))
      weight += taps.reduce(inputs * outputs, *)
      for first in 0..<taps[0] {
        for second in 0..<taps[1] { places.append((first * tile.secondExtent + second) * tile.length) }
      }
    }
    offsets = AlignedStorage(count: places.count)
    _ = offsets.buffer.update(from: places)
  }

  /// Numbers of scratch memory behind the tile.
  var edgeCount: Int {
    axes.contains(where: \.folds) ? max(axes[2].padded, tile.lines.second) * inputs : 0
  }

  /// Writes the matrices of the phases: (taps in reverse, out) × in.
  func pack(_ weight: UnsafePointer<Scalar>, into packed: UnsafeMutablePointer<Scalar>) {
    var target = packed
    for phase in phases {
      for i in (0..<phase.taps[0]).reversed() {
        for j in (0..<phase.taps[1]).reversed() {
          for k in (0..<phase.taps[2]).reversed() {
            let tap = zip(axes, zip(phase.phase, [i, j, k])).reduce(0) {
              $0 * $1.0.kernel + $1.1.0 + $1.0.stride * $1.1.1
            }
            Scalar.networkKernels.transpose(
              inputs, outputs, weight + tap * inputs * outputs, outputs, target, inputs)
            target += inputs * outputs
          }
        }
      }
    }
  }

  /// Copies the lines of dy that reach some steps.
  func fill(
    _ memory: UnsafeMutablePointer<Scalar>, from dy: UnsafePointer<Scalar>, _ first: Range<Int>,
    _ second: Range<Int>
  ) {
    let begin = (axes[2].mostTaps - 1) * outputs
    let count = min(axes[2].results * outputs, tile.length - begin)
    for i in 0..<first.count + axes[0].mostTaps - 1 {
      let source = first.lowerBound + i - axes[0].mostTaps + 1
      for j in 0..<second.count + axes[1].mostTaps - 1 {
        let line = memory + (i * tile.secondExtent + j) * tile.length
        let other = second.lowerBound + j - axes[1].mostTaps + 1
        guard (0..<axes[0].results).contains(source), (0..<axes[1].results).contains(other) else {
          line.update(repeating: 0, count: tile.length)
          continue
        }
        line.update(repeating: 0, count: begin)
        (line + begin).update(
          from: dy + (source * axes[1].results + other) * axes[2].results * outputs, count: count)
        (line + begin + count).update(repeating: 0, count: tile.length - begin - count)
      }
    }
  }

  /// The product for one phase whose windows begin at step (i, j) of the tile and `step` of the last axis.
  func product(
    _ phase: Phase, _ memory: UnsafePointer<Scalar>, _ packed: UnsafePointer<Scalar>, _ i: Int, _ j: Int,
    _ step: Int, row: Int, batch: Int
  ) -> MatrixProduct<Scalar> {
    let line =
      (i + axes[0].mostTaps - phase.taps[0]) * tile.secondExtent + j + axes[1].mostTaps - phase.taps[1]
    let isEmpty = phase.taps.contains(0)
    var product = MatrixProduct(
      memory + (isEmpty ? 0 : line * tile.length + (step + axes[2].mostTaps - phase.taps[2]) * outputs),
      row: row,
      batch: batch, times: packed + phase.weight, rightRow: inputs,
      inner: isEmpty ? 0 : phase.taps[2] * outputs)
    product.segments =
      isEmpty
      ? nil
      : UnsafeBufferPointer(start: offsets.baseAddress + phase.offset, count: phase.taps[0] * phase.taps[1])
    return product
  }

  /// `dx = b + windowsᵀ dy`, or adds it.
  ///
  /// - Parameters:
  ///   - packed: from `pack`.
  ///   - memory: the tile, and `edgeCount` numbers behind it.
  func scatter(
    _ dy: UnsafePointer<Scalar>, packed: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>? = nil,
    into dx: UnsafeMutablePointer<Scalar>, accumulates: Bool, memory: UnsafeMutablePointer<Scalar>
  ) {
    let lines = (first: axes[0].positions, second: axes[1].positions)
    let last = axes[2]
    tile.forEach(lines) { first, second in
      fill(memory, from: dy, first, second)
      for phase in phases {
        let rows = axes[0].steps(phase: phase.phase[0], in: axes[0].interior).clamped(to: first)
        let columns = axes[1].steps(phase: phase.phase[1], in: axes[1].interior).clamped(to: second)
        let steps = last.steps(phase: phase.phase[2], in: last.interior)
        guard !columns.isEmpty, !steps.isEmpty else { continue }
        for i in rows {
          let place = point(phase, i, columns.lowerBound, steps.lowerBound)
          var products = MatrixProducts(
            rows: steps.count, columns: inputs,
            product(
              phase, memory, packed, i - first.lowerBound, columns.lowerBound - second.lowerBound,
              steps.lowerBound, row: outputs, batch: tile.length),
            into: dx + place * inputs, row: last.stride * inputs)
          products.batch = columns.count
          products.resultBatch = axes[1].stride * last.points * inputs
          products.bias = bias
          products.accumulates = accumulates
          Scalar.networkKernels.multiply(products)
        }
      }
      if last.folds { addEnds(packed, into: dx, memory, first, second) }
    }
    guard axes[0].folds || axes[1].folds else { return }
    tile.forEach(lines) { first, second in addLines(dy, packed, into: dx, memory, first, second) }
  }

  /// The number of the point at steps of a phase, all of them within the array.
  func point(_ phase: Phase, _ i: Int, _ j: Int, _ k: Int) -> Int {
    let steps = [i, j, k]
    return (0..<3).reduce(0) {
      $0 * axes[$1].points + axes[$1].stride * steps[$1] + phase.phase[$1] - axes[$1].before
    }
  }
}
