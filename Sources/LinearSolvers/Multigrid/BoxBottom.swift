import Arrays

/// The coarsest level of a box, solved by its dense pseudo-inverse.
final class BoxBottom: @unchecked Sendable {
  private let level: BoxLevel
  private let inverse: DenseInverse
  private let b: CycleVector
  private let x: CycleVector
  private let weights: [Float]

  init(_ level: BoxLevel) {
    self.level = level
    let count = level.count
    // Values per volume are multiplied by volumes: that makes the matrix symmetric.
    let weights = (0..<count).map { level.conductances == nil ? level.volume($0) : 1 }
    self.weights = weights.map { Float($0) }
    let matrix = AlignedStorage<Double>(count: count * count)
    for column in 0..<count {
      level.u.baseAddress[level.position(column)] = 1
      level.wrap(level.u)
      for chunk in level.chunks.indices { level.computeResidual(chunk) }
      level.u.baseAddress.update(repeating: 0, count: level.elementCount)
      for row in 0..<count {
        matrix.baseAddress[row * count + column] =
          -weights[row] * Double(level.r.baseAddress[level.position(row)])
      }
    }
    Self.symmetrize(matrix, count)
    inverse = DenseInverse(matrix, count: count, isSymmetric: true, smallestShare: 1e-6)
    b = CycleVector(count: count, precision: .single)
    x = CycleVector(count: count, precision: .single)
  }

  private static func symmetrize(_ matrix: AlignedStorage<Double>, _ count: Int) {
    for row in 0..<count {
      for column in 0..<row {
        let mean = (matrix.baseAddress[row * count + column] + matrix.baseAddress[column * count + row]) / 2
        matrix.baseAddress[row * count + column] = mean
        matrix.baseAddress[column * count + row] = mean
      }
    }
  }

  func solve() {
    for index in weights.indices {
      b.singles[index] = weights[index] * level.f.baseAddress[level.position(index)]
    }
    inverse.apply(b, into: x)
    for index in weights.indices { level.u.baseAddress[level.position(index)] = x.singles[index] }
  }
}
