import Differentiation

/// A few lines of an array with what surrounds them, copied so that windows find all that they read.
///
/// Lines run along the last axis with the channels; rows of lines along the two axes before it, of which there may be
/// fewer. It is as large as stays in the second cache.
struct ConvolutionTile {
  /// Results along each of the leading axes.
  let lines: (first: Int, second: Int)
  /// Lines that are read along the second axis.
  let secondExtent: Int
  let firstExtent: Int
  /// Numbers of a line.
  let length: Int
  /// Numbers of the tile.
  var count: Int { firstExtent * secondExtent * length }
  private static var budget: Int { 1 << 17 }

  /// - Parameters:
  ///   - results: how many lines there are in all, per leading axis.
  ///   - stride: of the windows.
  ///   - kernel: lines that a window reads per axis.
  init(
    results: (first: Int, second: Int), stride: (first: Int, second: Int), kernel: (first: Int, second: Int),
    length: Int
  ) {
    let affordable = max(Self.budget / length, 1)
    func most(_ lines: Int, _ stride: Int, _ kernel: Int, _ results: Int) -> Int {
      min(max((lines - kernel) / stride + 1, 1), results)
    }
    let first =
      results.first == 1
      ? 1 : most(Int(Double(affordable).squareRoot()), stride.first, kernel.first, results.first)
    firstExtent = (first - 1) * stride.first + kernel.first
    let second = most(affordable / firstExtent, stride.second, kernel.second, results.second)
    secondExtent = (second - 1) * stride.second + kernel.second
    lines = (first, second)
    self.length = length
  }

  /// Calls `body` for every tile with the range of lines of each leading axis.
  func forEach(
    _ results: (first: Int, second: Int), _ body: (_ first: Range<Int>, _ second: Range<Int>) -> Void
  ) {
    for first in stride(from: 0, to: results.first, by: lines.first) {
      for second in stride(from: 0, to: results.second, by: lines.second) {
        body(
          first..<min(first + lines.first, results.first), second..<min(second + lines.second, results.second)
        )
      }
    }
  }
}
