/// A part of a computation as one operation that keeps its input alone, and computes the rest again for the backward pass.
///
/// Memory for what is inside is needed only while one such part is run, and all of them share it, for the price of a
/// second forward pass. Values and gradients are the same to the last bit as without. Inside, operations are recorded on
/// a tape of their own, whose parameters are those of the outer one.
///
/// Source: Chen, Xu, Zhang, Guestrin, Training deep nets with sublinear memory cost, 2016.
public final class RecomputedSegment<Scalar: NetworkScalar>: Operation {
  /// The input, and the parameters in the order of their first use.
  public let inputs: [Variable]
  public let outputs: [Variable]
  private let segment: Tape<Scalar>
  private let result: Variable
  private let memory: TapeBuffer
  private let memoryBack: TapeBuffer

  /// - Parameters:
  ///   - x: a variable of every sample.
  ///   - body: records what is inside, and returns its result.
  public init(
    _ x: Variable, on tape: Tape<Scalar>, _ body: (_ x: Variable, _ tape: Tape<Scalar>) -> Variable
  ) {
    precondition(!x.isShared, "RecomputedSegment: its input must not be shared by the samples")
    segment = tape.makeSegment()
    result = body(segment.borrow(x.shape, wantsGradient: tape.wantsGradient[x.index]), segment)
    precondition(!result.isShared, "RecomputedSegment: its result must not be shared by the samples")
    let count = segment.finishSegment(results: [result])
    inputs = [x] + segment.parameterVariables.map { tape.variable(of: $0.slot) }
    outputs = [tape.result(result.shape)]
    memory = tape.buffer(count, .forward)
    memoryBack = tape.buffer(count, .backward)
  }

  public func forward(_ context: OperationContext<Scalar>) {
    run(context, memory)
    context.output().update(from: segment.values(result), count: context.samples * result.count)
  }

  public func backward(_ context: OperationContext<Scalar>) {
    run(context, memoryBack)
    segment.gradient(result).update(from: context.outputGradient(), count: context.samples * result.count)
    segment.differentiateSegment(context.tape, gradient: context.inputGradient(0)) {
      context.accumulates(into: $0)
    }
  }

  private func run(_ context: OperationContext<Scalar>, _ buffer: TapeBuffer) {
    segment.runSegment(
      context.tape, values: UnsafeMutablePointer(mutating: context.input(0)), memory: context.buffer(buffer))
  }
}
