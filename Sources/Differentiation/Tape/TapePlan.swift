/// When every array of a tape is needed: forward passes at times 0 … n − 1, backward ones at n … 2n − 1 in reverse.
struct TapePlan {
  private let count: Int
  private let differentiates: Bool
  private var valueLives: [(Int, Int)]
  private var gradientLives: [(Int, Int)]
  /// For every operation and input, whether nothing was written into the input's gradient before.
  private(set) var firstWriters: [[Bool]]

  init(
    operations: [(savedInputs: [Int], savedOutputs: [Int])], inputs: [[Int]], outputs: [[Int]],
    variableCount: Int, differentiates: Bool
  ) {
    count = operations.count
    self.differentiates = differentiates
    valueLives = Array(repeating: (Int.max, -1), count: variableCount)
    gradientLives = Array(repeating: (Int.max, -1), count: variableCount)
    firstWriters = inputs.map { $0.map { _ in false } }
    func extend(_ life: inout (Int, Int), _ time: Int) { life = (min(life.0, time), max(life.1, time)) }
    for position in operations.indices {
      let back = 2 * count - 1 - position
      for (number, index) in inputs[position].enumerated() {
        extend(&valueLives[index], position)
        if differentiates, operations[position].savedInputs.contains(number) {
          extend(&valueLives[index], back)
        }
        extend(&gradientLives[index], back)
      }
      for (number, index) in outputs[position].enumerated() {
        extend(&valueLives[index], position)
        if differentiates, operations[position].savedOutputs.contains(number) {
          extend(&valueLives[index], back)
        }
        extend(&gradientLives[index], back)
      }
    }
    var isWritten = Array(repeating: false, count: variableCount)
    for position in operations.indices.reversed() {
      for (number, index) in inputs[position].enumerated() where !isWritten[index] {
        firstWriters[position][number] = true
        isWritten[index] = true
      }
    }
  }

  /// Keeps the values of results to the end of the forward pass and what reads them, and their gradients from their seed.
  mutating func keep(_ results: [Int]) {
    let end = differentiates ? 2 * count : count
    for index in results {
      valueLives[index].1 = end
      valueLives[index].0 = min(valueLives[index].0, end)
      gradientLives[index] = (min(gradientLives[index].0, count), max(gradientLives[index].1, count))
    }
  }

  /// Data are there before the first operation, and stay for the next run.
  func valueLife(_ index: Int, isData: Bool) -> (Int, Int) { isData ? wholeLife : valueLives[index] }

  /// From before the first operation to the next run.
  var wholeLife: (Int, Int) { (-1, 2 * count) }

  /// The gradients of data are read when all is done.
  func gradientLife(_ index: Int, isData: Bool) -> (Int, Int) {
    (gradientLives[index].0, isData ? 2 * count : gradientLives[index].1)
  }

  /// An empty life where it is not needed at all.
  func bufferLife(_ lifetime: TapeBuffer.Lifetime, at position: Int) -> (Int, Int) {
    let back = 2 * count - 1 - position
    switch lifetime {
    case .saved: return (position, differentiates ? back : position)
    case .forward: return (position, position)
    case .backward: return differentiates ? (back, back) : (1, 0)
    }
  }
}
