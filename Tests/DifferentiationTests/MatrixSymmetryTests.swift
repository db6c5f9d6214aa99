import Differentiation
import Foundation
import Testing

/// Products with half of a matrix of cosines and sines are those with the whole of it.
@Suite("Symmetric matrices")
struct MatrixSymmetryTests {
  /// Frequencies in pairs of rows, cosines and sines, at `points` points; or the transpose.
  private func table<Scalar: NetworkScalar>(points: Int, modes: Int, transposed: Bool) -> [Scalar] {
    (0..<2 * modes * points).map { index in
      let (row, point) =
        transposed
        ? (index % (2 * modes), index / (2 * modes)) : (index / points, index % points)
      // The angle within one half, so that both sides are the same to the bit.
      let turn = row / 2 * point % points
      let angle = 2 * Double.pi * Double(min(turn, points - turn)) / Double(points)
      let sign: Double = 2 * turn < points ? 1 : -1
      if row % 2 == 0 { return Scalar(cos(angle)) }
      return turn == 0 || 2 * turn == points ? 0 : Scalar(sign * sin(angle))
    }
  }

  private func check<Scalar: NetworkScalar>(
    _: Scalar.Type, points: Int, modes: Int, columns: Int, _ symmetry: MatrixSymmetry, accumulates: Bool
  ) {
    let isFolded = symmetry == .folded
    let (rows, inner) = isFolded ? (2 * modes, points) : (points, 2 * modes)
    func numbers(_ count: Int, _ step: Int) -> [Scalar] {
      (0..<count).map { Scalar(Float(($0 * step) % 97) / 97 - 0.5) }
    }
    let (b, x, w) = (numbers(inner * columns, 31), numbers(rows * 5, 7), numbers(5 * columns, 11))
    let bias = numbers(columns, 3)
    for transposed in [false, true] {
      // Tables are of shape (rows, points) or (points, rows), whichever way they are used.
      let a: [Scalar] = table(points: points, modes: modes, transposed: isFolded == transposed)
      func result(_ symmetry: MatrixSymmetry) -> (values: [Scalar], slopes: [Scalar]) {
        var (values, slopes) = (numbers(rows * columns, 5), numbers(rows * columns, 5))
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            values.withUnsafeMutableBufferPointer { values in
              var products = MatrixProducts(
                rows: rows, columns: columns,
                MatrixProduct(
                  a.baseAddress!, row: transposed ? 1 : inner, column: transposed ? rows : 1,
                  times: b.baseAddress!, rightRow: columns, inner: inner),
                into: values.baseAddress!, row: columns)
              products.symmetry = symmetry
              products.accumulates = accumulates
              guard !isFolded else { return Scalar.networkKernels.multiply(products) }
              x.withUnsafeBufferPointer { x in
                w.withUnsafeBufferPointer { w in
                  bias.withUnsafeBufferPointer { bias in
                    slopes.withUnsafeMutableBufferPointer { slopes in
                      products.second = MatrixProduct(
                        x.baseAddress!, row: 5, times: w.baseAddress!, rightRow: columns, inner: 5)
                      products.bias = bias.baseAddress!
                      products.activation = .gelu
                      products.derivative = slopes.baseAddress!
                      Scalar.networkKernels.multiply(products)
                    }
                  }
                }
              }
            }
          }
        }
        return (values, slopes)
      }
      let (half, whole) = (result(symmetry), result(.none))
      let tolerance = 64 * Double(Scalar.ulpOfOne) * Double(inner)
      for (values, others) in [(half.values, whole.values), (half.slopes, whole.slopes)] {
        let distance = zip(values, others).map { abs(Double($0) - Double($1)) }.max() ?? 0
        #expect(
          distance <= tolerance,
          "\(points) points, \(modes) modes, \(columns) columns, \(symmetry), transposed \(transposed)")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7, 8, 25, 26, 31, 32, 64])
  func halfTheWorkIsTheSameProduct(points: Int) {
    for modes in [1, 2, 5, 12] {
      for columns in [16, 24, 32, 64] {
        for symmetry in [MatrixSymmetry.folded, .mirrored] {
          for accumulates in [false, true] {
            check(
              Float.self, points: points, modes: modes, columns: columns, symmetry, accumulates: accumulates)
            check(
              Double.self, points: points, modes: modes, columns: columns, symmetry, accumulates: accumulates)
          }
        }
      }
    }
  }
}
