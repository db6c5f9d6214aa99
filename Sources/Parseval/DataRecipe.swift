public import DataSets
import Equations
public import ProblemFiles
import Simulation

/// The `data` of a recipe: what of a problem's samples is generated, and what an operator takes and gives.
public struct DataRecipe: Sendable {
  /// The number of all samples, where the recipe says it.
  public private(set) var samples: Int?
  /// The shares for validation and for the test.
  public private(set) var validation = 0.1
  public private(set) var test = 0.1
  /// Points along axes that are stored coarser than they are solved.
  public private(set) var resolution: [String: Int] = [:]
  /// The times of the records that are stored; all if empty.
  public private(set) var times: [ClosedRange<Double>] = []
  public private(set) var seed: UInt64?
  public private(set) var inputs: [DataQuantity] = []
  public private(set) var outputs: [DataQuantity] = []
  /// A file of others that holds the data instead, and where things stand in it.
  public private(set) var file: String?
  /// A second file with the samples for the test.
  public private(set) var testFile: String?
  public private(set) var layout: ForeignLayout?
  /// Keys that are there but say nothing, since the data are in a file of others.
  public private(set) var unusedKeys: [String] = []
  /// Keys that are about data of this program alone.
  static let generationKeys = ["resolution", "times", "every", "seed", "set", "inputs", "outputs"]
  private let node: RecipeNode?
  private var mistakes: [Diagnostic] = []

  /// Reads the `data` of a recipe.
  ///
  /// Without `inputs` these are everything that is random, of parameters those that say `input: true`, and without `outputs` all
  /// unknowns at the last time.
  ///
  /// - Throws: all mistakes at their places.
  public init(_ recipe: Recipe, of file: ProblemFile) throws(ProblemFileError) {
    let data = recipe["data"]
    node = data
    if let node = data?["samples"] { samples = number(node).map { Int($0) } }
    for (key, share) in [("validation", \DataRecipe.validation), ("test", \DataRecipe.test)] {
      if let node = data?[key] { self[keyPath: share] = self.share(node) ?? self[keyPath: share] }
    }
    if validation + test > 1, let node = data?["test"] ?? data?["validation"] {
      mistakes.append(node.diagnostic("validation and test are more than all samples"))
    }
    if let node = data?["resolution"] { readResolution(node, axes: file.problem.domain.axes.map(\.name)) }
    if let node = data?["times"] { readTimes(node) }
    if let node = data?["seed"] { seed = number(node).flatMap { UInt64(exactly: $0) } }
    self.file = data?["file"]?.scalar
    testFile = data?["testFile"]?.scalar
    if let node = data?["layout"] { layout = foreignLayout(node) }
    if self.file != nil {
      unusedKeys = Self.generationKeys.filter { data?[$0] != nil }
      if let node = data?["testFile"], testFile == self.file {
        mistakes.append(node.diagnostic("the samples of the test would be those of the training"))
      }
    }
    // The variables of a file of others are not those of the problem.
    if self.file == nil {
      let names = QuantityNames(file)
      inputs = quantities(data?["inputs"], names) ?? names.defaultInputs
      outputs = quantities(data?["outputs"], names) ?? names.defaultOutputs
    }
    guard mistakes.isEmpty else { throw ProblemFileError(diagnostics: mistakes) }
  }

  /// Takes over into a plan what the recipe says.
  public func apply(to plan: inout DataSetPlan) {
    plan.validation = validation
    plan.test = test
    plan.resolution = resolution
    plan.times = times
  }

  /// What shows only when a problem is discretised, at the place of the recipe that asks for it.
  func located(_ error: DataSetError) -> ProblemFileError? {
    switch error {
    case .resolution: node?["resolution"]?.error(error.description, hint: error.hint)
    case .noRecord: node?["times"]?.error(error.description, hint: error.hint)
    default: nil
    }
  }

  // MARK: Reading

  private mutating func number(_ node: RecipeNode) -> Double? {
    do throws(ProblemFileError) { return try node.number() } catch {
      mistakes += error.diagnostics
      return nil
    }
  }

  /// A share of all samples; a count is one of those that the recipe names.
  private mutating func share(_ node: RecipeNode) -> Double? {
    guard let value = number(node), value >= 1 else { return (try? node.number()) }
    guard value == value.rounded() else {
      mistakes.append(node.diagnostic("'\(node.key)' must be a share below 1 or a whole number of samples"))
      return nil
    }
    guard let samples else {
      mistakes.append(
        node.diagnostic(
          "how many samples '\(node.key)' is of is not said", hint: "give 'samples', or a share below 1"))
      return nil
    }
    return value / Double(samples)
  }

  private mutating func readResolution(_ node: RecipeNode, axes: [String]) {
    guard let entries = node.entries else {
      if let value = number(node) { for axis in axes { resolution[axis] = Int(value) } }
      return
    }
    for (name, value) in entries {
      guard axes.contains(name) else {
        mistakes.append(
          value.diagnostic(
            "there is no axis '\(name)'",
            hint: nearestName(to: name, in: axes).map { "did you mean '\($0)'?" }
              ?? "the axes are \(axes.joined(separator: ", "))"))
        continue
      }
      resolution[name] = number(value).map { Int($0) }
    }
  }

  private mutating func readTimes(_ node: RecipeNode) {
    for element in node.elements ?? [node] {
      if let range = element.scalar.flatMap({ TimeRange.parse($0) }) {
        times.append(range)
      } else {
        mistakes.append(
          element.diagnostic("this is no time and no range of times", hint: "for example: 1, or 0:19"))
      }
    }
  }

