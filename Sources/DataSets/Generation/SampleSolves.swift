public import Arrays
import Equations
public import Simulation

/// Solves samples of a problem one by one, on the calling thread: what a classical solver answers where an operator has its own answer.
public final class SampleSolves {
  /// The answer for a sample.
  public struct Answer: Sendable {
    /// Row-major over the axes, with a channel for each frame last; not a number where the solver failed.
    public var values: [Double]
    /// Seconds for everything that depends on the sample.
    public var seconds: Double
  }

  private let source: SampleSource
  private let seed: UInt64
  private let frames: [OperatorSamples.Frame]
  private let axes: [RecordedAxis]
  /// What all samples are solved with that differ in their initial values alone.
  private var shared: Simulation?

  /// - Parameters:
  ///   - source: the problem, at the resolution at which it is to be solved.
  ///   - seed: of everything random.
  ///   - frames: what is asked for.
  ///   - axes: the grid that answers are wanted on.
  public init(
    _ source: SampleSource, seed: UInt64, frames: [OperatorSamples.Frame], on axes: [RecordedAxis]
  ) {
    self.source = source
    self.seed = seed
    self.frames = frames
    self.axes = axes
  }

  /// Solves a sample.
  ///
  /// - Parameters:
  ///   - number: which random data are drawn.
  ///   - start: initial values that take the place of the problem's, by unknown, on equidistant periodic grids.
  /// - Throws: what setting up throws: `SimulationError`, `EquationError`, `DataSetError`.
  public func solve(_ number: Int, from start: [String: NDArray<Double>] = [:]) throws -> Answer {
    let parameters = source.parameters(ofSample: number, seed: seed)
    let clock = ContinuousClock()
    if shared == nil, parameters.isEmpty, !source.problem.fields.contains(where: { $0.function.isRandom }) {
      shared = try simulation(number, parameters) as? Simulation
    }
    let begin = clock.now
    let simulation: any PreparedProblem
    if let shared {
      if start.isEmpty { shared.redraw(sample: number) } else { shared.begin(with: start) }
      simulation = shared
    } else {
      simulation = try self.simulation(number, parameters)
      if !start.isEmpty, let spectral = simulation as? Simulation { spectral.begin(with: start) }
    }
    let sink = FrameSink(frames, fields: simulation.recordLayout.fields.map(\.name))
    let solution = try simulation.run(sink: sink, resuming: nil)
    let seconds = (clock.now - begin) / .seconds(1)
    guard case .completed = solution.outcome else { return failure(seconds) }
    let solved = simulation.recordLayout.axes
    let reduction = try GridReduction(
      from: solved, solved.map { GridReduction.Placement($0, source.method) }, onto: axes)
    let points = axes.map(\.coordinates.count).reduce(1, *)
    var values = [Double](repeating: .nan, count: points * frames.count)
    for (channel, frame) in sink.values.enumerated() {
      guard let frame else { return failure(seconds) }
      let stored = reduction.reduced(frame)
      for point in 0..<points { values[point * frames.count + channel] = stored[flat: point] }
    }
    return Answer(values: values, seconds: seconds)
  }

  private func simulation(_ number: Int, _ parameters: [(name: String, value: Double)]) throws
    -> any PreparedProblem
  {
    try SampleSolver.simulation(
      of: source, sample: number, parameters: parameters, seed: seed, measuresResidual: false)
  }

  private func failure(_ seconds: Double) -> Answer {
    let count = axes.map(\.coordinates.count).reduce(frames.count, *)
    return Answer(values: Array(repeating: .nan, count: count), seconds: seconds)
  }
}

/// Keeps those records of a run that are asked for.
private final class FrameSink: RecordSink {
  /// By frame.
  private(set) var values: [NDArray<Double>?]
  private let frames: [OperatorSamples.Frame]
  /// By frame the position of its field in a record.
  private let positions: [Int?]

  init(_ frames: [OperatorSamples.Frame], fields: [String]) {
    self.frames = frames
    values = frames.map { _ in nil }
    positions = frames.map { fields.firstIndex(of: $0.field) }
  }

  func append(_ record: Record, index: Int) {
    for (number, frame) in frames.enumerated() {
      guard let position = positions[number] else { continue }
      if let time = frame.time, abs(time - record.time) > 1e-6 * max(1, abs(time)) { continue }
      values[number] = record.fields[position]
    }
  }
}
