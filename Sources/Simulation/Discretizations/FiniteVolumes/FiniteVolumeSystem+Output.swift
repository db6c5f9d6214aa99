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

  /// Multilinear interpolation between the centres of cells; constant over the outer half cells.
  package func values(
    ofUnknown unknown: Int, _ state: StateVector, at points: NDArray<Double>
  ) -> [Double] {
    let values = state.baseAddress + unknown * grid.cellCount
    return (0..<points.shape[0]).map { point in
      var (lower, weights) = ([Int](), [Double]())
      for axis in grid.axes.indices {
        let offset = (points[point, axis] - grid.axes[axis].lower) / grid.spacings[axis] - 0.5
        let first = min(max(Int(offset.rounded(.down)), 0), max(0, grid.counts[axis] - 2))
        lower.append(first)
        weights.append(grid.counts[axis] == 1 ? 0 : min(max(offset - Double(first), 0), 1))
      }
      return (0..<1 << grid.dimension).reduce(0) { sum, corner in
        var (cell, weight) = (0, 1.0)
        for axis in grid.axes.indices {
          let isUpper = corner >> axis & 1 == 1
          weight *= isUpper ? weights[axis] : 1 - weights[axis]
          cell += min(lower[axis] + (isUpper ? 1 : 0), grid.counts[axis] - 1) * grid.strides[axis]
        }
        return weight == 0 ? sum : sum + weight * values[cell]
      }
    }
  }
}
