package import Arrays
import Equations
import Geometry

extension FiniteVolumeSystem: BalanceDiscretization {
  package var recordLayout: RecordLayout {
    RecordLayout(
      axes: grid.axes.indices.map {
        RecordedAxis(
          name: grid.axes[$0].name, coordinates: grid.centers($0), isPeriodic: grid.axes[$0].isPeriodic)
      }, fields: [], quantities: [], hasTime: form.domain.time != nil)
  }

  package var summary: String {
    grid.counts.map { "\($0)" }.joined(separator: "×") + " cells"
  }

  package var freeCount: Int { count }

  package func quadratureInputs(_ state: StateVector, time: Double) -> [AlignedStorage<Double>] {
    outputInputs(state, time: time, needed: Set(0..<form.inputCount))
  }

  package func outputPoints() -> GridFunctions { quadraturePoints.functions }

  package func points(ofUnknown unknown: Int) -> GridFunctions { quadraturePoints.functions }

  package var ranges: [Range<Int>] {
    form.unknowns.indices.map { $0 * grid.cellCount..<($0 + 1) * grid.cellCount }
  }

  /// Multilinear interpolation between the centres of cells, continued over the outer half cells; NaN outside of the grid.
  package func values(
    ofUnknown unknown: Int, _ state: StateVector, at points: NDArray<Double>
  ) -> [Double] {
    let values = state.baseAddress + unknown * grid.cellCount
    return (0..<points.shape[0]).map { point in
      var corners = [(cell: 0, weight: 1.0)]
      for axis in grid.axes.indices {
        guard let (lower, upper, weight) = grid.neighbours(of: points[point, axis], along: axis) else {
          return .nan
        }
        let stride = grid.strides[axis]
        corners = corners.flatMap {
          [
            ($0.cell + lower * stride, $0.weight * (1 - weight)),
            ($0.cell + upper * stride, $0.weight * weight),
          ]
        }
      }
      return corners.reduce(0) { $1.weight == 0 ? $0 : $0 + $1.weight * values[$1.cell] }
    }
  }
}

extension CellGrid {
  /// The cells between whose centres a coordinate lies, and the weight of the second in linear interpolation.
  ///
  /// In an outer half cell those beside it; `nil` outside of the axis. Periodic axes have no outside.
  fileprivate func neighbours(of coordinate: Double, along axis: Int) -> (Int, Int, Double)? {
    let count = counts[axis]
    let offset = (coordinate - axes[axis].lower) / spacings[axis]
    guard offset.isFinite else { return nil }
    if axes[axis].isPeriodic {
      let turns = (offset / Double(count)).rounded(.down)
      let position = offset - turns * Double(count) + Double(count) - 0.5
      let first = Int(position)
      return (first % count, (first + 1) % count, position - Double(first))
    }
    // A point on the boundary is inside, however its coordinate was rounded.
    guard offset >= -1e-9, offset <= Double(count) + 1e-9 else { return nil }
    guard count > 1 else { return (0, 0, 0) }
    let first = min(max(Int((offset - 0.5).rounded(.down)), 0), count - 2)
    return (first, first + 1, offset - 0.5 - Double(first))
  }
}
