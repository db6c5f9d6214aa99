import Arrays

/// A computation on a few samples, recorded once and run forward and backward any number of times.
///
/// Recording lists operations and what they read and write; `finish` finds memory for all of it at once, where arrays
/// that are never needed at the same time share a place. After that nothing is allocated. A tape belongs to one thread
/// at a time; the parameters that it reads may be shared.
///
/// ```swift
/// let store = ParameterStore<Float>()
/// let tape = Tape(store, capacity: 4)
/// let x = tape.input([64, 3])
/// let y = Dense(outputs: 1)(x, tape)
/// tape.finish(results: [y])
/// store.initialize(seed: 0)
/// tape.forward(samples: 4)
/// ```
public final class Tape<Scalar: NetworkScalar> {
  public let store: ParameterStore<Scalar>
  /// The most samples of a run.
  public let capacity: Int
  /// Whether there is a backward pass.
  public let differentiates: Bool
  /// Whether the network is trained: what dropout and normalisations over a batch look at.
  public var isTraining: Bool
  /// See `OperationContext.step`.
  public var step = 0
  /// See `OperationContext.firstSample`.
  public var firstSample = 0

  // What is recorded.
  var operations: [any Operation<Scalar>] = []
  /// The same operations, where they can give gradients point by point.
  private var rowOperations: [(any RowOperation<Scalar>)?] = []
  var inputIndices: [[Int]] = []
  var outputIndices: [[Int]] = []
  private(set) var variables: [Variable] = []
  private(set) var isParameter: [Bool] = []
  /// The parameters that were asked for, in order.
  private(set) var parameterVariables: [(slot: ParameterSlot, variable: Variable)] = []
  private(set) var wantsGradient: [Bool] = []
  private var isData: [Bool] = []
  private var buffers: [(count: Int, lifetime: TapeBuffer.Lifetime, position: Int)] = []
  var scopes: [String] = []
  /// The variable whose memory belongs to somebody else: what a segment of another tape computes from.
  var borrowed: Int?
  private var derivedVariables: [String: Variable] = [:]

  // What `finish` finds.
  private(set) var writesFirst: [[Bool]] = []
  private var isFinished = false
  private var arena: AlignedStorage<Scalar>?
  private var valueOffsets: [Int] = []
  private var gradientOffsets: [Int] = []
  private var bufferOffsets: [Int] = []

  // What a run is given.
  private(set) var samples = 0
  private var accumulatesParameters = false
  var accumulatesVariable: [Bool] = []
  var memory: UnsafeMutablePointer<Scalar>?
  var borrowedValues: UnsafeMutablePointer<Scalar>?
  var borrowedGradient: UnsafeMutablePointer<Scalar>?
  private(set) var parameters: UnsafeMutablePointer<Scalar>?
  private(set) var parameterGradients: UnsafeMutablePointer<Scalar>?

  /// - Parameters:
  ///   - store: where parameters are found or made.
  ///   - capacity: the most samples of a run.
  ///   - differentiates: whether there is a backward pass; without one less memory is needed.
  public init(
    _ store: ParameterStore<Scalar>, capacity: Int, differentiates: Bool = true, isTraining: Bool = false
  ) {
    precondition(capacity >= 1, "Tape: a capacity of \(capacity) samples is none")
    self.store = store
    self.capacity = capacity
    self.differentiates = differentiates
    self.isTraining = isTraining
  }

  // MARK: Recording

  /// Data that are given to every run.
  public func input(_ shape: [Int], wantsGradient: Bool = false) -> Variable {
    let variable = add(shape, isShared: false, wantsGradient: wantsGradient)
    isData[variable.index] = true
    return variable
  }

  /// A parameter, by its name within the current scope; made if it is new.
  ///
  /// Asked for again it is the same variable, so that layers may share one.
  public func parameter(
    _ name: String, _ shape: [Int], role: ParameterSlot.Role,
    initial: @escaping ParameterStore<Scalar>.Initial
  ) -> Variable {
    let slot = store.slot(path(name), shape, role, initial: initial)
    return variable(of: slot)
  }

