package import Arrays
package import Equations
import Spectral

/// Expressions of inputs, space and time, evaluated at a fixed set of points again and again.
package final class PointEvaluator {
  private let compiled: CompiledProgram
  private let workers: Workers?
  /// The values of every expression after `evaluate`, one array over the points each.
  package let results: [AlignedStorage<Double>]

  /// Compiles the expressions; what depends on space alone is evaluated here, once.
  ///
  /// - Throws: `SimulationError.notEvaluable` for what cannot be evaluated at a point.
  package init(
    _ expressions: [Expression], inputCount: Int, functions: GridFunctions, workers: Workers? = nil
  ) throws {
    compiled = try ProgramCompiler.compile(
      expressions, inputCount: inputCount, spatialNames: functions.names
    ) { try functions.values(of: $0) }
    results = expressions.map { _ in AlignedStorage(count: functions.count) }
    self.workers = workers
  }

  /// Evaluates all expressions; `inputs` are arrays over the points.
  package func evaluate(inputs: [AlignedStorage<Double>], time: Double) {
    guard !results.isEmpty else { return }
    compiled.run(inputs: inputs, time: time, into: results, workers: workers)
  }
}

extension CompiledProgram {
  /// Runs the program over whole arrays, a block at a time; for set-up and for assembly.
  package func run(
    inputs: [AlignedStorage<Double>], time: Double, into results: [AlignedStorage<Double>],
    workers: Workers? = nil
  ) {
    let (block, count) = (512, results[0].count)
    let numbers = AlignedStorage<Double>(count: scalars.count)
    evaluateScalars(time: time, into: numbers.baseAddress)
    let threads = workers?.count ?? 1
    let temporaries = AlignedStorage<Double>(count: max(1, program.temporaryCount * block * threads))
    let body: @Sendable (Int, Int) -> Void = { [program] chunk, worker in
      let first = chunk * block
      let length = min(block, count - first)
      var registers = inputs.map { $0.baseAddress + first }
      registers += program.statics.map { $0.baseAddress + first }
      let own = temporaries.baseAddress + worker * program.temporaryCount * block
      registers += (0..<program.temporaryCount).map { own + $0 * block }
      program.run(registers: registers, scalars: numbers.baseAddress, count: length)
      for (result, output) in zip(results, program.outputs) {
        (result.baseAddress + first).update(from: registers[output], count: length)
      }
    }
    let chunks = (count + block - 1) / block
    if let workers, chunks > 1 {
      workers.run(chunks: chunks, body)
    } else {
      for chunk in 0..<chunks { body(chunk, 0) }
    }
  }
}
