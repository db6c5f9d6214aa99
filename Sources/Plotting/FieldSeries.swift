public import Arrays

/// A scalar field on a grid or a mesh at one or several times, as pictures need it.
public struct FieldSeries: Sendable {
  /// The name of the field.
  public var name: String
  /// The unit of its values; `nil` for none.
  public var unit: String?
  /// The times of the snapshots; empty for a steady field, which has one snapshot.
  public var times: [Double]
  /// The name of the time axis.
  public var timeName = "t"
  /// The unit of the times; `nil` for none.
  public var timeUnit: String?
  /// The space axes, slowest first; none for a field on a mesh or one that depends on time alone.
  public var axes: [PlotAxis]
  /// The mesh of a field over two or three dimensions that is not on a tensor grid.
  public private(set) var mesh: PlotMesh?
  private let load: @Sendable (Int) throws -> NDArray<Double>

  /// A field whose snapshots are fetched when they are drawn.
  ///
  /// - Parameters:
  ///   - name: the name in the legend or beside the colours.
  ///   - unit: of the values; `nil` for none.
  ///   - times: of the snapshots; empty for a field that does not change.
  ///   - timeUnit: of the times; `nil` for none.
  ///   - axes: the space axes, slowest first.
  ///   - snapshot: the values at the time of the given number, one array axis per space axis. What it throws
  ///     becomes a `PlotError.badField`.
  public init(
    name: String, unit: String? = nil, times: [Double], timeUnit: String? = nil, axes: [PlotAxis],
    snapshot: @escaping @Sendable (Int) throws -> NDArray<Double>
  ) {
    self.name = name
    self.unit = unit
    self.times = times
    self.timeUnit = timeUnit
    self.axes = axes
    load = snapshot
  }

  /// A field in memory.
  ///
  /// - Parameters:
  ///   - name: the name in the legend or beside the colours.
  ///   - unit: of the values; `nil` for none.
  ///   - times: of the snapshots; empty for a field that does not change.
  ///   - timeUnit: of the times; `nil` for none.
  ///   - axes: the space axes, slowest first.
  ///   - values: shape `[time, space…]`, or `[space…]` where `times` is empty.
  public init(
    name: String, unit: String? = nil, times: [Double], timeUnit: String? = nil, axes: [PlotAxis],
    values: NDArray<Double>
  ) {
    let lengths = axes.map(\.coordinates.count)
    let size = lengths.reduce(1, &*)
    let expected = times.isEmpty ? lengths : [times.count] + lengths
    self.init(name: name, unit: unit, times: times, timeUnit: timeUnit, axes: axes) { index in
      guard values.shape == expected else {
        throw PlotError.badField(
          name: name, reason: "its shape is \(values.shape), its times and axes say \(expected)")
      }
      return values.withUnsafeBuffer { NDArray(shape: lengths, $0[(index * size)..<((index + 1) * size)]) }
    }
  }

  /// A field with a value at every node of a mesh, whose snapshots are fetched when they are drawn.
  ///
  /// On a mesh of intervals it becomes a field over one axis, with the nodes and the ends of holes as its points.
  ///
  /// - Parameters:
  ///   - name: the name in the legend or beside the colours.
  ///   - unit: of the values; `nil` for none.
  ///   - times: of the snapshots; empty for a field that does not change.
  ///   - timeUnit: of the times; `nil` for none.
  ///   - mesh: shared by all fields on it.
  ///   - snapshot: the values at the nodes at the time of the given number. What it throws becomes a
  ///     `PlotError.badField`.
  public init(
    name: String, unit: String? = nil, times: [Double], timeUnit: String? = nil, mesh: PlotMesh,
    snapshot: @escaping @Sendable (Int) throws -> NDArray<Double>
  ) {
    guard mesh.dimension == 1 else {
      self.init(name: name, unit: unit, times: times, timeUnit: timeUnit, axes: [], snapshot: snapshot)
      self.mesh = mesh
      return
    }
    let (axis, added) = mesh.intervalAxis
    self.init(name: name, unit: unit, times: times, timeUnit: timeUnit, axes: [axis]) { index in
      let values = try snapshot(index)
      guard values.shape == [axis.coordinates.count - added] else { return values }
      return NDArray(
        shape: [axis.coordinates.count], values.elements + [Double](repeating: .nan, count: added))
    }
  }

  /// The number of space dimensions.
  public var dimension: Int { mesh?.dimension ?? axes.count }

  /// The number of snapshots.
  public var snapshots: Int { max(times.count, 1) }

  /// The values at the time of the given number, one array axis per space axis, or one for all nodes of the mesh.
  ///
  /// - Throws: `badField` if they cannot be had or do not fit the axes.
  public func snapshot(_ index: Int) throws(PlotError) -> NDArray<Double> {
    precondition(
      index >= 0 && index < snapshots, "FieldSeries: snapshot \(index) is not below \(snapshots)")
    let lengths = mesh.map { [$0.nodes.shape[0]] } ?? axes.map(\.coordinates.count)
    if let empty = axes.first(where: { $0.coordinates.isEmpty }) {
      throw .badField(name: name, reason: "its axis '\(empty.name)' has no points")
    }
    let values: NDArray<Double>
    do {
      values = try load(index)
    } catch let error as PlotError {
      throw error
    } catch {
      throw .badField(name: name, reason: String(describing: error))
    }
    guard values.shape == lengths else {
      throw .badField(
        name: name,
        reason: "its shape is \(values.shape), its \(mesh == nil ? "axes say" : "mesh says") \(lengths)")
    }
    return values
  }

  /// What the colours or the vertical axis measure.
  var quantity: Quantity { Quantity(name, unit: unit) }

  /// `t = 0.5 s`, or nothing for a steady field.
  func caption(at index: Int) -> String {
    guard times.indices.contains(index) else { return "" }
    return Quantity(timeName, unit: timeUnit).statement(times[index])
  }

  /// At most `limit` snapshot numbers from the first to the last, at even distances.
  func spread(_ limit: Int) -> [Int] {
    guard snapshots > limit, limit > 1 else { return limit == 1 ? [snapshots - 1] : Array(0..<snapshots) }
    return (0..<limit).map { ($0 * (snapshots - 1) + (limit - 1) / 2) / (limit - 1) }
  }
}