  /// The variable of a parameter that the store has.
  func variable(of slot: ParameterSlot) -> Variable {
    if let known = parameterVariables.first(where: { $0.slot.offset == slot.offset }) {
      return known.variable
    }
    let variable = add(slot.shape, isShared: true, wantsGradient: differentiates)
    isParameter[variable.index] = true
    valueOffsets[variable.index] = slot.offset
    parameterVariables.append((slot, variable))
    return variable
  }

  /// Numbers that are kept and saved with the parameters but not trained, such as running means.
  ///
  /// Operations write into their gradient what `ParameterStore.updateStates` moves them by.
  public func state(
    _ name: String, _ shape: [Int], initial: @escaping ParameterStore<Scalar>.Initial
  ) -> Variable {
    parameter(name, shape, role: .state, initial: initial)
  }

  /// A name with those of the current scopes before it: what tells one layer from another of its kind.
  public func path(_ name: String) -> String { (scopes + [name]).joined(separator: ".") }

  /// What `body` records from parameters alone, by its name within the current scope; recorded once.
  ///
  /// Such as a weight that is put together from factors: a network that is applied again finds the same variable, and the
  /// gradients of all its uses are summed before they go on to the factors.
  package func derived(_ name: String, _ body: () -> Variable) -> Variable {
    let path = path(name)
    if let known = derivedVariables[path] { return known }
    let variable = body()
    precondition(variable.isShared, "Tape: '\(path)' must be computed from parameters alone")
    derivedVariables[path] = variable
    return variable
  }

  /// The result of an operation that is about to be recorded.
  public func result(_ shape: [Int], isShared: Bool = false) -> Variable {
    add(shape, isShared: isShared, wantsGradient: false)
  }

  /// Memory for the operation that is about to be recorded.
  public func buffer(_ count: Int, _ lifetime: TapeBuffer.Lifetime) -> TapeBuffer {
    buffers.append((count, lifetime, operations.count))
    return TapeBuffer(index: buffers.count - 1)
  }

  /// Records an operation whose outputs were made by `result`.
  public func record(_ operation: some Operation<Scalar>) {
    precondition(!isFinished, "Tape: nothing is recorded after finish")
    operations.append(operation)
    rowOperations.append(operation as? any RowOperation<Scalar>)
    inputIndices.append(operation.inputs.map(\.index))
    outputIndices.append(operation.outputs.map(\.index))
    let wanted = differentiates && operation.inputs.contains { wantsGradient[$0.index] }
    for output in operation.outputs { wantsGradient[output.index] = wanted }
  }

