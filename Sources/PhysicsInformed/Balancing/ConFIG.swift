public import Arrays
import COpenBLAS
public import Learning

/// ConFIG: a step along which all losses fall, each term's gradient at the same angle to it.
///
/// ```
/// x = U⁺ 1 with the unit vectors uᵢ = gᵢ/‖gᵢ‖ as rows of U,   g = (Σ gᵢ · x/‖x‖) x/‖x‖
/// ```
/// x is Uᵀz with U Uᵀ z = 1, so that all it takes is the matrix of inner products of the m gradients: g = Σ wᵢ gᵢ with
/// wᵢ = Σ ‖gⱼ‖ · zᵢ / (‖gᵢ‖ Σ zⱼ). Where gradients depend on each other z is the least-squares solution, and the weights are zero
/// if they cancel, as no step makes all losses fall then. A term without gradient has no weight.
public struct ConFIGKind: BalancerKind {
  public let name = "config"
  public let summary =
    "a direction at the same angle to all terms' gradients, so that none of the losses rises"
  public let source =
    "Liu, Chu, Thuerey, ConFIG: towards conflict-free training of PINNs, ICLR 2025"
  public let parameters = [
    MethodParameter(
      "cutoff", default: 1e-12, "directions of the gradients below this share of the largest are left out")
  ]

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    ConFIG(
      terms: terms.count, cutoff: try values(settings)("cutoff", "positive and below 1") { $0 > 0 && $0 < 1 })
  }
}

final class ConFIG: Balancer {
  let name = "config"
  let needsGradientsEvery: Int? = 1
  let weighsLosses = false
  private(set) var weights: [Double]
  private let cutoff: Double
  private var cosines: [Double] = []
  private var solution: [Double] = []
  private var singularValues: [Double] = []

  init(terms: Int, cutoff: Double) {
    OneBLASThread.ensure()
    self.cutoff = cutoff
    weights = Array(repeating: 1, count: terms)
  }

  func update(_ terms: TermObservation) {
    let count = weights.count
    let norms = (0..<count).map(terms.gradientNorm)
    guard norms.allSatisfy(\.isFinite) else { return }
    let present = (0..<count).filter { norms[$0] > 0 }
    for term in 0..<count { weights[term] = 0 }
    guard !present.isEmpty else { return }
    cosines = present.flatMap { i in
      present.map { j in i == j ? 1 : terms.products[i * count + j] / (norms[i] * norms[j]) }
    }
    guard solve(present.count) else { return }
    let sum = solution.reduce(0, +)
    // ‖x‖²: what is left where the gradients cancel is rounding.
    guard sum > cutoff * Double(present.count) else { return }
    let length = norms.reduce(0, +)
    for (place, term) in present.enumerated() {
      weights[term] = length * solution[place] / (sum * norms[term])
    }
  }

  /// The least solution of cosines · z = 1 in the sense of least squares; whether LAPACK has found it.
  private func solve(_ size: Int) -> Bool {
    solution = Array(repeating: 1, count: size)
    singularValues = solution
    var rank: Int32 = 0
    let n = Int32(size)
    return LAPACKE_dgelsd(
      LAPACK_COL_MAJOR, n, n, 1, &cosines, n, &solution, n, &singularValues, cutoff, &rank) == 0
  }

  var stateNumbers: [String: Double] {
    get { NumberedState.numbers("weight", weights) }
    set { weights = NumberedState.values("weight", weights.count, of: newValue) }
  }
}
