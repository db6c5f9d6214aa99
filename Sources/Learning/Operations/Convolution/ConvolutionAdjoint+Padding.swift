import Differentiation

extension ConvolutionAdjoint {
  /// Padding at the ends of lines that are points, for all lines of a tile at a time.
  func addEnds(
    _ packed: UnsafePointer<Scalar>, into dx: UnsafeMutablePointer<Scalar>,
    _ memory: UnsafeMutablePointer<Scalar>,
    _ first: Range<Int>, _ second: Range<Int>
  ) {
    let last = axes[2]
    let edge = memory + tile.count
    for phase in phases {
      let rows = axes[0].steps(phase: phase.phase[0], in: axes[0].interior).clamped(to: first)
      let columns = axes[1].steps(phase: phase.phase[1], in: axes[1].interior).clamped(to: second)
      guard !columns.isEmpty else { continue }
      for ends in [0..<last.before, last.interior.upperBound..<last.padded] {
        for step in last.steps(phase: phase.phase[2], in: ends) {
          let target = last.source(step * last.stride + phase.phase[2])
          for i in rows {
            Scalar.networkKernels.multiply(
              MatrixProducts(
                rows: columns.count, columns: inputs,
                product(
                  phase, memory, packed, i - first.lowerBound, columns.lowerBound - second.lowerBound, step,
                  row: tile.length, batch: 0),
                into: edge, row: inputs))
            let line = point(phase, i, columns.lowerBound, 0) - (phase.phase[2] - last.before)
            copyChannels(
              UnsafePointer(edge), row: inputs, to: dx + (line + target) * inputs,
              row: axes[1].stride * last.points * inputs, points: columns.count, channels: inputs,
              adding: true)
          }
        }
      }
    }
  }

  /// Lines of padding that stand for lines of points.
  func addLines(
    _ dy: UnsafePointer<Scalar>, _ packed: UnsafePointer<Scalar>, into dx: UnsafeMutablePointer<Scalar>,
    _ memory: UnsafeMutablePointer<Scalar>, _ first: Range<Int>, _ second: Range<Int>
  ) {
    let last = axes[2]
    let edge = memory + tile.count
    var isFilled = false
    for phase in phases {
      for i in axes[0].steps(phase: phase.phase[0], in: 0..<axes[0].padded).clamped(to: first) {
        let p = i * axes[0].stride + phase.phase[0]
        for j in axes[1].steps(phase: phase.phase[1], in: 0..<axes[1].padded).clamped(to: second) {
          let q = j * axes[1].stride + phase.phase[1]
          if axes[0].interior.contains(p) && axes[1].interior.contains(q) { continue }
          let (row, column) = (axes[0].source(p), axes[1].source(q))
          guard row >= 0, column >= 0 else { continue }
          if !isFilled {
            fill(memory, from: dy, first, second)
            isFilled = true
          }
          let steps = last.steps(phase: phase.phase[2], in: 0..<last.padded)
          guard !steps.isEmpty else { continue }
          Scalar.networkKernels.multiply(
            MatrixProducts(
              rows: steps.count, columns: inputs,
              product(
                phase, memory, packed, i - first.lowerBound, j - second.lowerBound, steps.lowerBound,
                row: outputs, batch: 0), into: edge, row: inputs))
          let line = dx + (row * axes[1].points + column) * last.points * inputs
          for step in steps {
            let target = last.source(step * last.stride + phase.phase[2])
            guard target >= 0 else { continue }
            Scalar.networkKernels.add(
              inputs, edge + (step - steps.lowerBound) * inputs, line + target * inputs)
          }
        }
      }
    }
  }
}
