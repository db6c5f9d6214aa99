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
  /// Components with coefficients that no target overwrites.
  private let clearedComponents: [Int]

  private let leadingInputs: [ColumnPass]
  private let leadingProducts: [ColumnPass]
  private let slabs: SlabPass
  private let storage: [AlignedStorage<Double>]
  /// For every input, later every product: the slabs' coefficients (points of axis 0, rows of the others).
  private let slabInputs: PointerList
  private let slabProducts: PointerList
  private let grids: PointerList

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
    clearedComponents = Self.markFirst(targets, products: products, count: outputComponents)
    let workerCount = workers?.count ?? 1
    slabs = SlabPass(
      layout: layout, inputs: inputs.map(\.functions), products: products.map(\.functions), program: program,
      workers: workerCount, mode: mode)
    let slabLength = layout.dimension == 1 ? layout.length : layout.axes[0].points * slabs.rowLength
    // Inputs are consumed slab by slab before the products of the same slab are written.
    storage = (0..<max(inputs.count, products.count)).map { _ in AlignedStorage(count: slabLength) }
    slabInputs = PointerList(storage.prefix(inputs.count).map(\.baseAddress))
    slabProducts = PointerList(storage.prefix(products.count).map(\.baseAddress))
    grids = PointerList(products.map { _ in UnsafeMutablePointer(bitPattern: 8)! })
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
    let multipliers = inputs.flatMap { $0.sources } + products.flatMap { $0.targets }
    return (storage + program.statics).reduce(slabs.bytes) { $0 + 8 * $1.count }
      + multipliers.reduce(0) { $0 + $1.multiplier.bytes }
  }

  /// Lets the first target of every component overwrite it.
  ///
  /// - Returns: the components that have to be cleared instead: those without a target, and those whose first
  ///   one has no row 0 along the leading axis.
  private static func markFirst(_ targets: [MultiplierList], products: [Product], count: Int) -> [Int] {
    var isCleared: [Int: Bool] = [:]
    for (list, product) in zip(targets, products) {
      let hasGap = product.functions.count > 1 && product.functions[0] == .sine
      for t in 0..<list.count {
        let component = list.entries[t].component
        list.entries[t].accumulates = isCleared[component] != nil || hasGap
        isCleared[component] = isCleared[component] ?? hasGap
      }
    }
    return (0..<count).filter { isCleared[$0] ?? true }
  }

  // The running call's arguments, read by the tasks.
  private var components: UnsafePointer<UnsafePointer<Double>> = UnsafePointer(bitPattern: 8)!
  private var result: UnsafeMutablePointer<Double> = UnsafeMutablePointer(bitPattern: 8)!
  private var scalars: UnsafePointer<Double> = UnsafePointer(bitPattern: 8)!
  private var isSampling = false
  private var tasks: (inverse: WorkerTask?, points: WorkerTask, forward: WorkerTask?)?

  private func prepareTasks() {
    let columns = layout.modes / layout.counts[0]
    let blocks = leadingInputs.first?.blocks ?? leadingProducts.first?.blocks ?? 0
    let inputCount = inputs.count
    // The tasks are this object's own and run while it is called: no count needs to be kept of it.
    unowned(unsafe) let evaluator = self
    let (slabs, slabInputs, slabProducts, grids) = (slabs, slabInputs, slabProducts, grids)
    let inverse =
      layout.dimension == 1 || inputs.isEmpty
      ? nil
      : WorkerTask(chunks: blocks * inputCount) { chunk, worker in
        // All inputs of a block follow each other, while its part of the state is in the cache.
        evaluator.gather(
          input: chunk % inputCount, block: chunk / inputCount, columns: columns, worker: worker)
      }
    let points = WorkerTask(chunks: slabs.chunks) { chunk, worker in
      slabs.run(
        chunk: chunk, worker: worker, inputs: slabInputs.pointers, products: slabProducts.pointers,
        scalars: evaluator.scalars, grids: evaluator.isSampling ? grids.pointers : nil)
    }
    let forward =
      layout.dimension == 1 || products.isEmpty
      ? nil
      : WorkerTask(chunks: blocks) { chunk, worker in
        evaluator.scatter(block: chunk, columns: columns, worker: worker)
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
    run(tasks!.points)
    for component in clearedComponents {
      (result + component * layout.length).update(repeating: 0, count: layout.length)
    }
    if let forward = tasks!.forward {
      run(forward)
    } else {
      for p in targets.indices { addLine(product: p) }
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
    for (index, grid) in grids.enumerated() { self.grids.pointers[index] = grid }
    isSampling = true
    defer { isSampling = false }
    invert()
    run(tasks!.points)
  }

  private func invert() {
    if layout.dimension > 1 {
      if let inverse = tasks!.inverse { run(inverse) }
      return
    }
    for i in sources.indices {
      let list = sources[i]
      if list.count == 1, list.entries[0].isIdentity {
        // The line's transform only reads its coefficients.
        slabInputs.pointers[i] = UnsafeMutablePointer(mutating: components[list.entries[0].component])
      } else {
        slabInputs.pointers[i] = storage[i].baseAddress
        sum(
          list, mode: 0, columns: layout.modes, rows: 1, count: layout.modes, into: storage[i].baseAddress,
          stride: layout.length, scale: 1)
      }
    }
  }

  private func run(_ task: WorkerTask) {
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

  /// The coefficients of a product in one dimension to its targets.
  private func addLine(product: Int) {
    let list = targets[product]
    for t in 0..<list.count {
      let entry = list.entries[t]
      entry.apply(
        slabProducts.pointers[product], stride: 0, result + entry.component * layout.length, stride: 0,
        mode: 0, columns: 0, rows: 1, count: layout.modes, isComplex: layout.isComplex ? 1 : 0, scale: 1,
        accumulate: entry.accumulates)
    }
  }

  /// A block of columns of an input: its coefficients, transformed along the leading axis.
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
      scratch, into: slabInputs.pointers[number] + first * layout.width, distance: slabs.rowLength,
      work: work)
  }

  /// A block of columns of all products, transformed along the leading axis, to the targets.
  ///
  /// Every block owns its columns of all results.
  private func scatter(block: Int, columns: Int, worker: Int) {
    let isComplex: Int32 = layout.isComplex ? 1 : 0
    for p in products.indices {
      let pass = leadingProducts[p]
      let (first, count, transform) = pass.block(block)
      let (scratch, work) = pass.scratch(worker)
      let stride = transform.stride
      transform.analyze(
        slabProducts.pointers[p] + first * layout.width, distance: slabs.rowLength, into: scratch, work: work)
      let list = targets[p]
      let runs = transform.rowRuns
      for t in 0..<list.count {
        let entry = list.entries[t]
        func add(_ run: ColumnTransform.RowRun) {
          let mode = run.row * columns + first
          entry.apply(
            scratch + run.gridRow * stride, stride: stride,
            result + entry.component * layout.length + mode * layout.width, stride: columns * layout.width,
            mode: mode, columns: columns, rows: run.count, count: count, isComplex: isComplex,
            scale: run.analysisFactor, accumulate: entry.accumulates)
        }
        add(runs.0)
        add(runs.1)
      }
    }
  }
}
