public import Arrays
import COpenBLAS

extension OrthonormalFeatures {
  /// Draws independent candidates by their leverage; the same one may come twice.
  ///
  /// One of each of `count` equal parts of the cumulated probabilities, which spreads them more evenly than fully independent ones.
  /// `O(count · rank)`.
  ///
  /// - Parameter uniformShare: see `probabilities(uniformShare:)`.
  public func leverageSample(
    _ count: Int, uniformShare: Double = 0, stream: RandomStream
  ) -> [Int] {
    let probabilities = probabilities(uniformShare: uniformShare)
    let total = probabilities.reduce(0, +)
    var (chosen, candidate, sum) = ([Int](), 0, probabilities.first ?? 0)
    for part in 0..<count {
      let number = total * (Double(part) + stream.uniforms(at: UInt64(part)).x) / Double(count)
      while sum <= number, candidate + 1 < probabilities.count {
        candidate += 1
        sum += probabilities[candidate]
      }
      chosen.append(candidate)
    }
    return chosen
  }

  /// Draws as many different candidates as there are independent features: a projection determinantal point process.
  ///
  /// Sets are as probable as the squares of their determinants, so that candidates that resemble each other are seldom chosen
  /// together. They are drawn one after another, each in proportion to the square of what the rows of those before leave of its
  /// row. `O(count · rank²)`. J. B. Hough, M. Krishnapur, Y. Peres, B. Virág, Probability Surveys 3 (2006); for least squares
  /// A. Nouy, B. Michel, arXiv:2312.14057.
  ///
  /// - Parameter copy: tells draws from the same stream apart.
  public func projectionDPP(stream: RandomStream, copy: Int = 0) -> [Int] {
    OneBLASThread.ensure()
    var rest = leverageScores
    var chosen: [Int] = []
    // Rows of those chosen, orthonormal, one after another.
    var basis = [Double](repeating: 0, count: rank * rank)
    var (row, shares) = ([Double](repeating: 0, count: rank), [Double](repeating: 0, count: count))
    for number in 0..<rank {
      let uniform = stream.uniforms(at: UInt64(copy) << 32 | UInt64(number)).x
      guard let candidate = Self.index(of: uniform, in: rest) else { break }
      chosen.append(candidate)
      for column in 0..<rank { row[column] = columns[column * count + candidate] }
      Self.orthonormalize(&row, against: basis, number)
      basis.replaceSubrange(number * rank..<(number + 1) * rank, with: row)
      cblas_dgemv(
        CblasColMajor, CblasNoTrans, Int32(count), Int32(rank), 1, columns, Int32(count), row, 1, 0, &shares,
        1)
      // Rounding leaves a little where nothing should be.
      for other in rest.indices { rest[other] = max(0, rest[other] - shares[other] * shares[other]) }
      for other in chosen { rest[other] = 0 }
    }
    return chosen
  }

  /// Takes what lies along the first rows of a basis out of a row, twice for accuracy, and scales it to one.
  private static func orthonormalize(_ row: inout [Double], against basis: [Double], _ count: Int) {
    let width = row.count
    for _ in 0..<2 {
      for other in 0..<count {
        let along = (0..<width).reduce(0) { $0 + row[$1] * basis[other * width + $1] }
        for column in 0..<width { row[column] -= along * basis[other * width + column] }
      }
    }
    let size = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for column in 0..<width { row[column] /= size }
  }

  /// The index at a share of the way through the sum of weights, one with a weight; `nil` if none has.
  private static func index(of share: Double, in weights: [Double]) -> Int? {
    var rest = share * weights.reduce(0, +)
    var last: Int?
    for (index, weight) in weights.enumerated() where weight > 0 {
      last = index
      rest -= weight
      if rest < 0 { return index }
    }
    return last
  }

  /// Independent projection processes one after another, the last one cut off where there are enough.
  ///
  /// A multiple of the rank loses nothing. A candidate comes at most once in each.
  public func repeatedDPP(_ count: Int, stream: RandomStream) -> [Int] {
    guard rank > 0 else { return [] }
    var chosen: [Int] = []
    var copy = 0
    while chosen.count < count {
      let next = projectionDPP(stream: stream, copy: copy)
      chosen += next.prefix(count - chosen.count)
      copy += 1
      if next.isEmpty { break }
    }
    return chosen
  }

  /// One projection process, then independent candidates by leverage: generalised volume sampling.
  ///
  /// Nouy, Michel, arXiv:2312.14057; M. Dereziński, M. K. Warmuth, D. Hsu, *Leveraged volume sampling for linear regression*,
  /// NeurIPS 2018.
  public func volumeSample(_ count: Int, stream: RandomStream) -> [Int] {
    guard rank > 0 else { return [] }
    let first = Array(projectionDPP(stream: stream).prefix(count))
    let probabilities = leverageScores
    let more = (first.count..<max(count, first.count)).compactMap { number in
      Self.index(of: stream.uniforms(at: 1 << 62 | UInt64(number)).x, in: probabilities)
    }
    return first + more
  }

  /// Different candidates, however many: projection processes, each among those that are left.
  ///
  /// Up to the rank it is `projectionDPP`. The features of those that are left are made orthonormal anew.
  ///
  /// - Precondition: at most all candidates.
  public func distinctDPP(_ count: Int, stream: RandomStream) -> [Int] {
    precondition(count <= self.count, "OrthonormalFeatures: \(count) of \(self.count) candidates")
    var chosen: [Int] = []
    var left = Array(0..<self.count)
    var features = self
    var copy = 0
    while chosen.count < count, features.rank > 0 {
      let next = features.projectionDPP(stream: stream, copy: copy).prefix(count - chosen.count)
      chosen += next.map { left[$0] }
      let taken = Set(next)
      left = left.indices.filter { !taken.contains($0) }.map { left[$0] }
      copy += 1
      if chosen.count < count, !left.isEmpty { features = OrthonormalFeatures(matrix(of: left)) }
    }
    return chosen
  }

  /// The rows of some candidates.
  private func matrix(of candidates: [Int]) -> NDArray<Double> {
    NDArray(
      shape: [candidates.count, rank],
      generating: { index in
        columns[index % rank * count + candidates[index / rank]]
      })
  }
}
