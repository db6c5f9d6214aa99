import Arrays
public import Equations
import Geometry
import Spectral

/// What a run would do and need, without doing it.
public struct SolutionPlan: Sendable {
  /// Grid points along every axis of the problem.
  public let points: [Int]
  public let dealiasing: DiscretizationChoice.Dealiasing
  /// The highest wavenumber kept along every axis.
  public let keptModes: [Int]
  public let method: MethodChoice?
  /// Transforms per evaluation of the nonlinear part.
  public let transforms: Int
  /// An estimate of the memory of a run.
  public let bytes: Int

  public init(_ problem: Problem, _ form: NormalForm) throws(SimulationError) {
    let degree = form.equations.flatMap(\.terms).map(\.integrand.inputDegree).max() ?? 0
    let grid = try SpectralGrid(domain: form.domain, choice: problem.discretization, degree: degree)
    method =
      problem.domain.time == nil
      ? nil : try MethodChoice(problem.solver, isConstant: form.hasConstantTerms)
    let order = form.domain.axes.indices.map { user in grid.layout.axes.firstIndex { $0.userIndex == user }! }
    points = order.map { grid.outputLayout.axes[$0].points }
    keptModes = order.map { grid.layout.axes[$0].kept }
    dealiasing = grid.dealiasing
    let integrands = Set(
      form.equations.flatMap(\.terms).map { SpectralForm.splitCoefficient($0.integrand).1 })
    let isMoving = !form.hasConstantTerms
    transforms = isMoving ? form.inputs.count + integrands.count : 0
    let components = form.unknowns.count { $0.isEvolved }
    let vector = 8 * Double(grid.layout.length) * Double(components)
    let coupling = Double(min(components, 3))
    let columns =
      grid.layout.dimension == 1
      ? 1 : Double(grid.layout.axes[0].points) / Double(grid.layout.counts[0])
    let perTransform = 8 * Double(grid.layout.length) * columns
    // Stages and the state, tables of functions of hL, slabs and symbols of the transforms, recorded fields.
    let estimate =
      9 * vector + 7 * vector * coupling / 2 + Double(transforms) * 2 * perTransform
      + 8 * Double(grid.layout.gridPoints) * Double(2 * form.unknowns.count + problem.quantities.count)
      + 16 * Double(grid.layout.modes)
      * Double(components * (components + integrands.count) + form.inputs.count)
    bytes = estimate < 1e18 ? Int(estimate) : Int.max / 2
  }

  /// - Throws: `SimulationError.tooLarge` if a run would need more memory than there is.
  package func checkMemory(limit: Int?) throws(SimulationError) {
    let available = limit ?? PhysicalMemory.bytes
    guard bytes <= available else { throw .tooLarge(neededBytes: bytes, availableBytes: available) }
  }
}
