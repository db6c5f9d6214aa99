/// Times pieces of work in turn, so that a machine whose speed drifts treats them alike.
struct Measurement {
  /// Seconds per call, one list per piece.
  private(set) var samples: [[Double]]

  /// Runs every piece once to warm up, then all of them in turn for `rounds` rounds.
  ///
  /// A piece is repeated within a round until it has taken `shortest` seconds.
  init(rounds: Int, shortest: Double = 0.02, _ pieces: [() -> Void]) {
    let clock = ContinuousClock()
    func seconds(_ duration: Duration) -> Double {
      Double(duration.components.seconds) + 1e-18 * Double(duration.components.attoseconds)
    }
    let repetitions = pieces.map { piece -> Int in
      piece()
      let once = seconds(clock.measure(piece))
      return max(1, Int((shortest / max(once, 1e-9)).rounded(.up)))
    }
    samples = pieces.map { _ in [] }
    for _ in 0..<rounds {
      for (index, piece) in pieces.enumerated() {
        let elapsed = clock.measure { for _ in 0..<repetitions[index] { piece() } }
        samples[index].append(seconds(elapsed) / Double(repetitions[index]))
      }
    }
  }

  /// The median time of a piece.
  func median(_ piece: Int) -> Double { Self.median(samples[piece]) }

  /// The median over the rounds of the ratio of two pieces' times.
  func ratio(_ piece: Int, to other: Int) -> Double {
    Self.median(zip(samples[piece], samples[other]).map { $0 / $1 })
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