  /// Puts a name before those of the parameters that `body` asks for.
  public func scope<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body()
  }

  private func add(_ shape: [Int], isShared: Bool, wantsGradient wanted: Bool) -> Variable {
    precondition(shape.allSatisfy { $0 >= 1 }, "Tape: a variable of shape \(shape) has no numbers")
    let variable = Variable(index: variables.count, shape: shape, isShared: isShared)
    variables.append(variable)
    isParameter.append(false)
    isData.append(false)
    wantsGradient.append(wanted)
    valueOffsets.append(0)
    return variable
  }

  /// Plans the memory of what was recorded.
  ///
  /// - Parameters:
  ///   - results: variables whose values are read after `forward`, or whose gradients are seeded.
  ///   - repeatsBackward: whether several backward passes may follow a forward one; it takes more memory.
  public func finish(results: [Variable], repeatsBackward: Bool = false) {
    let count = plan(results: results, repeatsBackward: repeatsBackward)
    arena = AlignedStorage(count: count)
    memory = arena?.baseAddress
  }

  /// Finds places for all arrays; returns how many numbers of memory they need.
  func plan(results: [Variable], repeatsBackward: Bool = false) -> Int {
    precondition(!isFinished, "Tape: finish is called once")
    isFinished = true
    var plan = TapePlan(
      operations: operations.map { ($0.savedInputs, $0.savedOutputs) }, inputs: inputIndices,
      outputs: outputIndices,
      variableCount: variables.count, differentiates: differentiates)
    plan.keep(results.map(\.index))
    writesFirst = plan.firstWriters
    var intervals: [ArenaPlan.Interval] = []
    func extent(_ variable: Variable) -> Int { variable.count * (variable.isShared ? 1 : capacity) }
    for variable in variables {
      let life = plan.valueLife(variable.index, isData: isData[variable.index] || repeatsBackward)
      let isElsewhere = isParameter[variable.index] || variable.index == borrowed
      intervals.append(.init(count: isElsewhere ? 0 : extent(variable), first: life.0, last: life.1))
    }
    for variable in variables {
      let life = plan.gradientLife(variable.index, isData: isData[variable.index])
      let isWanted =
        wantsGradient[variable.index] && !isParameter[variable.index] && variable.index != borrowed
      intervals.append(.init(count: isWanted ? extent(variable) : 0, first: life.0, last: life.1))
    }
    for buffer in buffers {
      let isKept = repeatsBackward && buffer.lifetime == .saved
      let life = isKept ? plan.wholeLife : plan.bufferLife(buffer.lifetime, at: buffer.position)
      intervals.append(.init(count: life.0 > life.1 ? 0 : buffer.count, first: life.0, last: life.1))
    }
    let arenaPlan = ArenaPlan(intervals, alignment: 64 / MemoryLayout<Scalar>.stride)
    let count = variables.count
    for index in 0..<count where !isParameter[index] { valueOffsets[index] = arenaPlan.offsets[index] }
    gradientOffsets = (0..<count).map {
      isParameter[$0] ? valueOffsets[$0] : arenaPlan.offsets[count + $0]
    }
    bufferOffsets = Array(arenaPlan.offsets[(2 * count)...])
    accumulatesVariable = Array(repeating: false, count: count)
    return arenaPlan.extent
  }

  /// Modes of weights that the grids of the recorded layers do not reach, in all.
  public var droppedModes: Int { droppedModesOfWeights.values.reduce(0, +) }
  private var droppedModesOfWeights: [Variable: Int] = [:]

  /// Takes note of modes of a weight that a layer cannot use on its grid; a layer that is applied again drops the same ones.
  package func noteDroppedModes(_ count: Int, of weight: Variable) {
    if count > 0 { droppedModesOfWeights[weight] = count }
  }

  /// Operations that were recorded.
  package var operationCount: Int { operations.count }
  /// Numbers of memory that the tape takes.
  public var arenaCount: Int { arena?.count ?? 0 }

  // MARK: Running

  /// Runs all operations.
  ///
  /// - Parameters:
  ///   - samples: how many samples the data hold; at most `capacity`.
  ///   - parameters: in the store's layout; the store's own unless given.
  public func forward(samples: Int, parameters: UnsafeMutablePointer<Scalar>? = nil) {
    precondition(memory != nil, "Tape: nothing is run before finish")
    precondition(samples >= 1 && samples <= capacity, "Tape: \(samples) samples must be 1 … \(capacity)")
    self.samples = samples
    self.parameters = parameters ?? store.values.baseAddress
    for position in operations.indices {
      operations[position].forward(OperationContext(tape: self, position: position))
    }
  }

  /// Takes the gradient of `seed · Σ loss` back to the parameters and to data that want it.
  ///
  /// - Parameters:
  ///   - loss: one of the results.
  ///   - seed: the gradient of every number of it.
  ///   - gradients: receives the parameters' gradients, in the store's layout.
  ///   - accumulates: whether gradients are added to what stands there.
  public func backward(
    from loss: Variable, seed: Scalar, gradients: UnsafeMutablePointer<Scalar>, accumulates: Bool = false
  ) {
    gradientPointer(loss.index).update(repeating: seed, count: loss.count * (loss.isShared ? 1 : samples))
    propagate(gradients: gradients, accumulates: accumulates)
  }

  /// Takes a gradient of one of the results back to the parameters and to data that want it.
  ///
  /// - Parameter gradient: one number for each of the result, of the samples of the last run.
  public func backward(
    from result: Variable, gradient: [Scalar], gradients: UnsafeMutablePointer<Scalar>,
    accumulates: Bool = false
  ) {
    precondition(
      gradient.count == result.count * (result.isShared ? 1 : samples),
      "Tape: a gradient of \(gradient.count) numbers does not fit a result of shape \(result.shape)")
    gradient.withUnsafeBufferPointer {
      gradientPointer(result.index).update(from: $0.baseAddress!, count: $0.count)
    }
    propagate(gradients: gradients, accumulates: accumulates)
  }

  /// Takes gradients that stand with the results already back to the parameters and to data that want it; see `gradient(_:)`.
  package func backward(gradients: UnsafeMutablePointer<Scalar>, accumulates: Bool) {
    propagate(gradients: gradients, accumulates: accumulates)
  }

  /// The same, but parameters receive the gradient of every point by itself, added to its row.
  ///
  /// - Precondition: operations with parameters are `RowOperation`s.
  package func backwardRows(_ rows: RowGradients<Scalar>) {
    precondition(differentiates, "Tape: it was made without a backward pass")
    for position in operations.indices.reversed()
    where outputIndices[position].contains(where: { wantsGradient[$0] }) {
      let context = OperationContext(tape: self, position: position)
      guard inputIndices[position].contains(where: { isParameter[$0] }) else {
        operations[position].backward(context)
        continue
      }
      guard let operation = rowOperations[position] else {
        preconditionFailure("Tape: \(operations[position]) has no gradients of single points")
      }
      operation.backwardRows(context, rows)
    }
  }

  /// Where a parameter begins in the layout of the store.
  func offset(ofParameter index: Int) -> Int {
    precondition(isParameter[index], "Tape: variable \(index) is no parameter")
    return valueOffsets[index]
  }

  /// The backward pass from gradients that are there already.
  func propagate(gradients: UnsafeMutablePointer<Scalar>, accumulates: Bool) {
    precondition(differentiates, "Tape: it was made without a backward pass")
    parameterGradients = gradients
    accumulatesParameters = accumulates
    for position in operations.indices.reversed()
    where outputIndices[position].contains(where: { wantsGradient[$0] }) {
      operations[position].backward(OperationContext(tape: self, position: position))
    }
  }

  /// The values of a variable: those of data to be written before a run, those of results to be read after it.
  public func values(_ variable: Variable) -> UnsafeMutablePointer<Scalar> { pointer(variable.index) }
  /// The gradient of data after a backward pass.
  public func gradient(_ variable: Variable) -> UnsafeMutablePointer<Scalar> {
    gradientPointer(variable.index)
  }

  @inline(__always)
  func pointer(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    if isParameter[index] { return parameters! + valueOffsets[index] }
    return index == borrowed ? borrowedValues! : memory! + valueOffsets[index]
  }

  @inline(__always)
  func gradientPointer(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    if isParameter[index] { return parameterGradients! + gradientOffsets[index] }
    return index == borrowed ? borrowedGradient! : memory! + gradientOffsets[index]
  }

  func bufferPointer(_ buffer: TapeBuffer) -> UnsafeMutablePointer<Scalar> {
    memory! + bufferOffsets[buffer.index]
  }

  /// Whether the first operation of a backward pass that reaches a variable adds to its gradient.
  func accumulates(_ index: Int) -> Bool {
    accumulatesVariable[index] || (accumulatesParameters && isParameter[index])
  }
}
