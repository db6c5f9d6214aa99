import Arrays

/// The order in which samples are seen: another one in every epoch, a function of the seed.
struct BatchOrder {
  private(set) var samples: [Int]
  private let seed: UInt64

  init(count: Int, seed: UInt64) {
    samples = Array(0..<count)
    self.seed = seed
  }

  /// Draws the order of an epoch (Fisher–Yates); nothing of the one before is in it.
  mutating func shuffle(epoch: Int) {
    for index in samples.indices { samples[index] = index }
    let stream = RandomStream(seed: seed, purpose: "order of samples", step: epoch)
    for index in stride(from: samples.count - 1, to: 0, by: -1) {
      let other = min(index, Int(stream.uniforms(at: UInt64(index)).x * Double(index + 1)))
      samples.swapAt(index, other)
    }
  }
}
