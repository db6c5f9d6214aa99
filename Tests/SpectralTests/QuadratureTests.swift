import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct QuadratureTests {
  /// `∫ xᵈ` over [−1, 1].
  private func moment(_ degree: Int) -> Double { degree % 2 == 0 ? 2 / Double(degree + 1) : 0 }

  private func expectExact(_ rule: QuadratureRule, upTo degree: Int) {
    for power in 0...degree {
      let sum = rule.integrate { pow($0, Double(power)) }
      #expect(abs(sum - moment(power)) < 1e-14, "degree \(power) of \(rule.nodes.count) nodes")
    }
    #expect(zip(rule.nodes, rule.nodes.dropFirst()).allSatisfy { $0 < $1 })
    #expect(rule.weights.allSatisfy { $0 > 0 })
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 15, 32, 33])
  func gaussLegendreIsExact(count: Int) {
    expectExact(.gaussLegendre(count), upTo: 2 * count - 1)
  }

  @Test(arguments: [2, 3, 4, 5, 8, 15, 32, 33])
  func gaussLobattoIsExact(count: Int) {
    let rule = QuadratureRule.gaussLobatto(count)
    expectExact(rule, upTo: 2 * count - 3)
    #expect(rule.nodes.first == -1 && rule.nodes.last == 1)
  }

  @Test(arguments: [2, 3, 4, 5, 8, 15, 32, 33, 65])
  func clenshawCurtisIsExact(count: Int) {
    let rule = QuadratureRule.clenshawCurtis(count)
    expectExact(rule, upTo: count - 1)
    #expect(rule.nodes.first == -1 && rule.nodes.last == 1)
  }

  @Test func tabulatedNodes() {
    // Abramowitz and Stegun, table 25.4, n = 5; Lobatto n = 5: ±√(3/7), 49/90, 32/45.
    let gauss = QuadratureRule.gaussLegendre(5)
    #expect(abs(gauss.nodes[4] - 0.906_179_845_938_664) < 2e-16 * 4)
    #expect(abs(gauss.weights[4] - 0.236_926_885_056_189) < 1e-15)
    #expect(abs(gauss.weights[2] - 128.0 / 225) < 1e-15)
    let lobatto = QuadratureRule.gaussLobatto(5)
    #expect(abs(lobatto.nodes[3] - (3.0 / 7).squareRoot()) < 1e-15)
    #expect(abs(lobatto.weights[3] - 49.0 / 90) < 1e-15)
    #expect(abs(lobatto.weights[2] - 32.0 / 45) < 1e-15)
  }

  @Test func largeRulesStayAccurate() {
    for rule in [QuadratureRule.gaussLegendre(1000), .gaussLobatto(1000), .clenshawCurtis(1000)] {
      let mapped = rule.mapped(to: 0, 3)
      #expect(abs(mapped.integrate { exp($0) } - (exp(3) - 1)) < 2e-13)
      #expect(zip(mapped.nodes, mapped.nodes.dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}
