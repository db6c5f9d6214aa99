import Arrays
import Differentiation

/// The jets of `g + l·N` from those of N, at a tile of points: Leibniz' rule with functions that are known beforehand.
final class ConstraintOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  private let program: ConstraintProgram
  private let points: Int
  private let unknowns: Int

  init(_ network: Jet, _ program: ConstraintProgram, on tape: Tape<Scalar>) {
    precondition(tape.capacity == 1, "Constraint: one tile at a time")
    inputs = [network.variable]
    outputs = [tape.result(network.variable.shape)]
    self.program = program
    points = network.points
    unknowns = network.width
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (x, y) = (context.input(0), context.output())
    y.update(repeating: 0, count: outputs[0].count)
    forEachEntry(context) { entry, values in
      let target = y + entry.result * points * unknowns + entry.unknown
      guard let channel = entry.channel else {
        if let values { addValues(values, to: target, stride: unknowns, points) }
        return
      }
      addScaled(
        entry.factor, values, x + channel * points * unknowns + entry.unknown, to: target, stride: unknowns,
        points)
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    if !context.accumulates(into: 0) { dx.update(repeating: 0, count: inputs[0].count) }
    let dy = context.outputGradient()
    forEachEntry(context) { entry, values in
      guard let channel = entry.channel else { return }
      addScaled(
        entry.factor, values, dy + entry.result * points * unknowns + entry.unknown,
        to: dx + channel * points * unknowns + entry.unknown, stride: unknowns, points)
    }
  }

  private func forEachEntry(
    _ context: OperationContext<Scalar>, _ body: (ConstraintProgram.Entry, UnsafePointer<Double>?) -> Void
  ) {
    let first = context.firstSample * points
    for entry in program.entries {
      body(entry, entry.values.map { UnsafePointer(program.functions.results[$0].baseAddress + first) })
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addValues<Scalar: NetworkScalar>(
  _ values: UnsafePointer<Double>, to target: UnsafeMutablePointer<Scalar>, stride: Int, _ count: Int
) {
  for index in 0..<count { target[index * stride] += Scalar(values[index]) }
}

/// `target += factor·values·source`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addScaled<Scalar: NetworkScalar>(
  _ factor: Double, _ values: UnsafePointer<Double>?, _ source: UnsafePointer<Scalar>,
  to target: UnsafeMutablePointer<Scalar>, stride: Int, _ count: Int
) {
  guard let values else {
    let factor = Scalar(factor)
    for index in 0..<count { target[index * stride] += factor * source[index * stride] }
    return
  }
  for index in 0..<count {
    target[index * stride] += Scalar(factor * values[index]) * source[index * stride]
  }
}
