package import Arrays

/// Evaluates pointwise functions of spectral data: coefficients → grid → program → coefficients.
///
/// The three passes never hold a function on the whole grid. The first transforms the leading axis of every
/// input in blocks of columns; the second takes one slab (a line in 2-D, a plane in 3-D) at a time through the
/// remaining inverse transforms, the program and the forward transforms, in cache; the third transforms the
/// leading axis of the products and adds them up. Modes that are not kept are never transformed.
package final class PencilEvaluator: @unchecked Sendable {
  /// A function to be evaluated on the grid: a linear combination of the state's components.
  package struct Input: Sendable {
    package var functions: [AxisFunctions]
    package var sources: [(component: Int, multiplier: Multiplier)]

    package init(functions: [AxisFunctions], sources: [(component: Int, multiplier: Multiplier)]) {
      self.functions = functions
      self.sources = sources
    }
  }

  /// A result of the program and where its coefficients are added.
  package struct Product: Sendable {
    package var functions: [AxisFunctions]
    package var targets: [(component: Int, multiplier: Multiplier)]

    package init(functions: [AxisFunctions], targets: [(component: Int, multiplier: Multiplier)]) {
      self.functions = functions
      self.targets = targets
    }
  }

  package let layout: PencilLayout
  package let inputs: [Input]
  package let products: [Product]
  package let program: PointProgram
  package let outputComponents: Int
  private let workers: Workers?
  private let sources: [MultiplierList]
  private let targets: [MultiplierList]

  private let leadingInputs: [ColumnPass]
  private let leadingProducts: [ColumnPass]
  private let slabs: SlabPass
  /// For every input, later every product: the slabs' coefficients (points of axis 0, rows of the others).
  private let slabInputs: [AlignedStorage<Double>]
  private let slabProducts: [AlignedStorage<Double>]

  /// - Parameters:
  ///   - outputComponents: how many functions the products' targets number.
  ///   - workers: splits the passes; `nil` runs them on the caller.
  package init(
    layout: PencilLayout, inputs: [Input], products: [Product], program: PointProgram, outputComponents: Int,
    workers: Workers?, mode: PlanningMode = .estimate
  ) {
    precondition(
      program.inputCount == inputs.count, "PencilEvaluator: \(inputs.count) inputs for another program")
    self.layout = layout
    self.inputs = inputs
    self.products = products
    self.program = program
    self.outputComponents = outputComponents
    self.workers = workers
    sources = inputs.map { MultiplierList($0.sources) }
    targets = products.map { MultiplierList($0.targets) }
    let workerCount = workers?.count ?? 1
    slabs = SlabPass(
      layout: layout, inputs: inputs.map(\.functions), products: products.map(\.functions), program: program,
      workers: workerCount, mode: mode)
    let slabLength = layout.dimension == 1 ? layout.length : layout.axes[0].points * slabs.rowLength
    slabInputs = inputs.map { _ in AlignedStorage(count: slabLength) }
    // Inputs are consumed slab by slab before the products of the same slab are written.
    let shared = slabInputs.prefix(products.count)
    slabProducts =
      Array(shared) + products.dropFirst(shared.count).map { _ in AlignedStorage(count: slabLength) }
    var passes: [AxisFunctions: ColumnPass] = [:]
    func pass(_ functions: [AxisFunctions]) -> ColumnPass? {
      guard layout.dimension > 1 else { return nil }
      if let known = passes[functions[0]] { return known }
      let made = ColumnPass(layout: layout, functions: functions[0], workers: workerCount, mode: mode)
      passes[functions[0]] = made
      return made
    }
    leadingInputs = inputs.compactMap { pass($0.functions) }
    leadingProducts = products.compactMap { pass($0.functions) }
    prepareTasks()
  }

  /// Bytes that this evaluator holds.
  package var bytes: Int {
    let own = slabInputs + slabProducts.dropFirst(slabInputs.count) + program.statics
    let multipliers = inputs.flatMap { $0.sources } + products.flatMap { $0.targets }
    return own.reduce(slabs.bytes) { $0 + 8 * $1.count } + multipliers.reduce(0) { $0 + $1.multiplier.bytes }
  }

  // The running call's arguments, read by the tasks.
  private var components: UnsafePointer<UnsafePointer<Double>> = UnsafePointer(bitPattern: 8)!
  private var result: UnsafeMutablePointer<Double> = UnsafeMutablePointer(bitPattern: 8)!
  private var scalars: UnsafePointer<Double> = UnsafePointer(bitPattern: 8)!
  private var grids: [UnsafeMutablePointer<Double>] = []
  private var tasks: (inverse: WorkerTask?, points: WorkerTask, forward: WorkerTask?)?

  private func prepareTasks() {
    let columns = layout.modes / layout.counts[0]
    let blocks = leadingInputs.first?.blocks ?? leadingProducts.first?.blocks ?? 0
    unowned let unowned = self
    let inverse =
      layout.dimension == 1 || inputs.isEmpty
      ? nil
      : WorkerTask(chunks: blocks * inputs.count) { chunk, worker in
        unowned.gather(input: chunk / blocks, block: chunk % blocks, columns: columns, worker: worker)
      }
    let points = WorkerTask(chunks: slabs.chunks) { chunk, worker in
      unowned.slabs.run(
        chunk: chunk, worker: worker, inputs: unowned.slabInputs, products: unowned.slabProducts,
        scalars: unowned.scalars, grids: unowned.grids)
    }
    let forward =
      layout.dimension == 1 || products.isEmpty
      ? nil
      : WorkerTask(chunks: blocks) { chunk, worker in
        unowned.scatter(block: chunk, columns: columns, worker: worker)
      }
    tasks = (inverse, points, forward)
  }

  /// Overwrites `result` with the sum of the products' targets.
  ///
  /// Allocates nothing.
  ///
  /// - Parameters:
  ///   - components: the addresses of the components that the inputs' sources number.
  ///   - result: `outputComponents` functions.
  ///   - scalars: the program's numbers.
  package func evaluate(
    _ components: UnsafePointer<UnsafePointer<Double>>, into result: UnsafeMutablePointer<Double>,
    scalars: UnsafePointer<Double>
  ) {
    self.components = components
    self.result = result
    self.scalars = scalars
    invert()
    workersRun(tasks!.points)
    if layout.dimension == 1 {
      result.update(repeating: 0, count: outputComponents * layout.length)
      for (product, coefficients) in zip(products, slabProducts) {
        for target in product.targets {
          target.multiplier.apply(
            to: coefficients.baseAddress, into: result + target.component * layout.length, mode: 0,
            count: layout.modes, isComplex: layout.isComplex, accumulate: true)
        }
      }
    } else if let forward = tasks!.forward {
      workersRun(forward)
    } else {
      result.update(repeating: 0, count: outputComponents * layout.length)
    }
  }

  /// Writes the products on the grid, in storage order, instead of transforming them.
  package func sample(
    _ components: UnsafePointer<UnsafePointer<Double>>, into grids: [UnsafeMutablePointer<Double>],
    scalars: UnsafePointer<Double>
  ) {
    precondition(grids.count == products.count, "PencilEvaluator: \(grids.count) grids for \(products.count)")
    self.components = components
    self.scalars = scalars
    self.grids = grids
    defer { self.grids = [] }
    invert()
    workersRun(tasks!.points)
  }

  private func invert() {
    if layout.dimension > 1 {
      if let inverse = tasks!.inverse { workersRun(inverse) }
      return
    }
    for (input, coefficients) in zip(sources, slabInputs) {
      sum(
        input, mode: 0, columns: layout.modes, rows: 1, count: layout.modes, into: coefficients.baseAddress,
        stride: layout.length, scale: 1)
    }
  }

  private func workersRun(_ task: WorkerTask) {
    if let workers { workers.run(task) } else { for chunk in 0..<task.chunks { task.body(chunk, 0) } }
  }

  /// The combination of components that an input is, for some rows of neighbouring modes.
  @inline(__always)
  private func sum(
    _ sources: MultiplierList, mode: Int, columns: Int, rows: Int, count: Int,
    into target: UnsafeMutablePointer<Double>, stride: Int, scale: Double
  ) {
    let isComplex: Int32 = layout.isComplex ? 1 : 0
    if sources.count == 0 {
      for row in 0..<rows { (target + row * stride).update(repeating: 0, count: count * layout.width) }
    }
    for s in 0..<sources.count {
      let entry = sources.entries[s]
      entry.apply(
        components[entry.component] + mode * layout.width, stride: columns * layout.width, target,
        stride: stride, mode: mode, columns: columns, rows: rows, count: count, isComplex: isComplex,
        scale: scale, accumulate: s > 0)
    }
  }

  private func gather(input number: Int, block: Int, columns: Int, worker: Int) {
    let pass = leadingInputs[number]
    let (first, count, transform) = pass.block(block)
    let (scratch, work) = pass.scratch(worker)
    let stride = transform.stride
    let list = sources[number]
    func fill(_ run: ColumnTransform.RowRun) {
      sum(
        list, mode: run.row * columns + first, columns: columns, rows: run.count, count: count,
        into: scratch + run.gridRow * stride, stride: stride, scale: run.synthesisFactor)
    }
    let runs = transform.rowRuns
    fill(runs.0)
    fill(runs.1)
    transform.clearUnused(scratch)
    transform.synthesize(
      scratch, into: slabInputs[number].baseAddress + first * layout.width, distance: slabs.rowLength,
      work: work)
  }

  private func scatter(block: Int, columns: Int, worker: Int) {
    // Every block owns its columns of all results.
    let (first, count, _) = leadingProducts[0].block(block)
    let width = count * layout.width
    let (rows, length) = (layout.counts[0], layout.length)
    let isComplex: Int32 = layout.isComplex ? 1 : 0
    let result = result
    for component in 0..<outputComponents {
      for row in 0..<rows {
        (result + component * length + (row * columns + first) * layout.width)
          .update(repeating: 0, count: width)
      }
    }
    for p in products.indices {
      let pass = leadingProducts[p]
      let transform = pass.block(block).transform
      let (scratch, work) = pass.scratch(worker)
      let stride = transform.stride
      transform.analyze(
        slabProducts[p].baseAddress + first * layout.width, distance: slabs.rowLength, into: scratch,
        work: work)
      let list = targets[p]
      let runs = transform.rowRuns
      for t in 0..<list.count {
        let entry = list.entries[t]
        func add(_ run: ColumnTransform.RowRun) {
          let mode = run.row * columns + first
          entry.apply(
            scratch + run.gridRow * stride, stride: stride,
            result + entry.component * length + mode * layout.width, stride: columns * layout.width,
            mode: mode, columns: columns, rows: run.count, count: count, isComplex: isComplex,
            scale: run.analysisFactor, accumulate: true)
        }
        add(runs.0)
        add(runs.1)
      }
    }
  }
}

