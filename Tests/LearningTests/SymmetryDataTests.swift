import Arrays
import Learning
import Testing

@Suite struct SymmetryDataTests {
  private func data(_ grid: [Int]) -> ArrayData {
    let points = grid.reduce(1, *)
    return ArrayData(
      inputs: NDArray(shape: [3] + grid + [2]) { Float($0) },
      targets: NDArray(shape: [3] + grid + [1]) { Float($0 % points) })
  }

  private func read(_ data: some TrainingData, _ sample: Int) throws -> (input: [Float], target: [Float]) {
    let input = AlignedStorage<Float>(count: data.inputShape.reduce(1, *))
    let target = AlignedStorage<Float>(count: data.targetShape.reduce(1, *))
    try data.read(sample, input: input.baseAddress, target: target.baseAddress)
    return (Array(input.buffer), Array(target.buffer))
  }

  @Test(arguments: [
    (GridSymmetry.none, [3, 3], 1), (.exchanges, [3, 3], 2), (.reflections, [4], 2), (.all, [3, 3], 8),
    (.all, [2, 3], 4), (.all, [2, 2, 2], 48),
  ])
  func everyMotionOnce(_ symmetry: GridSymmetry, _ grid: [Int], _ motions: Int) throws {
    let data = data(grid)
    let moved = try SymmetricData(data, symmetry, placements: grid.map { _ in .cells })
    #expect(moved.count == 3 * motions && moved.motionCount == motions)
    var seen: Set<[Float]> = []
    for sample in 0..<moved.count {
      let (input, target) = try read(moved, sample)
      let (first, own) = try read(data, sample % 3)
      if sample < 3 { #expect(input == first && target == own) }
      // Both are moved alike: the number of a point is in its channels.
      #expect(target.sorted() == own.sorted())
      for (point, source) in target.enumerated() {
        let base = (sample % 3) * 2 * target.count
        #expect(
          input[2 * point] == Float(base + 2 * Int(source)) && input[2 * point + 1] == input[2 * point] + 1)
      }
      if sample % 3 == 0 { seen.insert(target) }
    }
    #expect(seen.count == motions)
  }

  @Test func transpositionAndReflection() throws {
    let exchanged = try SymmetricData(data([2, 2]), .exchanges, placements: [.nodes, .nodes])
    #expect(try read(exchanged, 3).target == [0, 2, 1, 3])
    let reversed = try SymmetricData(data([4]), .reflections, placements: [.cells])
    #expect(try read(reversed, 3).target == [3, 2, 1, 0])
    // Point 0 of a periodic axis stays where it is.
    let turned = try SymmetricData(data([4]), .reflections, placements: [.periodic])
    #expect(try read(turned, 3).target == [0, 3, 2, 1])
    // Axes that are not alike stay apart.
    #expect(try SymmetricData(data([4, 4]), .exchanges, placements: [.periodic, .cells]).motionCount == 1)
  }

  @Test func motionsAreUndone() {
    for motion in GridSymmetry.all.motions(of: [3, 2, 3], placements: [.cells, .nodes, .cells]) {
      let (there, back) = (motion.sources, motion.inverse.sources)
      #expect(back.map { there[$0] } == Array(0..<18))
    }
  }

  @Test func anotherGridIsRefused() {
    let pairs = ArrayData(
      inputs: NDArray(shape: [1, 4, 1]) { Float($0) }, targets: NDArray(shape: [1, 2, 1]) { Float($0) })
    #expect(throws: LearningError.self) {
      try SymmetricData(pairs, .reflections, placements: [.cells])
    }
  }
}
