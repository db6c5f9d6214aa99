import Arrays
import DataSets
import Glibc
import Simulation
import Testing

/// Lower resolutions are those of the same functions.
@Suite struct GridReductionTests {
  private func axis(_ name: String, _ coordinates: [Double], isPeriodic: Bool) -> RecordedAxis {
    RecordedAxis(name: name, coordinates: coordinates, isPeriodic: isPeriodic)
  }

  @Test func truncationIsExactForLowModes() throws {
    let (fine, coarse) = (48, 20)
    let x = axis("x", (0..<fine).map { 1 + 2 * Double($0) / Double(fine) }, isPeriodic: true)
    let y = axis("y", (0..<30).map { Double($0) / 30 }, isPeriodic: true)
    let reduction = try GridReduction(from: [x, y], [.periodic, .periodic], to: ["x": coarse, "y": 15])
    func field(_ x: Double, _ y: Double) -> Double {
      2 + sin(.pi * (x - 1)) * cos(2 * .pi * y) + cos(9 * .pi * (x - 1) + 0.3) * sin(14 * .pi * y)
    }
    let values = NDArray<Double>(shape: [fine, 30]) {
      field(x.coordinates[$0 / 30], y.coordinates[$0 % 30])
    }
    let reduced = reduction.reduced(values)
    #expect(reduced.shape == [coarse, 15])
    for i in 0..<coarse {
      for j in 0..<15 {
        let exact = field(reduction.axes[0].coordinates[i], reduction.axes[1].coordinates[j])
        #expect(abs(reduced[i, j] - exact) < 1e-13)
      }
    }
    #expect(abs(reduction.axes[0].coordinates[3] - (1 + 6.0 / Double(coarse))) < 1e-15)
  }

  /// Means of cells lie at the centres of blocks: a linear function stays itself, without a shift.
  @Test(arguments: [2, 3, 4]) func cellsAreAveraged(_ block: Int) throws {
    let count = 24
    let x = axis("x", (0..<count).map { (Double($0) + 0.5) / Double(count) }, isPeriodic: false)
    let reduction = try GridReduction(from: [x], [.cells], to: ["x": count / block])
    let reduced = reduction.reduced(NDArray(shape: [count], x.coordinates))
    for (i, place) in reduction.axes[0].coordinates.enumerated() {
      #expect(abs(place - (Double(i) + 0.5) * Double(block) / Double(count)) < 1e-15)
      #expect(abs(reduced[i] - place) < 1e-15)
    }
  }

  @Test func nodesAreTakenFromTheMiddle() throws {
    let x = axis("x", (0..<9).map { (Double($0) + 0.5) / 9 }, isPeriodic: false)
    let reduction = try GridReduction(from: [x], [.nodes], to: ["x": 3])
    let values = NDArray<Double>(shape: [9]) { Double($0 * $0) }
    #expect(reduction.reduced(values).elements == [1, 16, 49])
    #expect(reduction.axes[0].coordinates == [x.coordinates[1], x.coordinates[4], x.coordinates[7]])
  }

  /// Onto a finer grid modes go as they are, and between cells the line through them.
  @Test func finerGridsAreInterpolated() throws {
    let x = (8, 32), y = (4, 12)
    func axes(_ nx: Int, _ ny: Int) -> [RecordedAxis] {
      [
        axis("x", (0..<nx).map { 2 * Double($0) / Double(nx) }, isPeriodic: true),
        axis("y", (0..<ny).map { (Double($0) + 0.5) / Double(ny) }, isPeriodic: false),
      ]
    }
    func field(_ x: Double, _ y: Double) -> Double { (1 + cos(3 * .pi * x + 0.2)) * (2 - 3 * y) }
    let (coarse, fine) = (axes(x.0, y.0), axes(x.1, y.1))
    let reduction = try GridReduction(from: coarse, [.periodic, .cells], onto: fine)
    #expect(reduction.axes == fine)
    let values = NDArray<Double>(shape: [x.0, y.0]) {
      field(coarse[0].coordinates[$0 / y.0], coarse[1].coordinates[$0 % y.0])
    }
    let refined = reduction.reduced(values)
    #expect(refined.shape == [x.1, y.1])
    for i in 0..<x.1 {
      for j in 0..<y.1 {
        #expect(abs(refined[i, j] - field(fine[0].coordinates[i], fine[1].coordinates[j])) < 1e-13)
      }
    }
    // Where the grid is not finer, it is as for data.
    let back = try GridReduction(from: fine, [.periodic, .cells], onto: coarse)
    let same = try GridReduction(from: fine, [.periodic, .cells], to: ["x": x.0, "y": y.0])
    #expect(back.reduced(refined).elements == same.reduced(refined).elements)
  }

  @Test(arguments: [(8, GridReduction.Placement.cells), (3, .nodes), (1, .periodic), (13, .periodic)])
  func whatCannotBeHadIsRefused(_ count: Int, _ placement: GridReduction.Placement) throws {
    let x = axis("x", (0..<12).map { Double($0) }, isPeriodic: placement == .periodic)
    #expect {
      try GridReduction(from: [x], [placement], to: ["x": count])
    } throws: { error in
      guard case .resolution("x", count, 12, _) = error as? DataSetError else { return false }
      return true
    }
  }
}
