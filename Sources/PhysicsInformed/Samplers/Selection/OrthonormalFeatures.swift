public import Arrays
import COpenBLAS

/// Features of candidates, made orthonormal: what candidates are told apart by, whatever the features' scales.
///
/// Rows of the matrix Q of a QR factorisation with column pivoting. A selection of candidates on which Q keeps its condition is one
/// on which a function in the features' span can be fitted, be the candidates collocation points, sensors or samples:
/// ```swift
/// let features = OrthonormalFeatures(modes)  // of shape (places, modes)
/// let sensors = features.distinctDPP(20, stream: RandomStream(seed: 1, purpose: "sensors"))
/// ```
public struct OrthonormalFeatures: Sendable {
  /// Candidates.
  public let count: Int
  /// Independent features.
  public let rank: Int
  /// Column after column, each of `count` numbers.
  let columns: [Double]

  /// Makes the columns of a matrix orthonormal.
  ///
  /// `O(count · features²)`.
  ///
  /// - Parameters:
  ///   - features: of shape (candidates, features).
  ///   - limit: the most columns that are kept: those that pivoting takes first, which have the largest part that is independent of
  ///     those before.
  ///   - tolerance: columns whose independent part is below so much of the largest one are left out; by default that is rounding.
  ///     Where a number is not finite, no column is left.
  public init(_ features: NDArray<Double>, limit: Int? = nil, tolerance: Double? = nil) {
    precondition(
      features.shape.count == 2, "OrthonormalFeatures: a matrix has 2 axes, not \(features.shape.count)")
    let (rows, width) = (features.shape[0], features.shape[1])
    count = rows
    let most = min(rows, width, limit ?? .max)
    guard most > 0, features.withUnsafeBuffer({ $0.allSatisfy(\.isFinite) }) else {
      (rank, columns) = (0, [])
      return
    }
    var matrix = Self.transposed(features)
    let smallest = tolerance ?? Double(max(rows, width)) * .ulpOfOne
    rank = Self.orthonormalize(&matrix, rows: rows, columns: width, atMost: most, tolerance: smallest)
    columns = Array(matrix.prefix(rows * rank))
  }

  private static func transposed(_ features: NDArray<Double>) -> [Double] {
    let (rows, width) = (features.shape[0], features.shape[1])
    return [Double](unsafeUninitializedCapacity: rows * width) { target, filled in
      features.withUnsafeBuffer { source in
        for row in 0..<rows {
          for column in 0..<width { target[column * rows + row] = source[row * width + column] }
        }
      }
      filled = rows * width
    }
  }

  /// Replaces the first columns of a matrix by orthonormal ones, as many as are independent.
  private static func orthonormalize(
    _ matrix: inout [Double], rows: Int, columns: Int, atMost limit: Int, tolerance: Double
  ) -> Int {
    OneBLASThread.ensure()
    var pivots = [Int32](repeating: 0, count: columns)
    var reflectors = [Double](repeating: 0, count: min(rows, columns))
    var status = LAPACKE_dgeqp3(
      LAPACK_COL_MAJOR, Int32(rows), Int32(columns), &matrix, Int32(rows), &pivots, &reflectors)
    precondition(status == 0, "OrthonormalFeatures: LAPACKE_dgeqp3 refused its argument \(-status)")
    let largest = abs(matrix[0])
    var rank = 0
    while rank < limit, abs(matrix[rank * rows + rank]) > tolerance * largest { rank += 1 }
    guard rank > 0 else { return 0 }
    status = LAPACKE_dorgqr(
      LAPACK_COL_MAJOR, Int32(rows), Int32(rank), Int32(rank), &matrix, Int32(rows), reflectors)
    precondition(status == 0, "OrthonormalFeatures: LAPACKE_dorgqr refused its argument \(-status)")
    return rank
  }

  /// How much each candidate matters: the square of its row, from 0 to 1; their sum is the rank.
  public var leverageScores: [Double] {
    var scores = [Double](repeating: 0, count: count)
    for column in 0..<rank {
      for row in 0..<count { scores[row] += columns[column * count + row] * columns[column * count + row] }
    }
    return scores
  }

  /// The density of optimal independent candidates, `leverage / rank`; uniform for a share of them.
  ///
  /// A share above zero bounds weights, by one over it, for functions that are not in the span. Sums to one; all uniform where the
  /// rank is 0.
  public func probabilities(uniformShare: Double = 0) -> [Double] {
    precondition(0...1 ~= uniformShare, "OrthonormalFeatures: a share of \(uniformShare)")
    let share = rank > 0 ? uniformShare : 1
    return leverageScores.map { score in
      (rank > 0 ? (1 - share) * score / Double(rank) : 0) + share / Double(count)
    }
  }

  /// With which squares at chosen candidates have the mean of all candidates as their expectation: `1 / (count · p)`.
  public func weights(of chosen: [Int], uniformShare: Double = 0) -> [Double] {
    let probabilities = probabilities(uniformShare: uniformShare)
    return chosen.map { 1 / (Double(count) * probabilities[$0]) }
  }
}
