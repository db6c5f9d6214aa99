public import Arrays
import CKernels
public import Differentiation
import Glibc

/// Adafactor: Adam's second moments of a matrix from its rows and columns alone, and steps relative to the weights.
///
/// ```
/// R ← β R + (1 − β) mean over columns of (g² + ε₁),  C likewise over rows,  β = 1 − t^(−decayPower)
/// U = g / √(R Cᵀ / mean R),   θ ← θ − rate · max(ε₂, RMS θ) · U / max(1, RMS U / threshold)
/// ```
/// Spectral weights are factored mode by mode, with the parts of their inputs as rows; tensors over their last two axes.
public struct AdafactorKind: OptimizerKind {
  public let name = "adafactor"
  public let summary = "factored second moments, steps relative to the weights: little memory"
  public let source =
    "Shazeer, Stern, Adafactor: adaptive learning rates with sublinear memory cost, ICML 2018, Algorithms 4 and 5"
  public let defaultRate = 1e-2
  public let parameters =
    [
      MethodParameter("decayPower", default: 0.8, "second moments are averaged over t^decayPower steps"),
      MethodParameter("threshold", default: 1, "largest root mean square of an update"),
      MethodParameter("epsilon1", default: 1e-30, "what is added to the squares of gradients"),
      MethodParameter("epsilon2", default: 1e-3, "least size of weights that steps are relative to"),
    ] + WeightDecay.parameters(default: 0)

  public init() {}

  public func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar> {
    let values = try values(settings)
    let coefficients = Adafactor<Scalar>.Coefficients(
      decayPower: try values.positive("decayPower"), threshold: try values.positive("threshold"),
      squareFloor: try values.positive("epsilon1"), leastSize: try values.positive("epsilon2"),
      decay: try WeightDecay(values))
    return Adafactor<Scalar>(name, layout, coefficients)
  }
}

extension ParameterSlot {
  /// The slot as matrices, one behind the other.
  var matrices: (count: Int, rows: Int, columns: Int) {
    switch (role, shape.count) {
    case (.spectral, 4): (shape[0], shape[1] * shape[2], shape[3])
    case (.vector, _), (_, 0), (_, 1): (1, 1, count)
    default: (shape.dropLast(2).reduce(1, *), shape[shape.count - 2], shape[shape.count - 1])
    }
  }
}

final class Adafactor<Scalar: LearningScalar>: Optimizer, @unchecked Sendable {
  struct Coefficients {
    var decayPower: Double
    var threshold: Double
    var squareFloor: Double
    var leastSize: Double
    var decay: WeightDecay
  }

  let name: String
  let layout: ParameterLayout
  let needsEvaluations = false
  private let coefficients: Coefficients
  private let pass: UpdatePass<Scalar>
  private let rowMeans: AlignedStorage<Scalar>
  private let columnMeans: AlignedStorage<Scalar>
  private var jobs: [pvk_factored_job] = []
  private var stepCount = 0
  /// The step that is being done.
  private var rate = 0.0
  private lazy var task = WorkerTask(chunks: jobs.count) { [unowned self] slot, _ in move(slot) }

  init(_ name: String, _ layout: ParameterLayout, _ coefficients: Coefficients) {
    self.name = name
    self.layout = layout
    self.coefficients = coefficients
    pass = UpdatePass(layout)
    var (rows, columns) = (0, 0)
    var starts: [(row: Int, column: Int?)] = []
    for slot in layout.slots {
      let matrices = slot.matrices
      let isFactored = matrices.rows > 1 && matrices.columns > 1
      starts.append((rows, isFactored ? columns : nil))
      rows += isFactored ? matrices.count * matrices.rows : slot.count
      if isFactored { columns += matrices.count * matrices.columns }
    }
    rowMeans = AlignedStorage(count: rows)
    columnMeans = AlignedStorage(count: columns)
    for (slot, start) in zip(layout.slots, starts) {
      let (count, rows, columns) = slot.matrices
      var job = pvk_factored_job()
      (job.count, job.rows, job.columns) = (count, rows, columns)
      job.row_means = UnsafeMutableRawPointer(rowMeans.baseAddress + start.row)
      job.column_means = start.column.map { UnsafeMutableRawPointer(columnMeans.baseAddress + $0) }
      job.square_floor = Double(max(Scalar(coefficients.squareFloor), .leastNormalMagnitude))
      jobs.append(job)
    }
  }

  var stateArrays: [OptimizerStateArray<Scalar>] {
    [.init(name: "rowMeans", values: rowMeans), .init(name: "columnMeans", values: columnMeans)]
  }
  var stateNumbers: [String: Double] {
    get { ["steps": Double(stepCount)] }
    set { stepCount = Int(newValue["steps"] ?? 0) }
  }

  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome {
    stepCount += 1
    rate = step.rate
    var job = pass.job(step)
    let norm = pass.gather(&job, step)
    for (index, slot) in layout.slots.enumerated() {
      jobs[index].parameters = UnsafeMutableRawPointer(step.parameters + slot.offset)
      jobs[index].gradients = UnsafeRawPointer(step.gradients[0] + slot.offset)
      jobs[index].gradient_scale = job.gradient_scale
      jobs[index].gradient_limit = job.gradient_limit
      jobs[index].second_decay = 1 - pow(Double(stepCount), -coefficients.decayPower)
    }
    if let workers = step.workers { workers.run(task) } else { for slot in jobs.indices { move(slot) } }
    pass.moveAverage(step)
    return StepOutcome(gradientNorm: norm)
  }

  private func move(_ index: Int) {
    let slot = layout.slots[index]
    var job = jobs[index]
    guard slot.count > 0, let parameters = job.parameters else { return }
    let isSingle = Scalar.self == Float.self
    let size =
      isSingle
      ? pvk_sum_of_squares_f32(parameters, slot.count) : pvk_sum_of_squares_f64(parameters, slot.count)
    let squares = isSingle ? pvk_factored_means_f32(&job) : pvk_factored_means_f64(&job)
    let updateSize = (squares / Double(slot.count)).squareRoot()
    let relative = max(coefficients.leastSize, (size / Double(slot.count)).squareRoot())
    let length = rate * relative / max(1, updateSize / coefficients.threshold)
    let keep = coefficients.decay.acts(on: slot) ? 1 - rate * coefficients.decay.rate : 1
    if isSingle {
      pvk_factored_apply_f32(&job, length, keep)
    } else {
      pvk_factored_apply_f64(&job, length, keep)
    }
  }
}
