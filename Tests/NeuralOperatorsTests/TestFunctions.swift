import Foundation

/// A cosine of one whole wave.
func cosine(_ x: Double) -> Double { cos(2 * .pi * x) }

/// Indices of all points of a grid, the last axis first.
func indices(of points: [Int]) -> [[Int]] {
  points.reduce([[]]) { list, count in list.flatMap { head in (0..<count).map { head + [$0] } } }
}
