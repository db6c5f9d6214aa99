import Arrays
import Learning

/// Weights that make a size of every term as large as their mean: w ← decay · w + (1 − decay) · mean(sizes)/size.
final class RatioBalancer: Balancer {
  /// What is made alike.
  enum Size {
    case gradientNorm
    case trace
  }

  let name: String
  private(set) var weights: [Double]
  private let size: Size
  private let decay: Double
  private let frequency: Int
  private let guardShare: Double
  private var sizes: [Double]

  static let parameters = [
    MethodParameter("decay", default: 0.9, "share of the old weights that is kept"),
    MethodParameter("frequency", default: 1000, "steps from one change of the weights to the next"),
    MethodParameter(
      "guard", default: 1e-5, "share of the mean that is added to each size, which may be zero"),
  ]

  init(_ name: String, _ size: Size, terms: Int, _ values: MethodValues) throws(LearningError) {
    self.name = name
    self.size = size
    decay = try values.share("decay")
    frequency = try values.count("frequency")
    guardShare = try values.positive("guard")
    weights = Array(repeating: 1, count: terms)
    sizes = weights
  }

  var needsGradientsEvery: Int? { size == .gradientNorm ? frequency : nil }
  var needsTracesEvery: Int? { size == .trace ? frequency : nil }

  func update(_ terms: TermObservation) {
    guard terms.step % frequency == 0 else { return }
    var mean = 0.0
    for term in weights.indices {
      sizes[term] = size == .trace ? terms.traces[term] : terms.gradientNorm(term)
      mean += sizes[term] / Double(weights.count)
    }
    guard mean > 0, mean.isFinite else { return }
    for term in weights.indices {
      let wanted = mean / (sizes[term] + guardShare * mean)
      weights[term] = decay * weights[term] + (1 - decay) * wanted
    }
  }

  var stateNumbers: [String: Double] {
    get { NumberedState.numbers("weight", weights) }
    set { weights = NumberedState.values("weight", weights.count, of: newValue) }
  }
}
