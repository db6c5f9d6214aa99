package import Arrays
package import Equations
import Geometry
package import Spectral

/// What a run records: the unknowns, chosen definitions, and quantities.
package final class OutputFields {
  package let layout: RecordLayout
  private let problem: Problem
  private let form: NormalForm
  private let system: SpectralSystem
  private let sampler: FieldSampler
  private let fieldCount: Int
  /// Every quantity as an expression of the numbered reductions.
  private let quantities: [Expression]
  private let reductions: [Function]
  /// The sampled parts of the reductions' operands, each with the rule that suits its parity.
  private let summands: [(reduction: Int, mean: GridMean)]
  /// Samples each scalar unknown as it is solved for, without its lifting.
  private let bare: FieldSampler
  private let bareNumbers: [Int]
  package let components: (Expression, Unknown) throws -> [Expression]

  package init(
    _ problem: Problem, _ form: NormalForm, system: SpectralSystem,
    fields: (PencilLayout) throws -> [String: AlignedStorage<Double>]
  ) throws {
    self.problem = problem
    self.form = form
    self.system = system
    var pool = InputPool()
    let gauged = Set(problem.gauges.map(\.unknown))
    // Multipliers such as a pressure are not part of the state.
    let available = form.unknowns.indices.filter {
      form.unknowns[$0].timeOrder == 0 && !system.elimination.multipliers.contains($0)
    }
    let wanted = problem.output.fields
    var recorded: [RecordedField] = []
    var integrands: [Expression] = []
    for name in wanted.isEmpty ? problem.unknowns.map(\.name) : wanted {
      if let unknown = problem.unknowns.first(where: { $0.name == name }) {
        let scalars = available.filter { form.unknowns[$0].origin == name }
        if scalars.isEmpty && !wanted.isEmpty {
          throw SimulationError.unsupported(
            "'\(name)' only enforces a constraint; its values are not computed")
        }
        let parts =
          scalars.isEmpty ? [] : try form.components(of: .symbol(name), in: problem, for: unknown)
        for (scalar, part) in zip(scalars, parts) {
          recorded.append(
            RecordedField(
              name: form.unknowns[scalar].name, unit: unknown.unit, longName: form.unknowns[scalar].longName))
          integrands.append(pool.integrand(of: part))
        }
      } else if let definition = problem.definitions.first(where: { $0.name == name }) {
        for part in try form.components(of: definition.expression, in: problem) {
          integrands.append(pool.integrand(of: part))
          recorded.append(
            RecordedField(
              name: name + part.suffix, unit: problem.units[name],
              longName: "\(name) = \(definition.expression)"))
        }
      } else {
        throw EquationError(
          .problem, "output.fields names '\(name)', which is neither an unknown nor defined")
      }
    }
    fieldCount = integrands.count
    var reductions: [Function] = []
    var summands: [(reduction: Int, functions: [AxisFunctions?])] = []
    var quantities: [Expression] = []
    for quantity in problem.quantities {
      quantities.append(
        try quantity.expression.substitutingNumbers(problem.parameterValues).replacingReductions {
          function, operand in
          let parts = try form.components(of: operand, in: problem)
          guard parts.count == 1 else {
            throw EquationError(.quantity(quantity.name), "'\(operand)' is not one real number at a point")
          }
          for (integrand, functions) in Self.summandsByParity(parts[0], form, grid: system.grid.outputLayout)
          {
            integrands.append(pool.integrand(of: integrand))
            summands.append((reductions.count, functions))
          }
          reductions.append(function)
          return .input(reductions.count - 1)
        })
    }
    self.quantities = quantities
    self.reductions = reductions
    self.summands = summands.map { ($0.reduction, GridMean(system.grid.outputLayout, $0.functions)) }
    sampler = try FieldSampler(
      integrands, inputs: pool.inputs, of: system, gauged: gauged, fields: fields)
    bareNumbers = available
    bare = try FieldSampler(
      available.indices.map { .input($0) },
      inputs: available.map {
        LinearForm([.init(unknown: $0, derivative: .zero(form.domain.dimension)): 1])
      }, of: system, gauged: gauged, fields: fields)
    let grid = system.grid.outputLayout
    layout = RecordLayout(
      axes: form.domain.axes.indices.map { user in
        let axis = grid.axes.firstIndex { $0.userIndex == user }!
        return RecordedAxis(
          name: form.domain.axes[user].name, unit: problem.units[form.domain.axes[user].name],
          coordinates: (0..<grid.axes[axis].points).map { grid.coordinate($0, axis: axis) },
          isPeriodic: form.domain.axes[user].isPeriodic)
      },
      fields: recorded,
      quantities: problem.quantities.map {
        RecordedField(name: $0.name, longName: "\($0.name) = \($0.expression)")
      },
      hasTime: form.domain.time != nil, timeUnit: problem.units["t"])
    components = { expression, unknown in
      try form.components(of: expression, in: problem, for: unknown).map { part in
        // Initial and exact data are functions of space and time alone.
        guard part.inputs.isEmpty else {
          throw EquationError(
            .problem, "'\(expression)' must be a function of space and time, not of unknowns")
        }
        return part.integrand
      }
    }
  }

  /// The state as a record.
  package func record(_ state: StateVector, time: Double) throws -> Record {
    let grids = sampler.sample(state, time: time)
    let grid = system.grid.outputLayout
    var means = reductions.map { _ in 0.0 }
    for (summand, values) in zip(summands, grids.dropFirst(fieldCount)) {
      means[summand.reduction] += summand.mean.value(of: values)
    }
    let reduced = zip(reductions, means).map { function, mean in
      Expression.number(function == .mean ? mean : mean * form.domain.volume)
    }
    return Record(
      time: time, fields: grids.prefix(fieldCount).map { grid.userOrdered($0.baseAddress) },
      quantities: try quantities.map {
        try ScalarExpression($0.replacingInputs(reduced)).value(time: time)
      })
  }

  package func unknownName(_ number: Int) -> String { form.unknowns[number].name }

  /// Scalar unknowns whose values are known.
  package var unknownNumbers: [Int] { bareNumbers }

  /// A scalar unknown as it is solved for, without its boundary data, as a field.
  package func field(ofUnknown number: Int, state: StateVector, time: Double) -> Field<SpectralSpace> {
    guard let index = bareNumbers.firstIndex(of: number) else {
      preconditionFailure("field(ofUnknown:): unknown \(number) is not known")
    }
    let grid = system.grid.outputLayout
    let functions = system.form.unknownFunctions[number]
    let samples = grid.userOrdered(bare.sample(state, time: time)[index].baseAddress)
    let axes = form.domain.axes
    let bases = axes.indices.map { user -> any Basis in
      let axis = grid.axes.firstIndex { $0.userIndex == user }!
      let (lower, upper) = (axes[user].lower, axes[user].upper)
      return switch functions[axis] {
      case .fourier: FourierBasis(lower: lower, upper: upper)
      case .sine: SineBasis(lower: lower, upper: upper)
      case .cosine: CosineBasis(lower: lower, upper: upper)
      case .sineCosine: SineCosineBasis(lower: lower, upper: upper)
      case .cosineSine: CosineSineBasis(lower: lower, upper: upper)
      }
    }
    return Field(space: SpectralSpace(TensorBasis(bases, points: samples.shape)), values: samples)
  }

  /// The values of a scalar unknown, with its boundary data, at single points: one list of coordinates per axis.
  package func values(
    ofUnknown number: Int, state: StateVector, time: Double, atPoints coordinates: [[Double]]
  ) throws -> NDArray<Double> {
    let (count, dimension) = (coordinates[0].count, coordinates.count)
    let points = NDArray(shape: [count, dimension]) { coordinates[$0 % dimension][$0 / dimension] }
    var values = field(ofUnknown: number, state: state, time: time).values(at: points)
    guard let lifting = form.liftings[number] else { return values }
    var places: [String: AlignedStorage<Double>] = [:]
    for (axis, list) in zip(form.domain.axes, coordinates) {
      let storage = AlignedStorage<Double>(count: count)
      _ = storage.buffer.update(fromContentsOf: list)
      places[axis.name] = storage
    }
    let offsets = try GridFunctions(points: count, places).values(of: lifting, time: time)
    values.withUnsafeMutableBuffer { buffer in
      for i in buffer.indices { buffer[i] += offsets.baseAddress[i] }
    }
    return values
  }

  /// The values of a scalar unknown, with its boundary data, on any tensor grid.
  package func values(
    ofUnknown number: Int, state: StateVector, time: Double, onTensorGrid coordinates: [[Double]]
  ) throws -> NDArray<Double> {
    let axes = form.domain.axes
    var values = field(ofUnknown: number, state: state, time: time).values(onTensorGrid: coordinates)
    if let lifting = form.liftings[number] {
      let functions = GridFunctions(
        axes: axes.indices.map { (axes[$0].name, coordinates[$0]) })
      let offsets = try functions.values(of: lifting, time: time)
      values.withUnsafeMutableBuffer { buffer in
        for i in buffer.indices { buffer[i] += offsets.baseAddress[i] }
      }
    }
    return values
  }
}