  private mutating func quantities(_ node: RecipeNode?, _ names: QuantityNames) -> [DataQuantity]? {
    guard let elements = node?.elements else { return nil }
    return elements.compactMap { element in
      do throws(DataSetError) {
        let quantity = try DataQuantity(parsing: element.scalar ?? "")
        guard let mistake = names.mistake(in: quantity) else { return quantity }
        mistakes.append(element.diagnostic(mistake.message, hint: mistake.hint))
      } catch {
        mistakes.append(element.diagnostic(error.description, hint: error.hint))
      }
      return nil
    }
  }

  private mutating func foreignLayout(_ node: RecipeNode) -> ForeignLayout {
    var layout = ForeignLayout()
    func names(_ key: String) -> [String] {
      guard let value = node[key] else { return [] }
      return value.elements?.compactMap(\.scalar) ?? [value.scalar].compactMap(\.self)
    }
    func axis(_ key: String) -> ForeignLayout.Axis? {
      guard let value = node[key] else { return nil }
      if let number = try? value.integer() { return .number(number) }
      return value.scalar.map { .name($0) }
    }
    layout.inputs = names("input")
    layout.outputs = names("output")
    layout.sample = axis("sample") ?? .number(0)
    layout.time = axis("time")
    layout.channel = axis("channel")
    for (key, path) in [
      ("inputTimes", \ForeignLayout.inputRecords), ("outputTimes", \ForeignLayout.outputRecords),
    ] {
      guard let value = node[key] else { continue }
      guard let range = value.scalar.flatMap({ TimeRange.parse($0) }),
        let first = Int(exactly: range.lowerBound),
        let last = Int(exactly: range.upperBound)
      else {
        mistakes.append(value.diagnostic("'\(key)' must be numbers of records, such as 0:9"))
        continue
      }
      layout[keyPath: path] = first...last
    }
    for (key, path) in [
      ("inputScale", \ForeignLayout.inputScale), ("outputScale", \ForeignLayout.outputScale),
    ] {
      guard let elements = node[key]?.elements, elements.count == 2 else { continue }
      let numbers = elements.compactMap { number($0) }
      if numbers.count == 2 { layout[keyPath: path] = .init(factor: numbers[0], offset: numbers[1]) }
    }
    if layout.inputs.isEmpty || layout.outputs.isEmpty {
      mistakes.append(
        node.diagnostic(
          "'layout' must name the input and the output", hint: "for example: {input: nu, output: tensor}"))
    }
    return layout
  }
}

/// What the samples of a problem consist of.
private struct QuantityNames {
  private let problem: Problem
  private let fields: [String]
  private let initial: [String]

  init(_ file: ProblemFile) {
    problem = file.problem
    let unknowns = file.formulation.unknowns.filter { $0.timeOrder == 0 }
    let wanted = Set(file.problem.output.fields)
    let isRecorded = { (origin: String) in wanted.isEmpty || wanted.contains(origin) }
    let own = unknowns.filter { isRecorded($0.origin) }.map(\.name)
    fields = own + file.problem.definitions.map(\.name).filter { wanted.contains($0) }
    initial = file.problem.initial.filter { $0.timeOrder == 0 && $0.function.isRandom }.map(\.unknown)
  }

  private var coefficients: [String] {
    problem.fields.filter { $0.function.isRandom || !problem.randomParameters.isEmpty }.map(\.name)
  }

  /// Everything that is random, but for parameters that are no inputs.
  var defaultInputs: [DataQuantity] {
    initial.map { DataQuantity($0, .initial) } + coefficients.map { DataQuantity($0, .coefficient) }
      + problem.randomParameters.filter(\.isInput).map { DataQuantity($0.name, .parameter) }
  }

  /// All fields at the last time.
  var defaultOutputs: [DataQuantity] {
    let last = problem.domain.time.map { $0.upperBound...$0.upperBound }
    return fields.map { DataQuantity($0, .records(last)) }
  }

  /// What is wrong with a quantity.
  func mistake(in quantity: DataQuantity) -> (message: String, hint: String?)? {
    func unknown(_ what: String, _ known: [String], _ prefix: String = "") -> (String, String?)? {
      guard !known.contains(quantity.name) else { return nil }
      let hint =
        nearestName(to: quantity.name, in: known).map { "did you mean '\(prefix)\($0)'?" }
        ?? (known.isEmpty ? "there is none" : "there is \(known.map { prefix + $0 }.joined(separator: ", "))")
      return ("'\(quantity.name)' is no \(what)", hint)
    }
    switch quantity.part {
    case .initial:
      guard problem.domain.time != nil else { return ("a steady problem has no initial values", nil) }
      return unknown("unknown that is recorded", fields, "initial.")
    case .coefficient: return unknown("random coefficient field", coefficients, "fields.")
    case .parameter: return unknown("random parameter", problem.randomParameters.map(\.name), "parameters.")
    case .records(let times):
      if let mistake = unknown("unknown that is recorded", fields) { return mistake }
      guard let times else { return nil }
      guard let time = problem.domain.time else {
        return ("a steady problem has no times", "write '\(quantity.name)'")
      }
      guard times.lowerBound >= time.lowerBound, times.upperBound <= time.upperBound else {
        return (
          "the problem is solved from t = \(plain(time.lowerBound)) to \(plain(time.upperBound))",
          "'set' changes that, as set: {domain.t: [0, \(plain(times.upperBound))]}"
        )
      }
      return nil
    }
  }

  private func plain(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}
