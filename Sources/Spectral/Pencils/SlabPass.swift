import Arrays

/// The middle pass of a `PencilEvaluator`: everything behind the leading axis, one slab at a time.
///
/// In 2-D a slab is a line, in 3-D a plane whose middle axis is transformed here too; in 1-D the whole
/// problem is one line.
internal final class SlabPass: @unchecked Sendable {
  /// One address per function.
  typealias Rows = UnsafeMutablePointer<UnsafeMutablePointer<Double>>

  private let layout: PencilLayout
  private let program: PointProgram
  private let inputCount: Int
  private let productCount: Int
  /// Doubles of one slab's coefficients.
  let rowLength: Int
  private let slabCount: Int
  /// Slabs per chunk of work.
  private let slabsPerChunk: Int
  let chunks: Int
  private let linesPerSlab: Int

  private let inputLines: [TransformPair]
  private let productLines: [TransformPair]
  private let inputPlanes: [ColumnTransform]
  private let productPlanes: [ColumnTransform]
  private let scratch: [Scratch]

  init(
    layout: PencilLayout, inputs: [[AxisFunctions]], products: [[AxisFunctions]], program: PointProgram,
    workers: Int, mode: PlanningMode
  ) {
    self.layout = layout
    self.program = program
    inputCount = inputs.count
    productCount = products.count
    let dimension = layout.dimension
    let last = layout.axes[dimension - 1]
    // Blocks of columns are written with their padding.
    rowLength =
      dimension == 1 ? layout.length : ColumnTransform.padded(layout.width * layout.modes / layout.counts[0])
    slabCount = dimension == 1 ? 1 : layout.axes[0].points
    linesPerSlab = dimension == 3 ? layout.axes[1].points : 1
    let lines = dimension == 3 ? linesPerSlab : slabCount
    // Blocks of lines whose registers stay in the first-level cache.
    let wanted = max(1, min(lines, 2048 / last.points))
    let perBlock = wanted
    slabsPerChunk = dimension == 3 ? 1 : max(perBlock, min(perBlock * 4, (slabCount + 7) / 8))
    chunks = (slabCount + slabsPerChunk - 1) / slabsPerChunk

    var pairs: [AxisFunctions: TransformPair] = [:]
    func pair(_ functions: AxisFunctions) -> TransformPair {
      if let known = pairs[functions] { return known }
      let made = TransformPair(
        full: LineTransform(axis: last, functions: functions, lines: perBlock, mode: mode),
        single: LineTransform(axis: last, functions: functions, lines: 1, mode: mode))
      pairs[functions] = made
      return made
    }
    inputLines = inputs.map { pair($0[dimension - 1]) }
    productLines = products.map { pair($0[dimension - 1]) }
    var planes: [AxisFunctions: ColumnTransform] = [:]
    func plane(_ functions: [AxisFunctions]) -> ColumnTransform? {
      guard dimension == 3 else { return nil }
      if let known = planes[functions[1]] { return known }
      let made = ColumnTransform(
        axis: layout.axes[1], functions: functions[1], width: layout.counts[2] * layout.width,
        isComplex: layout.isComplex, mode: mode)
      planes[functions[1]] = made
      return made
    }
    inputPlanes = inputs.compactMap(plane)
    productPlanes = products.compactMap(plane)

    let planeLength =
      dimension == 3
      ? layout.axes[1].points * ColumnTransform.padded(layout.counts[2] * layout.width) : 0
    let work = max(
      (inputLines + productLines).flatMap { [$0.full.workLength, $0.single.workLength] }.max() ?? 0,
      (inputPlanes + productPlanes).map(\.workLength).max() ?? 0)
    let registers = program.registerCount
    let blockPoints = perBlock * last.points
    let planeCount = max(inputs.count, products.count)
    scratch = (0..<workers).map { _ in
      Scratch(
        registers: registers, statics: program.inputCount..<program.firstTemporary, blockPoints: blockPoints,
        work: work, planes: planeCount, planeLength: planeLength)
    }
    rowsPerBlock = perBlock
  }

  private let rowsPerBlock: Int

  var bytes: Int { scratch.reduce(0) { $0 + $1.bytes } }

