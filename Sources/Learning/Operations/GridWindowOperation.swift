package import Differentiation

/// The same values on a longer or shorter grid: what lies beyond the old grid is zero, what lies beyond the new one is cut off.
package final class GridWindowOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let source: [Int]
  private let target: [Int]

  package init(_ x: Variable, to grid: [Int], on tape: Tape<Scalar>) {
    source = Array(x.shape.dropLast())
    precondition(grid.count == source.count, "GridWindow: \(grid) for the axes \(source)")
    target = grid
    inputs = [x]
    outputs = [tape.result(grid + [x.channels])]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      let y = context.output() + sample * outputs[0].count
      if source != target { y.update(repeating: 0, count: outputs[0].count) }
      copy(context.input(0) + sample * inputs[0].count, source, to: y, target, adding: false)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let adds = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      let gradient = dx + sample * inputs[0].count
      if !adds { gradient.update(repeating: 0, count: inputs[0].count) }
      copy(
        UnsafePointer(context.outputGradient()) + sample * outputs[0].count, target, to: gradient, source,
        adding: adds)
    }
  }

  /// Copies what both grids have, line by line.
  private func copy(
    _ x: UnsafePointer<Scalar>, _ grid: [Int], to y: UnsafeMutablePointer<Scalar>, _ other: [Int],
    adding: Bool
  ) {
    let channels = inputs[0].channels
    func walk(_ axis: Int, _ from: Int, _ into: Int) {
      let count = min(grid[axis], other[axis])
      if axis == grid.count - 1 {
        copyChannels(
          x + from * grid[axis] * channels, row: count * channels, to: y + into * other[axis] * channels,
          row: count * channels, points: 1, channels: count * channels, adding: adding)
      } else {
        for index in 0..<count { walk(axis + 1, from * grid[axis] + index, into * other[axis] + index) }
      }
    }
    walk(0, 0, 0)
  }
}
