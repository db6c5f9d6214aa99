import Arrays
import Learning

/// Pairs made up for tests.
enum SmallData {
  /// Normal numbers of a seed.
  static func normals(_ count: Int, seed: UInt64) -> [Float] {
    let stream = RandomStream(seed: seed, purpose: "small data")
    return (0..<count).map { Float(stream.normals(at: UInt64($0)).x) }
  }

  /// Inputs of `width` numbers and what `target` makes of each.
  static func pairs(
    _ count: Int, width: Int, seed: UInt64, _ target: ([Float]) -> [Float]
  ) -> ArrayData {
    let inputs = normals(count * width, seed: seed)
    let targets = (0..<count).map { target(Array(inputs[$0 * width..<($0 + 1) * width])) }
    return ArrayData(
      inputs: NDArray(shape: [count, width, 1], inputs),
      targets: NDArray(shape: [count, targets[0].count, 1], targets.flatMap(\.self)))
  }

  /// A sample as two lists.
  static func sample(_ data: any TrainingData, _ sample: Int) throws -> (input: [Double], target: [Double]) {
    var input = [Double](repeating: 0, count: data.inputShape.reduce(1, *))
    var target = [Double](repeating: 0, count: data.targetShape.reduce(1, *))
    try input.withUnsafeMutableBufferPointer { input in
      try target.withUnsafeMutableBufferPointer { target in
        try data.read(sample, input: input.baseAddress!, target: target.baseAddress!)
      }
    }
    return (input, target)
  }

  /// Some of the samples.
  static func part(_ data: any TrainingData, _ samples: [Int]) throws -> ArrayData {
    let chosen = try samples.map { try sample(data, $0) }
    return ArrayData(
      inputs: NDArray(
        shape: [samples.count] + data.inputShape, chosen.flatMap { $0.input.map { Float($0) } }),
      targets: NDArray(
        shape: [samples.count] + data.targetShape, chosen.flatMap { $0.target.map { Float($0) } }))
  }

  /// The solution of a small system by elimination with pivots.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let n = right.count
    for k in 0..<n {
      let pivot = (k..<n).max { abs(rows[$0][k]) < abs(rows[$1][k]) } ?? k
      rows.swapAt(k, pivot)
      for i in 0..<n where i != k {
        let factor = rows[i][k] / rows[k][k]
        for j in k...n { rows[i][j] -= factor * rows[k][j] }
      }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
  }
}