/// The inputs of several components, each once.
private struct InputPool {
  var inputs: [LinearForm] = []

  /// The component's integrand in terms of the pool's inputs.
  mutating func integrand(of component: DerivedComponent) -> Expression {
    let numbers = component.inputs.map { input -> Expression in
      if let known = inputs.firstIndex(of: input) { return .input(known) }
      inputs.append(input)
      return .input(inputs.count - 1)
    }
    return component.integrand.replacingInputs(numbers)
  }
}

extension ScalarUnknown {
  /// What the unknown is, for people.
  fileprivate var longName: String {
    switch part {
    case .whole: origin
    case .real: "real part of \(origin)"
    case .imaginary: "imaginary part of \(origin)"
    case .component: "component \(name) of \(origin)"
    }
  }
}

extension Expression {
  /// The expression with every reduction replaced, innermost operands untouched.
  func replacingReductions(
    _ replacement: (Function, Expression) throws -> Expression
  ) rethrows -> Expression {
    if case .call(let function, let arguments) = self, function.isReduction {
      return try replacement(function, arguments[0])
    }
    let parts = children
    return parts.isEmpty ? self : withChildren(try parts.map { try $0.replacingReductions(replacement) })
  }
}

extension OutputFields {
  /// The terms of a component, gathered by how they continue beyond the ends of the storage axes.
  fileprivate static func summandsByParity(
    _ component: DerivedComponent, _ form: NormalForm, grid: PencilLayout
  ) -> [(DerivedComponent, [AxisFunctions?])] {
    let terms: [Expression] =
      if case .sum(let terms) = component.integrand { terms } else { [component.integrand] }
    var groups: [(functions: [AxisFunctions?], terms: [Expression])] = []
    for term in terms {
      let functions = grid.axes.map { axis -> AxisFunctions? in
        if axis.isPeriodic { return .fourier }
        func parity(_ side: Side) -> Int? {
          form.parity(of: term, inputs: component.inputs, at: Face(axis: axis.userIndex, side: side))
        }
        guard let lower = parity(.lower), let upper = parity(.upper) else { return nil }
        return AxisFunctions(oddAtLower: lower < 0, oddAtUpper: upper < 0)
      }
      if let index = groups.firstIndex(where: { $0.functions == functions }) {
        groups[index].terms.append(term)
      } else {
        groups.append((functions, [term]))
      }
    }
    return groups.map { group in
      var part = component
      part.integrand = group.terms.count == 1 ? group.terms[0] : .sum(group.terms)
      return (part, group.functions)
    }
  }
}