  /// Runs the slabs of a chunk.
  ///
  /// - Parameters:
  ///   - inputs: the coefficients of every input, `rowLength` doubles per slab.
  ///   - products: where those of the products go.
  ///   - grids: where the products' values go instead, if anywhere.
  func run(
    chunk: Int, worker: Int, inputs: Rows, products: Rows, scalars: UnsafePointer<Double>, grids: Rows?
  ) {
    let scratch = scratch[worker]
    let firstSlab = chunk * slabsPerChunk
    let slabs = min(slabsPerChunk, slabCount - firstSlab)
    if layout.dimension < 3 {
      for i in 0..<inputCount { scratch.rows[i] = inputs[i] + firstSlab * rowLength }
      for p in 0..<productCount { scratch.results[p] = products[p] + firstSlab * rowLength }
      process(
        lines: slabs, firstLine: firstSlab, stride: rowLength, scratch: scratch, scalars: scalars,
        grids: grids)
      return
    }
    let width = layout.counts[2] * layout.width
    let stride = ColumnTransform.padded(width)
    for i in 0..<inputCount {
      let plane = scratch.plane(i)
      let transform = inputPlanes[i]
      let source = inputs[i] + firstSlab * rowLength
      func fill(_ run: ColumnTransform.RowRun) {
        for row in 0..<run.count {
          let (from, to) = (source + (run.row + row) * width, plane + (run.gridRow + row) * stride)
          for j in 0..<width { to[j] = run.synthesisFactor * from[j] }
        }
      }
      let runs = transform.rowRuns
      fill(runs.0)
      fill(runs.1)
      transform.clearUnused(plane)
      transform.synthesize(plane, into: plane, distance: stride, work: scratch.work)
      scratch.rows[i] = plane
    }
    for p in 0..<productCount { scratch.results[p] = scratch.plane(p) }
    process(
      lines: linesPerSlab, firstLine: firstSlab * linesPerSlab, stride: stride, scratch: scratch,
      scalars: scalars, grids: grids)
    guard grids == nil else { return }
    for p in 0..<productCount {
      let plane = scratch.plane(p)
      let transform = productPlanes[p]
      transform.analyze(plane, distance: stride, into: plane, work: scratch.work)
      let target = products[p] + firstSlab * rowLength
      if transform.functions == .sine { target.update(repeating: 0, count: width) }
      func keep(_ run: ColumnTransform.RowRun) {
        for row in 0..<run.count {
          let (from, to) = (plane + (run.gridRow + row) * stride, target + (run.row + row) * width)
          for j in 0..<width { to[j] = run.analysisFactor * from[j] }
        }
      }
      let runs = transform.rowRuns
      keep(runs.0)
      keep(runs.1)
    }
  }

  /// Lines of coefficients through the program, a block of lines at a time.
  ///
  /// Products may overwrite the inputs' rows: a block reads its rows before it writes them.
  private func process(
    lines: Int, firstLine: Int, stride: Int, scratch: Scratch, scalars: UnsafePointer<Double>,
    grids: Rows?
  ) {
    let n = layout.axes[layout.dimension - 1].points
    var line = 0
    while line < lines {
      let isFull = line + rowsPerBlock <= lines
      let count = isFull ? rowsPerBlock : 1
      for i in 0..<inputCount {
        let transform = isFull ? inputLines[i].full : inputLines[i].single
        transform.synthesize(
          scratch.rows[i] + line * stride, stride: stride, values: scratch.registers[i],
          work: scratch.work)
      }
      let point = (firstLine + line) * n
      for s in program.statics.indices {
        scratch.registers[program.inputCount + s] = program.statics[s].baseAddress + point
      }
      program.run(registers: scratch.registers, scalars: scalars, count: count * n)
      for p in 0..<productCount {
        let values = scratch.registers[program.outputs[p]]
        if let grids {
          (grids[p] + point).update(from: values, count: count * n)
        } else {
          let transform = isFull ? productLines[p].full : productLines[p].single
          transform.analyze(
            values, into: scratch.results[p] + line * stride, stride: stride, work: scratch.work)
        }
      }
      line += count
    }
  }

  /// A line transform for whole blocks and one for the lines left over.
  private struct TransformPair {
    let full: LineTransform
    let single: LineTransform
  }
}

/// What one worker needs for a slab.
private final class Scratch: @unchecked Sendable {
  let registers: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  let rows: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  let results: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  let work: UnsafeMutablePointer<Double>
  private let values: AlignedStorage<Double>
  private let workSpace: AlignedStorage<Double>
  private let planes: AlignedStorage<Double>
  private let planeLength: Int

  init(
    registers count: Int, statics: Range<Int>, blockPoints: Int, work workLength: Int, planes planeCount: Int,
    planeLength: Int
  ) {
    // Lines of a power-of-two length would all start on the same cache set.
    let distance = (blockPoints + 7) / 8 * 8 + 24
    values = AlignedStorage(count: count * distance)
    workSpace = AlignedStorage(count: workLength)
    // FFTW wants every plane on a 16-byte boundary.
    self.planeLength = (planeLength + 7) / 8 * 8
    planes = AlignedStorage(count: planeCount * self.planeLength)
    work = workSpace.baseAddress
    registers = .allocate(capacity: max(count, 1))
    rows = .allocate(capacity: max(planeCount, 1))
    results = .allocate(capacity: max(planeCount, 1))
    for r in 0..<count { (registers + r).initialize(to: values.baseAddress + r * distance) }
    rows.initialize(repeating: workSpace.baseAddress, count: max(planeCount, 1))
    results.initialize(repeating: workSpace.baseAddress, count: max(planeCount, 1))
  }

  deinit {
    registers.deallocate()
    rows.deallocate()
    results.deallocate()
  }

  var bytes: Int { 8 * (values.count + workSpace.count + planes.count) }

  func plane(_ number: Int) -> UnsafeMutablePointer<Double> {
    planes.baseAddress + number * planeLength
  }
}
