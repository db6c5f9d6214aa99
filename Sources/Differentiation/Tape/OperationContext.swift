/// What an operation sees of its tape while it runs.
public struct OperationContext<Scalar: NetworkScalar> {
  unowned(unsafe) let tape: Tape<Scalar>
  let position: Int

  /// The samples of this run; the leading axis of all that is not shared.
  public var samples: Int { tape.samples }
  /// Whether a backward pass will follow.
  public var savesForBackward: Bool { tape.differentiates }
  /// Whether the network is being trained: what dropout and normalisations over a batch look at.
  public var isTraining: Bool { tape.isTraining }
  /// A number that differs between steps, for random choices.
  public var step: Int { tape.step }
  /// The number of the run's first sample within the data, for random choices.
  public var firstSample: Int { tape.firstSample }

  private var operation: any Operation<Scalar> { tape.operations[position] }

  /// The values of an input.
  public func input(_ number: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(tape.pointer(tape.inputIndices[position][number]))
  }

  /// The values of an output, to be written.
  public func output(_ number: Int = 0) -> UnsafeMutablePointer<Scalar> {
    tape.pointer(tape.outputIndices[position][number])
  }

  /// The gradient of an output.
  public func outputGradient(_ number: Int = 0) -> UnsafeMutablePointer<Scalar> {
    tape.gradientPointer(tape.outputIndices[position][number])
  }

  /// Where the gradient of an input belongs; `nil` if nobody wants it.
  public func inputGradient(_ number: Int) -> UnsafeMutablePointer<Scalar>? {
    let index = tape.inputIndices[position][number]
    return tape.wantsGradient[index] ? tape.gradientPointer(index) : nil
  }

  /// Whether the gradient of an input is to be added to what stands there.
  public func accumulates(into number: Int) -> Bool {
    let index = tape.inputIndices[position][number]
    return !tape.writesFirst[position][number] || tape.accumulates(index)
  }

  /// Where a parameter that it reads stands in rows of a Jacobian; `nil` if nobody wants its gradient.
  package func rows(_ rows: RowGradients<Scalar>, ofInput number: Int) -> UnsafeMutablePointer<Scalar>? {
    let index = tape.inputIndices[position][number]
    guard tape.wantsGradient[index] else { return nil }
    return rows.base + rows.columns.start(ofSlotAt: tape.offset(ofParameter: index))
  }

  /// Memory that the operation asked for.
  public func buffer(_ buffer: TapeBuffer) -> UnsafeMutablePointer<Scalar> { tape.bufferPointer(buffer) }
}
