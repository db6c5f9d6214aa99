package import Arrays
import Equations
package import Spectral

/// A sum of terms that are evaluated on the grid: an evaluator with its program and its numbers.
package final class GridTerms: @unchecked Sendable {
  private let evaluator: PencilEvaluator
  private let compiled: CompiledProgram
  private let scalars: AlignedStorage<Double>
  /// The numbers of the form's inputs that are used.
  private let inputNumbers: Set<Int>
  private let pointers: UnsafeMutablePointer<UnsafePointer<Double>>
  private let layout: PencilLayout

  /// Whether the terms depend neither on the state nor on time.
  package var isConstant: Bool { inputNumbers.isEmpty && !isTimeDependent }
  /// Whether the terms name the time.
  package var isTimeDependent: Bool { compiled.isTimeDependent }

  package init(
    layout: PencilLayout, products: [SpectralForm.Product],
    targets: [[(component: Int, multiplier: Multiplier)]],
    inputs: [[(component: Int, multiplier: Multiplier)]], inputFunctions: [[AxisFunctions]],
    functions: GridFunctions, outputs: Int, workers: Workers?, planning: PlanningMode
  ) throws {
    self.layout = layout
    let used = products.reduce(into: Set<Int>()) { $0.formUnion($1.integrand.inputNumbers) }.sorted()
    inputNumbers = Set(used)
    var renumbered = Array(repeating: Expression.number(0), count: inputs.count)
    for (new, old) in used.enumerated() { renumbered[old] = .input(new) }
    compiled = try ProgramCompiler.compile(
      products.map { $0.integrand.replacingInputs(renumbered) }, inputCount: used.count,
      spatialNames: functions.names, overwritesInputs: true
    ) { try functions.values(of: $0) }
    scalars = AlignedStorage(count: compiled.scalars.count)
    evaluator = PencilEvaluator(
      layout: layout,
      inputs: used.map { .init(functions: inputFunctions[$0], sources: inputs[$0]) },
      products: zip(products, targets).map { .init(functions: $0.functions, targets: $1) },
      program: compiled.program, outputComponents: outputs, workers: workers, mode: planning)
    let components = inputs.flatMap { $0 }.map { $0.component + 1 }.max() ?? 0
    pointers = .allocate(capacity: max(components, 1))
    pointers.initialize(repeating: UnsafePointer(scalars.baseAddress), count: max(components, 1))
    componentCapacity = components
  }

  private let componentCapacity: Int

  deinit { pointers.deallocate() }

  package var bytes: Int { evaluator.bytes }

  /// Writes the sum for components at the given addresses.
  package func evaluate(
    _ components: [UnsafePointer<Double>], time: Double, into result: UnsafeMutablePointer<Double>
  ) {
    for (index, component) in components.enumerated() where index < componentCapacity {
      pointers[index] = component
    }
    run(time: time, into: result)
  }

  /// Writes the sum for a state followed by the constraints' sources.
  ///
  /// Allocates nothing.
  package func evaluate(
    _ state: StateVector, components: Int, _ sources: StateVector, time: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<componentCapacity {
      pointers[index] = UnsafePointer(
        index < components
          ? state.baseAddress + index * layout.length
          : sources.baseAddress + (index - components) * layout.length)
    }
    run(time: time, into: result)
  }

  private func run(time: Double, into result: UnsafeMutablePointer<Double>) {
    compiled.evaluateScalars(time: time, into: scalars.baseAddress)
    evaluator.evaluate(UnsafePointer(pointers), into: result, scalars: UnsafePointer(scalars.baseAddress))
  }

  /// Writes the integrands themselves on the grid, one array each, in storage order.
  package func sample(
    _ state: StateVector, components: Int, _ sources: StateVector, time: Double,
    into grids: [UnsafeMutablePointer<Double>]
  ) {
    for index in 0..<componentCapacity {
      pointers[index] = UnsafePointer(
        index < components
          ? state.baseAddress + index * layout.length
          : sources.baseAddress + (index - components) * layout.length)
    }
    compiled.evaluateScalars(time: time, into: scalars.baseAddress)
    evaluator.sample(UnsafePointer(pointers), into: grids, scalars: UnsafePointer(scalars.baseAddress))
  }
}
