import Arrays
import Exchange
import Simulation

/// Appends samples to a file, each synced before the next: a killed generation leaves a file with all of them.
final class DataSetWriter {
  private let writer: NetCDFWriter
  private let plan: DataSetPlan
  private let splits: SplitSizes
  private(set) var count: Int

  /// Begins a file.
  ///
  /// - Throws: `ExchangeError`.
  init(path: String, layout: StoredLayout, plan: DataSetPlan, attributes: [NetCDFAttribute]) throws {
    self.plan = plan
    splits = plan.splits
    count = 0
    writer = try NetCDFWriter(
      path: path, schema: layout.schema(attributes: attributes, precision: plan.precision))
    for axis in layout.axes {
      try writer.write(NDArray(shape: [axis.coordinates.count], axis.coordinates), to: axis.name)
    }
    if let times = layout.times { try writer.write(NDArray(shape: [times.count], times), to: "t") }
    try writer.sync()
  }

  /// Continues a file after the samples that it has.
  ///
  /// - Throws: `ExchangeError`.
  init(resuming path: String, samples: Int, plan: DataSetPlan) throws {
    self.plan = plan
    splits = plan.splits
    count = samples
    writer = try NetCDFWriter(reopening: path, keptRecords: samples)
  }

  /// - Throws: `ExchangeError`.
  func append(_ sample: SolvedSample) throws {
    var record = sample.values
    func put(_ value: Double, _ name: String) { record[name] = NDArray(shape: [], [value]) }
    put(Double(sample.number), "sample")
    put(Double(splits[count].rawValue), "split")
    put(Double(plan.seed), "seed")
    put(sample.residual, "residual")
    try writer.append(record)
    try writer.sync()
    count += 1
  }

  /// Closes the file; a wall time says that it is complete.
  ///
  /// - Throws: `ExchangeError` for whatever went wrong since the file was opened.
  func finish(wallSeconds: Double) throws {
    try writer.update(NetCDFAttribute(Provenance.wallSecondsAttribute, .doubles([wallSeconds])))
    try writer.close()
  }

  /// Closes the file as it is.
  func abandon() { try? writer.close() }
}
