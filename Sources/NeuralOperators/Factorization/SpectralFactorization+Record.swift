import Differentiation
import Glibc
import Learning

extension SpectralFactorization {
  /// Records the dense tensor of this shape, put together from factors that are parameters: `core` and `factor.0`, `factor.1`, ….
  ///
  /// Factors are normal numbers, all of the same deviation, such that every number of the tensor has this deviation.
  func record<Scalar: NetworkScalar>(
    shape: [Int], standardDeviation: Double, on tape: Tape<Scalar>
  ) -> Variable {
    let ranks = ranks(shape: shape)
    return switch form {
    case .cp: rankOneSum(shape, ranks[0], standardDeviation, tape)
    case .tucker: tucker(shape, ranks, standardDeviation, tape)
    case .tensorTrain: train(shape, [1] + ranks + [1], standardDeviation, tape)
    }
  }

  /// The deviation of the factors: every number is a sum of `terms` products of `factors` numbers.
  private func deviation(_ whole: Double, terms: Int, factors: Int) -> Double {
    pow(whole / Double(terms).squareRoot(), 1 / Double(factors))
  }

  private func parameter<Scalar: NetworkScalar>(
    _ name: String, _ shape: [Int], _ deviation: Double, _ tape: Tape<Scalar>
  ) -> Variable {
    let initial = Initializer.normal(standardDeviation: deviation)
    return tape.parameter(name, shape, role: .tensor, initial: initial.fill(_:slot:seed:))
  }

  /// Factors (rank, length): the two halves of the axes are multiplied out rank by rank, then summed over them in one product.
  private func rankOneSum<Scalar: NetworkScalar>(
    _ shape: [Int], _ rank: Int, _ whole: Double, _ tape: Tape<Scalar>
  ) -> Variable {
    let deviation = deviation(whole, terms: rank, factors: shape.count)
    let factors = shape.indices.map { parameter("factor.\($0)", [rank, shape[$0]], deviation, tape) }
    func half(_ axes: Range<Int>) -> Variable {
      axes.dropFirst().reduce(factors[axes.lowerBound]) { product, axis in
        let operation = KhatriRaoOperation(product, factors[axis], on: tape)
        tape.record(operation)
        return operation.outputs[0]
      }
    }
    // Where the halves have the fewest numbers.
    func size(_ split: Int) -> Int { shape[..<split].reduce(1, *) + shape[split...].reduce(1, *) }
    let split = (1..<shape.count).min { size($0) < size($1) } ?? 1
    let operation = ModeProductOperation(
      half(split..<shape.count), outer: 1, times: half(0..<split), shape: shape, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }

  /// A core (ranks…) and factors (rank, length) of the axes whose rank is not full.
  private func tucker<Scalar: NetworkScalar>(
    _ shape: [Int], _ ranks: [Int], _ whole: Double, _ tape: Tape<Scalar>
  ) -> Variable {
    let partial = shape.indices.filter { ranks[$0] < shape[$0] }
    let terms = partial.reduce(1) { $0 * ranks[$1] }
    let deviation = deviation(whole, terms: terms, factors: partial.count + 1)
    var tensor = parameter("core", ranks, deviation, tape)
    // The first axis last: what is left is then one product with long rows.
    for axis in partial.reversed() {
      let factor = parameter("factor.\(axis)", [ranks[axis], shape[axis]], deviation, tape)
      let operation = ModeProductOperation(
        tensor, outer: ranks[..<axis].reduce(1, *), times: factor,
        shape: Array(ranks[..<axis] + shape[axis...]), on: tape)
      tape.record(operation)
      tensor = operation.outputs[0]
    }
    return tensor
  }

  /// Cores (rank before, length, rank behind), multiplied from the first to the last.
  private func train<Scalar: NetworkScalar>(
    _ shape: [Int], _ ends: [Int], _ whole: Double, _ tape: Tape<Scalar>
  ) -> Variable {
    let deviation = deviation(whole, terms: ends.reduce(1, *), factors: shape.count)
    let cores = shape.indices.map {
      parameter("factor.\($0)", [ends[$0], shape[$0], ends[$0 + 1]], deviation, tape)
    }
    var tensor = cores[0]
    for axis in 1..<max(shape.count, 1) {
      let operation = ModeProductOperation(
        tensor, outer: shape[..<axis].reduce(1, *), times: cores[axis],
        shape: Array(shape[...axis]) + [ends[axis + 1]], on: tape)
      tape.record(operation)
      tensor = operation.outputs[0]
    }
    return tensor.reshaped(shape)
  }
}
