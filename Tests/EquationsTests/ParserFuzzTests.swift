import Equations
import Testing

extension Tag {
  @Tag static var long: Self
}

@Suite struct ParserFuzzTests {
  private static let seeds = [
    "dt(u) + u*dx(u) = nu*lap(u)", "i*dt(h) + 0.5*lap(h) + kappa*abs(h)^2*h = 0",
    "if(x < 0.5, [1, -2e-3], dxy(u)/dx(v, 4))", "-div(outer(u, u)) + curl(w)**2 - d(u, x1, 2)",
    "((((a)))) + 1/2/3^-4^x - besselj0(sqrt(.5))",
  ].map { Array($0.utf8) }
  private static let alphabet = Array("()[]+-*/^=<>, .0123456789eituvxydn_\u{7F}\u{0}é".utf8)

  /// Changes, inserts, deletes and copies bytes of a seed, by a small linear generator.
  private static func mutated(_ state: inout UInt64) -> [UInt8] {
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var bytes = seeds[next(seeds.count)]
    for _ in 0...next(6) where !bytes.isEmpty {
      let place = next(bytes.count)
      switch next(5) {
      case 0: bytes[place] = alphabet[next(alphabet.count)]
      case 1: bytes.insert(alphabet[next(alphabet.count)], at: place)
      case 2: bytes.remove(at: place)
      case 3: bytes.replaceSubrange(place..<place, with: bytes[place..<min(bytes.count, place + next(20))])
      default: bytes[place] = UInt8(next(256))
      }
    }
    return bytes
  }

  /// Parses mutated texts; what parses must read back from its description, errors must lie in the text.
  private func fuzz(count: Int, state: UInt64) throws -> Int {
    let parser = ExpressionParser(axes: ["x", "y", "x1"])
    var state = state
    var parsed = 0
    for _ in 0..<count {
      let text = String(decoding: Self.mutated(&state), as: UTF8.self)
      do {
        let equation = try parser.parseEquation(text)
        parsed += 1
        let description = equation.left.description
        guard try parser.parse(description) == equation.left else {
          Issue.record("\(text): '\(description)' reads back as another expression")
          return parsed
        }
      } catch {
        guard case .text(let range) = error.subject, range.lower >= 0, range.upper <= text.utf8.count else {
          Issue.record("\(text): the error '\(error.message)' has no place in the text")
          return parsed
        }
      }
      _ = parser.symbols(in: text)
    }
    return parsed
  }

  @Test func hundredThousandMutatedTexts() throws {
    let parsed = try fuzz(count: 100_000, state: 1)
    #expect(parsed > 2000)
  }

  @Test(.tags(.long))
  func millionMutatedTexts() throws {
    let parsed = try fuzz(count: 1_000_000, state: 7)
    #expect(parsed > 20_000)
  }
}
