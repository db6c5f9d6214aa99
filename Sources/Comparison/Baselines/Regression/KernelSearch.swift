import Arrays

/// The choice of a length scale and a ridge parameter.
struct KernelSearch: Sendable {
  private let choice: ChoiceSamples
  private let distances: DenseMatrix
  private let judgedDistances: DenseMatrix?
  /// The median distance of two samples, in scaled units; 1 where all are the same.
  let medianDistance: Double

  struct Choice: Sendable {
    /// In units of the median distance.
    var length: Double
    var strength: Double
    var error: Double
  }

  init(_ choice: ChoiceSamples) {
    self.choice = choice
    distances = FeatureMap.squaredDistances(choice.samples.inputs, choice.samples.inputs)
    judgedDistances = choice.judges.map { FeatureMap.squaredDistances($0.inputs, choice.samples.inputs) }
    let distances = distances
    var pairs = (0..<distances.rows).flatMap { i in (0..<i).map { distances.row(i)[$0] } }
    pairs.sort()
    let median = pairs.isEmpty ? 0 : pairs[pairs.count / 2].squareRoot()
    medianDistance = median > 0 ? median : 1
  }

  /// The pair of the least error, the first of equals.
  ///
  /// - Returns: `nil` where no error is finite.
  func best(lengths: [Double], strengths: [Double], workers: Workers) -> Choice? {
    let errors = AlignedStorage<Double>(count: lengths.count * strengths.count)
    workers.run(chunks: lengths.count) { [self] chunk, _ in
      let search = search(length: lengths[chunk])
      for (index, strength) in strengths.enumerated() {
        errors.baseAddress[chunk * strengths.count + index] = search.error(strength)
      }
    }
    var best: Choice?
    for (index, error) in errors.buffer.enumerated() where error < best?.error ?? .infinity {
      best = Choice(
        length: lengths[index / strengths.count], strength: strengths[index % strengths.count], error: error)
    }
    return best
  }

  private func search(length: Double) -> RidgeSearch {
    func gaussians(_ distances: DenseMatrix) -> DenseMatrix {
      let result = DenseMatrix(distances.rows, distances.columns)
      FeatureMap.gaussians(distances, length: length * medianDistance, into: result)
      return result
    }
    return RidgeSearch(
      choice, features: gaussians(distances), judged: judgedDistances.map(gaussians), isDual: true,
      unit: 1)
  }
}
