import Spectral

/// How a box gets from one level to the next.
enum BoxCoarsening {
  /// Axes whose couplings are weaker than this share of the strongest are not coarsened: pointwise smoothing does
  /// nothing for what is smooth along strong axes and rough along weak ones.
  private static let weakShare = 0.35

  /// Which axes are coarsened next; none when all are short.
  static func coarsenedAxes(_ level: BoxLevel, diffusivities: [Double]) -> [Bool] {
    let couplings = (0..<3).map { axis in
      level.axes[axis].canCoarsen ? level.axes[axis].coupling * diffusivities[axis] : 0
    }
    let strongest = couplings.max() ?? 0
    return couplings.map { $0 > weakShare * strongest }
  }

  /// Face conductances of the coarse level: in series along the path from one coarse unknown to the next, parallel
  /// across it.
  static func conductances(_ fine: [[Double]], _ axes: [BoxAxis], coarsened: [Bool]) -> [[Double]] {
    (0..<3).map { along in
      var counts = axes.map(\.count)
      counts[along] += 1
      var values = fine[along]
      for axis in 0..<3 where coarsened[axis] {
        let parts = axis == along ? axes[axis].coarseFaces : Self.lines(axes[axis])
        values = combined(values, counts: counts, axis: axis, parts: parts, inSeries: axis == along)
        counts[axis] = parts.count
      }
      return values
    }
  }

  /// The fine lines that a coarse line stands for, with their shares.
  private static func lines(_ axis: BoxAxis) -> [[(face: Int, share: Double)]] {
    let coarse = axis.coarsened
    if axis.grid == .faces {
      return (0..<coarse.count).map { number in
        (2 * number..<min(2 * number + 2, axis.count)).map { ($0, 1) }
      }
    }
    let weights = BoxInterpolation(from: coarse, to: axis, isPerVolume: false).restriction
    return (0..<coarse.count).map { number in
      (0..<4).compactMap { tap in
        let fine = (2 * number - 1 + tap + axis.count) % axis.count
        return weights[tap][number] != 0 ? (fine, weights[tap][number]) : nil
      }
    }
  }

  private static func combined(
    _ values: [Double], counts: [Int], axis: Int, parts: [[(face: Int, share: Double)]], inSeries: Bool
  ) -> [Double] {
    let inner = counts[..<axis].reduce(1, *)
    let outer = counts[(axis + 1)...].reduce(1, *)
    let (fineCount, coarseCount) = (counts[axis], parts.count)
    var result = [Double](repeating: 0, count: inner * coarseCount * outer)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        for block in 0..<outer {
          for (number, list) in parts.enumerated() {
            let target = (block * coarseCount + number) * inner
            for part in list {
              let source = (block * fineCount + part.face) * inner
              for k in 0..<inner {
                result[target + k] +=
                  inSeries ? part.share / values[source + k] : part.share * values[source + k]
              }
            }
            // A face that nothing passes has an infinite resistance.
            if inSeries { for k in 0..<inner { result[target + k] = 1 / result[target + k] } }
          }
        }
      }
    }
    return result
  }
}
