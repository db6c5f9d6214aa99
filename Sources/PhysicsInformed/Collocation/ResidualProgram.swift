import Arrays
import Equations
import Simulation
import Spectral

/// Relations and their slopes as programs over tiles of points.
///
/// Inputs are derivatives of unknowns, then unknown parameters. What depends on the place alone is evaluated when the points
/// change.
final class ResidualProgram: @unchecked Sendable {
  let plan: JetPlan
  /// Unknown parameters, inputs after the derivatives.
  let parameters: [String]
  let values: CompiledProgram
  let slopes: CompiledProgram
  /// What ∂(relation)/∂(input) is: a number, or an output of `slopes`.
  let entries: [Entry]
  private let functions: PointFunctions

  struct Entry {
    var relation: Int
    var input: Int
    var value: Value

    enum Value {
      case number(Double)
      case output(Int)
    }
  }

  /// - Parameters:
  ///   - relations: expressions that vanish, of `derivatives` as inputs.
  ///   - parameters: names of unknown parameters in them.
  ///   - names: what the columns of point sets are called.
  /// - Throws: `CollocationError`.
  init(
    _ relations: [PointwiseForm.Relation], of derivatives: [PointwiseForm.Derivative],
    parameters: [String], names: [String], dimension: Int, capacity: Int
  ) throws(CollocationError) {
    let plan = try JetPlan(relations.map(\.expression), of: derivatives, dimension: dimension)
    let count = plan.combinations.count
    // Time is a column of the points like all others.
    let columns = names.map { "at \($0)" }
    let expressions = plan.expressions.map {
      $0.replacingLeaves { leaf in
        guard case .symbol(let name) = leaf else { return nil }
        if let number = parameters.firstIndex(of: name) { return .input(count + number) }
        return names.contains(name) ? .symbol("at \(name)") : nil
      }
    }
    var (slopes, entries): ([Expression], [Entry]) = ([], [])
    for (relation, expression) in expressions.enumerated() {
      for input in 0..<count + parameters.count {
        let slope = expression.slope(ofInput: input)
        if case .number(let value) = slope {
          if value != 0 { entries.append(Entry(relation: relation, input: input, value: .number(value))) }
        } else {
          entries.append(Entry(relation: relation, input: input, value: .output(slopes.count)))
          slopes.append(slope)
        }
      }
    }
    self.plan = plan
    self.parameters = parameters
    self.entries = entries
    let subject = relations.first?.origin ?? .problem
    var fixed = FixedFunctions(capacity: capacity)
    do {
      values = try fixed.compile(expressions, inputCount: count + parameters.count, columns)
      self.slopes = try fixed.compile(slopes, inputCount: count + parameters.count, columns)
    } catch {
      throw .notEvaluable("\(error)", subject)
    }
    functions = try PointFunctions(
      fixed.expressions, of: columns, into: fixed.storages, subject: subject)
  }

  /// Evaluates what depends on the place alone.
  func refresh(_ points: PointSet) { functions.evaluate(at: points) }
}

/// What of some programs depends on the place alone, and where its values are kept.
private struct FixedFunctions {
  let capacity: Int
  private(set) var expressions: [Expression] = []
  private(set) var storages: [AlignedStorage<Double>] = []

  init(capacity: Int) { self.capacity = capacity }

  mutating func compile(
    _ programs: [Expression], inputCount: Int, _ columns: [String]
  ) throws -> CompiledProgram {
    var (known, kept) = (expressions, storages)
    let capacity = capacity
    let program = try ProgramCompiler.compile(
      programs, inputCount: inputCount, spatialNames: Set(columns)
    ) { expression in
      if let number = known.firstIndex(of: expression) { return kept[number] }
      known.append(expression)
      kept.append(AlignedStorage(count: capacity))
      return kept[kept.count - 1]
    }
    (expressions, storages) = (known, kept)
    return program
  }
}
