import Arrays
import Differentiation
import Simulation
import Spectral

/// The residuals of relations at a tile of points: from the jets of the unknowns, of shape (channels, points, unknowns), and
/// unknown parameters, an array of shape (relations, points).
///
/// Computed in double precision, whatever the network is. One tile at a time.
final class ResidualOperation<Scalar: NetworkScalar>: RowOperation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  private let program: ResidualProgram
  private let relations: Int
  private let points: Int
  private let unknowns: Int
  /// An array over the points for every input, then for every temporary of the two programs.
  private let derivatives: AlignedStorage<Double>
  private let valueWork: ProgramWork
  private let slopeWork: ProgramWork
  private let sum: AlignedStorage<Double>

  init(
    _ unknowns: Jet, parameters: [Variable], _ program: ResidualProgram, relations: Int, on tape: Tape<Scalar>
  ) {
    precondition(tape.capacity == 1, "Residual: one tile at a time")
    precondition(parameters.count == program.parameters.count, "Residual: \(parameters.count) parameters")
    inputs = [unknowns.variable] + parameters
    points = unknowns.points
    self.unknowns = unknowns.width
    self.relations = relations
    self.program = program
    outputs = [tape.result([relations, points])]
    let count = program.plan.combinations.count + program.parameters.count
    derivatives = AlignedStorage(count: max(count, 1) * points)
    let columns = (0..<count).map { [derivatives, points] in derivatives.baseAddress + $0 * points }
    valueWork = ProgramWork(program.values, inputs: columns, points: points)
    slopeWork = ProgramWork(program.slopes, inputs: columns, points: points)
    sum = AlignedStorage(count: points)
  }

  func forward(_ context: OperationContext<Scalar>) {
    let first = context.firstSample * points
    gather(context)
    valueWork.run(from: first)
    let output = context.output()
    for relation in 0..<relations {
      copy(valueWork.output(relation), to: output + relation * points, points)
    }
  }

  private func gather(_ context: OperationContext<Scalar>) {
    let jets = context.input(0)
    for (number, combination) in program.plan.combinations.enumerated() {
      let target = derivatives.baseAddress + number * points
      target.update(repeating: 0, count: points)
      for (channel, factor) in combination.terms {
        addColumn(
          factor, jets + channel * points * unknowns + combination.unknown, stride: unknowns, to: target,
          points)
      }
    }
    for number in program.parameters.indices {
      let target = derivatives.baseAddress + (program.plan.combinations.count + number) * points
      target.update(repeating: Double(context.input(1 + number)[0]), count: points)
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    propagate(context) { number, sum in
      guard let gradient = context.inputGradient(1 + number) else { return }
      if !context.accumulates(into: 1 + number) { gradient[0] = 0 }
      for point in 0..<points { gradient[0] += Scalar(sum[point]) }
    }
  }

  func backwardRows(_ context: OperationContext<Scalar>, _ rows: RowGradients<Scalar>) {
    propagate(context) { number, sum in
      guard let row = context.rows(rows, ofInput: 1 + number) else { return }
      for point in 0..<points { row[point * rows.distance] += Scalar(sum[point]) }
    }
  }

  /// Takes the gradient to the jets; `parameter` receives that of a parameter at every point.
  private func propagate(
    _ context: OperationContext<Scalar>, _ parameter: (Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    slopeWork.run(from: context.firstSample * points)
    let count = program.plan.combinations.count
    let jets = context.inputGradient(0)
    if let jets, !context.accumulates(into: 0) { jets.update(repeating: 0, count: inputs[0].count) }
    let gradient = context.outputGradient()
    for input in 0..<count + program.parameters.count {
      let target = sum.baseAddress
      target.update(repeating: 0, count: points)
      for entry in program.entries where entry.input == input {
        let upstream = gradient + entry.relation * points
        switch entry.value {
        case .number(let value): addColumn(value, upstream, stride: 1, to: target, points)
        case .output(let number): addProduct(slopeWork.output(number), upstream, to: target, points)
        }
      }
      guard input < count else {
        parameter(input - count, target)
        continue
      }
      guard let jets else { continue }
      let combination = program.plan.combinations[input]
      for (channel, factor) in combination.terms {
        scatter(
          factor, target, to: jets + channel * points * unknowns + combination.unknown, stride: unknowns,
          points)
      }
    }
  }
}

/// The registers of a program that is run over tiles.
private final class ProgramWork {
  private let compiled: CompiledProgram
  private var registers: [UnsafeMutablePointer<Double>]
  private let temporaries: AlignedStorage<Double>
  private let scalars: AlignedStorage<Double>
  private let inputCount: Int
  private let points: Int

  init(_ compiled: CompiledProgram, inputs: [UnsafeMutablePointer<Double>], points: Int) {
    self.compiled = compiled
    self.points = points
    inputCount = inputs.count
    let program = compiled.program
    temporaries = AlignedStorage(count: max(1, program.temporaryCount * points))
    scalars = AlignedStorage(count: compiled.scalars.count)
    registers = inputs + program.statics.map(\.baseAddress)
    for number in 0..<program.temporaryCount { registers.append(temporaries.baseAddress + number * points) }
    compiled.evaluateScalars(time: 0, into: scalars.baseAddress)
  }

  /// Runs over the points from one on.
  func run(from first: Int) {
    for (number, storage) in compiled.program.statics.enumerated() {
      registers[inputCount + number] = storage.baseAddress + first
    }
    compiled.program.run(registers: registers, scalars: scalars.baseAddress, count: points)
  }

  func output(_ number: Int) -> UnsafePointer<Double> {
    UnsafePointer(registers[compiled.program.outputs[number]])
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func copy<Scalar: NetworkScalar>(
  _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  for index in 0..<count { target[index] = Scalar(source[index]) }
}

/// `target += factor·source`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addColumn<Scalar: NetworkScalar>(
  _ factor: Double, _ source: UnsafePointer<Scalar>, stride: Int, to target: UnsafeMutablePointer<Double>,
  _ count: Int
) {
  for index in 0..<count { target[index] += factor * Double(source[index * stride]) }
}

/// `target += x·y`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addProduct<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Double>, _ y: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Double>,
  _ count: Int
) {
  for index in 0..<count { target[index] += x[index] * Double(y[index]) }
}

/// `target += factor·source`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scatter<Scalar: NetworkScalar>(
  _ factor: Double, _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Scalar>, stride: Int,
  _ count: Int
) {
  for index in 0..<count { target[index * stride] += Scalar(factor * source[index]) }
}
