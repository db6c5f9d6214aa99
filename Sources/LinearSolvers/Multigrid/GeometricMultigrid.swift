public import Arrays
import CKernels

/// Geometric multigrid for a `BoxDiffusion`: cycles on grids of half the resolution, half of that, and so on.
///
/// Smoothing is slightly over-relaxed red-black Gauss–Seidel, black-red after the coarse level in symmetric cycles;
/// transfers are linear interpolation and its transpose; coarse operators are made like the fine one, with face
/// conductances in series along and parallel across the paths between coarse unknowns. Axes may have any number of
/// unknowns; an axis that is coupled much weaker than another is coarsened later. Cycles work in single precision on
/// the residual of an iteration in double precision, and no matrix is stored.
///
/// Trottenberg, Oosterlee, Schüller, *Multigrid*, Academic Press 2001, chapters 2 and 5.
public final class GeometricMultigrid: Preconditioner, @unchecked Sendable {
  public let name = "multigrid"
  public let diffusion: BoxDiffusion
  public let cycle: MultigridCycle
  /// Red-black sweeps before and after each coarse level.
  public let sweeps: Int
  public var count: Int { diffusion.count }
  public let isSymmetric: Bool
  public var isFixed: Bool { true }

  private let levels: [BoxLevel]
  private let steps: [BoxSteps]
  private let bottom: BoxBottom
  private let input: InputScale
  private let load: Phase
  private let store: Phase
  private let ends: Ends

  private final class Ends: @unchecked Sendable {
    var correction: UnsafeMutablePointer<Double>?
  }

  /// A hierarchy down to a grid of at most a hundred unknowns.
  ///
  /// - Parameter isSymmetric: whether sweeps after the coarse level go backwards, as conjugate gradients need it. An
  ///   iteration of its own converges twice as fast where they do not. F-cycles are never symmetric.
  public init(
    _ diffusion: BoxDiffusion, cycle: MultigridCycle = .v, sweeps: Int = 2, isSymmetric: Bool = true,
    workers: Workers? = nil
  ) {
    precondition(sweeps >= 1, "GeometricMultigrid: sweeps \(sweeps) must be at least 1")
    self.diffusion = diffusion
    self.cycle = cycle
    self.sweeps = sweeps
    self.isSymmetric = isSymmetric && cycle.isSymmetric
    let (levels, coarsened) = Self.levels(diffusion, keeps: cycle.second != nil)
    self.levels = levels
    steps = coarsened.indices.map { number in
      BoxSteps(
        BoxTransfer(levels[number], levels[number + 1], coarsened: coarsened[number]), sweeps: sweeps,
        isSymmetric: isSymmetric, workers: workers)
    }
    bottom = BoxBottom(levels[levels.count - 1])
    let finest = levels[0]
    let factors = finest.volumes.map { volumes in
      finest.conductances == nil ? volumes.map { 1 / $0 } : volumes.map { _ in 1 }
    }
    let input = InputScale(count: diffusion.count, workers: workers)
    self.input = input
    let ends = Ends()
    self.ends = ends
    load = Phase(finest.chunks.count, workers) { chunk in
      guard let residual = input.vector else { return }
      withUnsafePointer(to: finest.box) {
        pvk_box_load(
          $0, finest.first(chunk), finest.last(chunk), residual, factors[0], factors[1], factors[2],
          input.factor, finest.f.baseAddress)
      }
    }
    let enlargement = isSymmetric ? Self.enlargement[diffusion.axes.count] : 1
    store = Phase(finest.chunks.count, workers) { chunk in
      guard let correction = ends.correction else { return }
      withUnsafePointer(to: finest.box) {
        pvk_box_store(
          $0, finest.first(chunk), finest.last(chunk), finest.u.baseAddress,
          enlargement / input.factor, correction)
      }
    }
  }

  /// What corrections of symmetric cycles on 1 to 3 axes are multiplied by: their error operators have eigenvalues
  /// between 0 and about 0.15 (0.2 in space), which this shifts to both sides of 0.
  private static let enlargement = [1, 1, 1.075, 1.1]

  private static func levels(_ diffusion: BoxDiffusion, keeps: Bool) -> ([BoxLevel], [[Bool]]) {
    let axes = diffusion.boxAxes
    let spacings = diffusion.spacings
    let diffusivities = diffusion.meanCoefficients
    var levels = [
      BoxLevel(
        axes, shift: diffusion.shift, spacings: spacings, conductances: diffusion.conductances, keeps: false)
    ]
    var coarsened: [[Bool]] = []
    while let level = levels.last, level.count > 100 {
      let halved = BoxCoarsening.coarsenedAxes(level, diffusivities: diffusivities)
      guard halved.contains(true) else { break }
      levels.append(
        BoxLevel(
          (0..<3).map { halved[$0] ? level.axes[$0].coarsened : level.axes[$0] }, shift: diffusion.shift,
          spacings: spacings,
          conductances: level.conductances.map {
            BoxCoarsening.conductances($0, level.axes, coarsened: halved)
          }, keeps: keeps))
      coarsened.append(halved)
    }
    return (levels, coarsened)
  }

  public func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    input.read(residual)
    ends.correction = correction
    load.run()
    visit(0, cycle)
    store.run()
  }

  private func visit(_ number: Int, _ cycle: MultigridCycle) {
    guard number < steps.count else { return bottom.solve() }
    steps[number].descend()
    visit(number + 1, cycle)
    if let second = cycle.second, number + 1 < steps.count {
      steps[number + 1].prepareSecondVisit()
      visit(number + 1, second)
      steps[number + 1].finishSecondVisit()
    }
    steps[number].ascend()
  }

  /// Unknowns along the axes of every level, the finest first.
  public var shapes: [[Int]] {
    levels.map { level in (0..<diffusion.axes.count).reversed().map { level.axes[$0].count } }
  }

  public var byteCount: Int { levels.reduce(0) { $0 + $1.byteCount } }
}

extension GeometricMultigrid: CustomStringConvertible {
  /// A tree of the levels.
  public var description: String {
    var lines = ["GeometricMultigrid(\(cycle.rawValue.uppercased())(\(sweeps),\(sweeps))-cycle)"]
    for (number, shape) in shapes.enumerated() {
      lines.append("├─ level \(number): \(shape.map(String.init).joined(separator: " × "))")
    }
    lines.append("└─ \(byteCount / 1_000_000) MB")
    return lines.joined(separator: "\n")
  }
}
