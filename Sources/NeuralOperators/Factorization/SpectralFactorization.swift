/// Spectral weights as products of small factors instead of one dense tensor.
///
/// A dense weight is taken as a real tensor with the axes (modes, axis by axis; 2 for the real and imaginary part; in; out). The
/// parts are left out where there are no imaginary ones.
///
/// Source: Kossaifi, Kovachki, Azizzadenesheli, Anandkumar, Multi-grid tensorized Fourier neural operator for high-resolution PDEs,
/// arXiv:2310.00120.
public struct SpectralFactorization: Sendable, Hashable, Codable {
  /// How the factors make the tensor.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// A sum of rank-one tensors.
    case cp
    /// A core that is multiplied with a matrix along every axis.
    case tucker
    /// A tensor train: a chain of products, with a core of three axes for each axis.
    case tensorTrain = "tt"
  }
  public var form: Form
  /// The parameters over those of the dense weight: no more than this share is used, and nearly as many.
  public var rank: Double

  /// - Precondition: `rank` is positive.
  public init(_ form: Form, rank: Double) {
    precondition(rank > 0 && rank.isFinite, "SpectralFactorization: rank \(rank) must be positive")
    self.form = form
    self.rank = rank
  }

  /// The ranks for a tensor of this shape: one for `cp`, one per axis for `tucker`, one between neighbouring axes for `tt`.
  ///
  /// Tucker ranks are the same share of every axis, train ranks the same number, as large as fits into the budget; what is left
  /// of it is then spent one rank at a time, on the axis whose share or number is the smallest. An axis of full Tucker rank has
  /// no factor, so that rank 1 is the dense tensor itself. No rank is less than one, however small the budget.
  public func ranks(shape: [Int]) -> [Int] {
    let budget = Int((rank * Double(shape.reduce(1, *))).rounded(.down))
    switch form {
    case .cp: return [max(1, budget / shape.reduce(0, +))]
    case .tucker:
      return filled(shape: shape, limits: shape, budget: budget) {
        Double($0) / Double(shape[$1])
      } start: { share in
        shape.map { max(1, Int(share * Double($0))) }
      }
    case .tensorTrain:
      let limits = (1..<max(shape.count, 1)).map {
        min(shape[..<$0].reduce(1, *), shape[$0...].reduce(1, *))
      }
      let largest = Double(limits.max() ?? 1)
      return filled(shape: shape, limits: limits, budget: budget) { rank, _ in
        Double(rank)
      } start: { share in
        limits.map { min($0, max(1, Int(share * largest))) }
      }
    }
  }

  /// Parameters of the factors for these ranks.
  public func count(shape: [Int], ranks: [Int]) -> Int {
    switch form {
    case .cp: return ranks[0] * shape.reduce(0, +)
    case .tucker:
      return zip(shape, ranks).reduce(ranks.reduce(1, *)) { $0 + ($1.0 == $1.1 ? 0 : $1.0 * $1.1) }
    case .tensorTrain:
      let ends = [1] + ranks + [1]
      return shape.indices.reduce(0) { $0 + ends[$1] * shape[$1] * ends[$1 + 1] }
    }
  }

  /// The largest ranks that `start` gives for a share from 0 to 1, then one more for one axis after the other while they fit.
  private func filled(
    shape: [Int], limits: [Int], budget: Int, priority: (_ rank: Int, _ axis: Int) -> Double,
    start: (_ share: Double) -> [Int]
  ) -> [Int] {
    func fits(_ ranks: [Int]) -> Bool { count(shape: shape, ranks: ranks) <= budget }
    if fits(limits) { return limits }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if fits(start(middle)) { low = middle } else { high = middle }
    }
    var ranks = start(low)
    var open = Set(limits.indices)
    while let axis = open.min(by: { (priority(ranks[$0], $0), $0) < (priority(ranks[$1], $1), $1) }) {
      var next = ranks
      next[axis] += 1
      if next[axis] <= limits[axis], fits(next) { ranks = next } else { open.remove(axis) }
    }
    return ranks
  }
}
