package import Arrays
import CKernels
package import Equations
import Geometry
package import Spectral

/// Fills states and coefficient fields from what a problem says about them.
package struct InitialData {
  private let problem: Problem
  private let seed: UInt64
  private let sample: Int
  /// Initial values that take the place of the problem's: see `Simulation.begin(with:)`.
  var given: [String: NDArray<Double>] = [:]

  /// - Parameter sample: the number of the sample that random fields are drawn for.
  package init(_ problem: Problem, seed: UInt64, sample: Int) {
    self.problem = problem
    self.seed = seed
    self.sample = sample
  }

  /// The same data on another box, as that of a mesh whose extent the problem does not know.
  package func spanning(_ box: (lower: [Double], upper: [Double])) -> InitialData {
    var moved = problem
    for axis in moved.domain.axes.indices {
      (moved.domain.axes[axis].lower, moved.domain.axes[axis].upper) = (box.lower[axis], box.upper[axis])
    }
    return InitialData(moved, seed: seed, sample: sample)
  }

  private var axisNames: [String] { problem.domain.axes.map(\.name) }

  /// The values of all coefficient fields on a layout's grid, in storage order.
  package func fields(_ layout: PencilLayout) throws -> [String: AlignedStorage<Double>] {
    var values: [String: AlignedStorage<Double>] = [:]
    let parameters = problem.parameterValues
    for field in problem.fields {
      switch field.function {
      case .expression(let expression):
        let functions = GridFunctions(layout: layout, axisNames: axisNames, fields: values)
        values[field.name] = try functions.values(of: expression.substitutingNumbers(parameters))
      case .gaussian(let gaussian):
        values[field.name] = try draw(
          gaussian, purpose: "field." + field.name, layout, about: .definition(field.name))
      }
    }
    return values
  }

  /// The evolved unknowns' coefficients at the first time.
  ///
  /// - Parameter components: the real components of an expression for an unknown.
  /// - Returns: also the share of the state's norm that constraints such as div u = 0 forbade; it is removed.
  /// - Throws: `SimulationError` for values that are not finite.
  package func state(
    of system: SpectralSystem, components: (Expression, Unknown) throws -> [Expression], time: Double
  ) throws -> (state: StateVector, removed: Double) {
    let state = StateVector(count: system.stateLength)
    let form = system.form.form
    for (slot, number) in system.elimination.evolved.enumerated() {
      let scalar = form.unknowns[number]
      guard let unknown = problem.unknowns.first(where: { $0.name == scalar.origin }),
        let initial = problem.initial.first(where: {
          ($0.unknown == scalar.origin || $0.unknown == scalar.componentName)
            && $0.timeOrder == scalar.timeOrder
        })
      else { continue }
      let coefficients = try coefficients(
        initial, component: scalar.componentName, part: scalar.part, unknown: unknown,
        lifting: lifting(form, scalar, number),
        functions: system.form.unknownFunctions[number], system: system, components: components, time: time)
      guard pvk_all_finite(coefficients.baseAddress, coefficients.count) != 0 else {
        throw SimulationError.unsupported(
          "the initial value of '\(initial.key)' is not finite everywhere on the grid",
          about: .initial(initial.key))
      }
      (state.baseAddress + slot * system.layout.length).update(
        from: coefficients.baseAddress, count: system.layout.length)
    }
    let removed = system.projectToConstraints(state)
    system.projectToRealFields(state)
    return (state, removed)
  }

  /// What is subtracted from the data of a component: its lifting, or that of its time derivative.
  private func lifting(_ form: NormalForm, _ scalar: ScalarUnknown, _ number: Int) -> Expression? {
    form.liftings[number]
  }

  private func coefficients(
    _ initial: InitialValue, component: String, part: ScalarUnknown.Part, unknown: Unknown,
    lifting: Expression?,
    functions: [AxisFunctions], system: SpectralSystem,
    components: (Expression, Unknown) throws -> [Expression], time: Double
  ) throws -> AlignedStorage<Double> {
    let layout = system.grid.outputLayout
    if initial.timeOrder == 0, let values = given[component] {
      return layout.coefficients(ofValues: resampled(values, to: layout), functions: functions)
    }
    switch initial.function {
    case .gaussian(let gaussian):
      let values = try draw(
        gaussian, purpose: "initial." + component, layout, about: .initial(initial.key))
      if let lifting {
        let offsets = try GridFunctions(layout: layout, axisNames: axisNames).values(of: lifting, time: time)
        for i in 0..<values.count { values.baseAddress[i] -= offsets.baseAddress[i] }
      }
      return layout.coefficients(ofValues: values, functions: functions)
    case .expression(let expression):
      // A component may have a value of its own.
      let isOwn = initial.unknown != unknown.name
      let parts = try components(expression, isOwn ? Unknown(name: initial.unknown) : unknown)
      let index =
        switch isOwn ? .whole : part {
        case .whole, .real: 0
        case .imaginary: 1
        case .component(let number): number
        }
      var own = index < parts.count ? parts[index] : .number(0)
      if let lifting { own = .sum([own, .product([.number(-1), lifting])]) }
      if initial.isProjected {
        let rules = layout.axes.indices.map { layout.projectionRule(axis: $0) }
        let functionsOfSpace = GridFunctions(
          axes: layout.axes.indices.map { (axisNames[layout.axes[$0].userIndex], rules[$0].nodes) })
        return layout.projectedCoefficients(
          ofValues: try functionsOfSpace.values(of: own, time: time), functions: functions)
      }
      let grid = GridFunctions(layout: layout, axisNames: axisNames, fields: try fields(layout))
      return layout.coefficients(ofValues: try grid.values(of: own, time: time), functions: functions)
    }
  }

  /// A random field whose modes have standard deviations given by an expression of their wavenumber `k`.
  private static func field(_ spectrum: Expression, mean: Double?) throws -> GaussianRandomField {
    // The wavenumber takes the place of the time in an expression of one number.
    guard
      let deviation = try? ScalarExpression(
        spectrum.replacingLeaves { $0 == .symbol("k") ? .symbol("t") : $0 })
    else { throw GaussianRandomField.ParameterError(description: "the spectrum '\(spectrum)' is not real") }
    return GaussianRandomField(mean: mean) { deviation.value(time: $0.squareRoot()) }
  }

  private func randomField(_ gaussian: GaussianField) throws -> GaussianRandomField {
    switch gaussian.spectrum {
    case .power(let amplitude, let shift, let exponent):
      try GaussianRandomField(amplitude: amplitude, shift: shift, exponent: exponent, mean: gaussian.mean)
    case .expression(let expression):
      try Self.field(expression.substitutingNumbers(problem.parameterValues), mean: gaussian.mean)
    }
  }

  /// A random field on a layout's grid, in storage order.
  private func draw(
    _ gaussian: GaussianField, purpose: String, _ layout: PencilLayout, about subject: EquationError.Subject
  ) throws -> AlignedStorage<Double> {
    let axes = problem.domain.axes
    let points = axes.indices.map { user in layout.axes.first { $0.userIndex == user }!.points }
    let coefficients = try coefficients(of: gaussian, purpose: purpose, points: points, about: subject)
    let isOnGrid = axes.allSatisfy { $0.isPeriodic || gaussian.boundary != .periodic }
    if isOnGrid { return try mapped(layout.storageOrdered(coefficients.gridValues()), by: gaussian.map) }
    // The field's own nodes are not the layout's: evaluate it there.
    let nodes = axes.indices.map { user -> [Double] in
      let axis = layout.axes.firstIndex { $0.userIndex == user }!
      return (0..<layout.axes[axis].points).map { layout.coordinate($0, axis: axis) }
    }
    return try mapped(
      layout.storageOrdered(coefficients.evaluate(onTensorGrid: nodes)), by: gaussian.map)
  }

  /// Values on an equidistant periodic grid, on that of a layout, in storage order.
  private func resampled(_ values: NDArray<Double>, to layout: PencilLayout) -> AlignedStorage<Double> {
    let axes = problem.domain.axes
    let points = axes.indices.map { user in layout.axes.first { $0.userIndex == user }!.points }
    let basis = TensorBasis(
      axes.map { FourierBasis(lower: $0.lower, upper: $0.upper) }, points: values.shape)
    return layout.storageOrdered(
      SpectralCoefficients(basis: basis, sampling: values).resampled(to: points).gridValues())
  }

  /// The coefficients of a random field, with as many modes as `points` has along every axis of the problem.
  private func coefficients(
    of gaussian: GaussianField, purpose: String, points: [Int], about subject: EquationError.Subject
  ) throws -> SpectralCoefficients<Double> {
    let bases = problem.domain.axes.map { axis -> any Basis in
      // A periodic axis has no ends that could carry conditions.
      switch axis.isPeriodic ? .periodic : gaussian.boundary {
      case .periodic: FourierBasis(lower: axis.lower, upper: axis.upper)
      case .neumann: CosineBasis(lower: axis.lower, upper: axis.upper)
      case .dirichlet: SineBasis(lower: axis.lower, upper: axis.upper)
      }
    }
    do {
      return try randomField(gaussian).coefficients(
        in: TensorBasis(bases, points: points),
        stream: RandomStream(seed: seed, purpose: purpose, sample: sample))
    } catch let error as GaussianRandomField.ParameterError {
      throw SimulationError.unsupported(error.description, about: subject)
    }
  }

  /// A field's values with its map applied point by point.
  private func mapped(
    _ values: AlignedStorage<Double>, by map: Expression?
  ) throws -> AlignedStorage<Double> {
    guard let map else { return values }
    let program = try ProgramCompiler.compile(
      [
        map.substitutingNumbers(problem.parameterValues).replacingLeaves {
          $0 == .symbol("g") ? .input(0) : $0
        }
      ], inputCount: 1, spatialNames: []
    ) { throw SimulationError.notEvaluable("\($0)") }
    let mapped = AlignedStorage<Double>(count: values.count)
    program.run(inputs: [values], time: 0, into: [mapped])
    return mapped
  }

  /// The values of all coefficient fields at points, which are given with the coordinates of the points by name.
  ///
  /// - Parameter modes: of random fields, along every axis.
  package func fields(
    at points: GridFunctions, modes: [Int], evaluate: (SpectralCoefficients<Double>) -> NDArray<Double>
  ) throws -> [String: AlignedStorage<Double>] {
    var values: [String: AlignedStorage<Double>] = [:]
    for field in problem.fields {
      switch field.function {
      case .expression(let expression):
        values[field.name] = try points.adding(values).values(
          of: expression.substitutingNumbers(problem.parameterValues))
      case .gaussian(let gaussian):
        let coefficients = try coefficients(
          of: gaussian, purpose: "field." + field.name, points: modes, about: .definition(field.name))
        let drawn = evaluate(coefficients)
        let storage = AlignedStorage<Double>(count: drawn.count)
        drawn.withUnsafeBuffer { _ = storage.buffer.update(fromContentsOf: $0) }
        values[field.name] = try mapped(storage, by: gaussian.map)
      }
    }
    return values
  }
}

extension ScalarUnknown {
  /// The name without the mark of a time derivative.
  fileprivate var componentName: String { timeOrder == 0 ? name : String(name.dropLast(2)) }
}

extension Problem {
  package var parameterValues: [String: Double] {
    Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

extension Expression {
  /// The expression with named numbers inserted.
  package func substitutingNumbers(_ values: [String: Double]) -> Expression {
    replacingLeaves { leaf in
      guard case .symbol(let name) = leaf, let value = values[name] else { return leaf }
      return .number(value)
    }
  }
}
