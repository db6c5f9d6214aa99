package import Arrays
import Glibc

/// The numbers that a stream has for one thing, one after another, as many as it takes.
///
/// Rejection needs an unknown number of them: each thing, such as a point, has 2³³ of its own.
package struct RandomNumbers: Sendable {
  private let stream: RandomStream
  private var position: UInt64
  private var spare: Double?

  /// - Parameter thing: its number, below 2³².
  package init(_ stream: RandomStream, of thing: Int) {
    self.stream = stream
    position = UInt64(thing) << 32
  }

  /// The next number, uniform on (0, 1).
  package mutating func uniform() -> Double {
    if let number = spare {
      spare = nil
      return number
    }
    let pair = stream.uniforms(at: position)
    position += 1
    spare = pair.y
    return pair.x
  }

  /// The next number, standard normal.
  package mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