/// The leading axis of one kind of functions, cut into blocks of columns that stay in cache.
internal final class ColumnPass: @unchecked Sendable {
  private let columns: Int
  private let blockColumns: Int
  private let full: ColumnTransform
  private let rest: ColumnTransform?
  private let storage: [AlignedStorage<Double>]
  private let blockLength: Int
  let blocks: Int

  init(layout: PencilLayout, functions: AxisFunctions, workers: Int, mode: PlanningMode) {
    columns = layout.modes / layout.counts[0]
    let axis = layout.axes[0]
    // A quarter of a megabyte, at least a few blocks for the workers to share, and whole vectors.
    let fitting = max(4, (1 << 18) / (8 * layout.width * axis.points))
    let shared = max(4, (columns + 5) / 6)
    let whole = ColumnTransform.padded(layout.width * min(fitting, shared, 64)) / layout.width
    blockColumns = min(columns, whole)
    blocks = (columns + blockColumns - 1) / blockColumns
    full = ColumnTransform(
      axis: axis, functions: functions, width: blockColumns * layout.width, isComplex: layout.isComplex,
      mode: mode)
    let remainder = columns % blockColumns
    rest =
      remainder == 0
      ? nil
      : ColumnTransform(
        axis: axis, functions: functions, width: remainder * layout.width, isComplex: layout.isComplex,
        mode: mode)
    blockLength = axis.points * full.stride
    let length = blockLength + max(full.workLength, rest?.workLength ?? 0)
    storage = (0..<workers).map { _ in AlignedStorage(count: length) }
  }

  /// A worker's block, and the transforms' work space.
  @inline(__always)
  func scratch(_ worker: Int) -> (block: UnsafeMutablePointer<Double>, work: UnsafeMutablePointer<Double>) {
    let block = storage[worker].baseAddress
    return (block, block + blockLength)
  }

  @inline(__always)
  func block(_ number: Int) -> (first: Int, count: Int, transform: ColumnTransform) {
    let first = number * blockColumns
    let count = min(blockColumns, columns - first)
    return (first, count, count == blockColumns ? full : rest!)
  }
}
