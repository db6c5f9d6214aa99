import Arrays
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  /// Known answers of the Random123 library, file `kat_vectors`, `philox4x32 10`.
  @Test(
    "Philox gives its published answers",
    arguments: [
      (
        SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
        SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
        SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
        SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func publishedAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>) {
    #expect(RandomStream.philox(counter: counter, key: key) == answer)
  }

  @Test("Every part of the key changes the stream")
  func keysMatter() {
    let streams = [
      RandomStream(seed: 0, purpose: "a"), RandomStream(seed: 1, purpose: "a"),
      RandomStream(seed: 1 << 40, purpose: "a"), RandomStream(seed: 0, purpose: "b"),
      RandomStream(seed: 0, purpose: "a", sample: 1), RandomStream(seed: 0, purpose: "a", step: 1),
      RandomStream(seed: 0, purpose: ""),
    ]
    let words = streams.flatMap { stream in (0..<50).map { stream.words(at: $0) } }
    #expect(Set(words).count == words.count)
    #expect(streams[0].words(at: 1) != streams[0].words(at: 1 << 32))
    #expect(RandomStream(seed: 0, purpose: "a").words(at: 17) == streams[0].words(at: 17))
  }

  private static let count = 50_000

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Five standard deviations of the mean of independent numbers with a variance.
  private func tolerance(variance: Double, count: Int = count) -> Double {
    5 * (variance / Double(count)).squareRoot()
  }

  @Test("Uniform numbers have the moments of the interval (0, 1)")
  func uniformMoments() {
    let stream = RandomStream(seed: 3, purpose: "moments")
    let pairs = (0..<UInt64(Self.count)).map { stream.uniforms(at: $0) }
    let numbers = pairs.map(\.x) + pairs.map(\.y)
    let isInside = numbers.allSatisfy { 0 < $0 && $0 < 1 }
    #expect(isInside)
    let first = abs(mean(numbers) - 0.5)
    #expect(first < tolerance(variance: 1.0 / 12, count: numbers.count))
    let second = abs(mean(numbers.map { $0 * $0 }) - 1.0 / 3)
    #expect(second < tolerance(variance: 4.0 / 45, count: numbers.count))
  }

  @Test("Normal numbers have mean 0, variance 1, fourth moment 3, and pairs are uncorrelated")
  func normalMoments() {
    let stream = RandomStream(seed: 4, purpose: "moments")
    let pairs = (0..<UInt64(Self.count)).map { stream.normals(at: $0) }
    let (x, y) = (pairs.map(\.x), pairs.map(\.y))
    let isFinite = (x + y).allSatisfy(\.isFinite)
    #expect(isFinite)
    for numbers in [x, y] {
      let squares = numbers.map { $0 * $0 }
      let (first, second) = (abs(mean(numbers)), abs(mean(squares) - 1))
      let fourth = abs(mean(squares.map { $0 * $0 }) - 3)
      #expect(first < tolerance(variance: 1))
      #expect(second < tolerance(variance: 2))
      #expect(fourth < tolerance(variance: 96))
    }
    let correlation = abs(mean(zip(x, y).map { $0 * $1 }))
    #expect(correlation < tolerance(variance: 1))
  }
}
