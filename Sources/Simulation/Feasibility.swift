public import Equations
import Geometry

extension Simulation {
  /// Points of each axis of the grid that a check is made on, by dimension.
  private static let pointsOfCheck = [4096, 128, 16]

  /// Finds what would keep a problem from being solved, on a grid that is coarse enough to take no time.
  ///
  /// Sources that must balance are looked at only where the grid is not coarser than the problem's own: their
  /// means need all their points.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - form: its normal form.
  ///   - options: those of the run; one thread checks.
  /// - Throws: as `init` and `run` do for the same problem.
  public static func check(
    _ problem: Problem, _ form: NormalForm, options: SimulationOptions = .init()
  ) throws {
    let axes = problem.domain.axes
    let whole = axes.map {
      problem.discretization.points[$0.name] ?? SpectralGrid.defaultPoints(min(axes.count, 3))
    }
    let limit = pointsOfCheck[min(axes.count, 3) - 1]
    var coarse = problem
    for (axis, points) in zip(axes, whole) { coarse.discretization.points[axis.name] = min(points, limit) }
    var settings = options
    settings.threads = 1
    let simulation = try Simulation(coarse, form, options: settings)
    try simulation.prepare(balances: whole.allSatisfy { $0 <= limit })
  }
}
