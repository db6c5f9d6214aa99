import Arrays
import Foundation
import Simulation
import TestSupport
import Testing

/// Equations that no shipped file has: their text is all there is about them.
@Suite("New equations")
struct NewEquationTests {
  @Test("Kawahara's equation carries its soliton")
  func kawahara() throws {
    // Kawahara, J. Phys. Soc. Japan 33, 260 (1972); the soliton of Yamamoto and Takizawa (1981).
    let solution = try simulation(
      """
      problem: kawahara
      domain: {x: {interval: [-80, 80], periodic: true}, t: [0, 40]}
      parameters: {c: 36/169, k: 1/(2*sqrt(13))}
      unknowns: [u]
      equations: ['dt(u) + u*dx(u) + dxxx(u) - dx(u, 5) = 0']
      initial: {u: 105/169/cosh(k*x)^4}
      exact: {u: 105/169/cosh(k*(x - c*t))^4}
      quantities: {mass: integral(u), momentum: integral(u^2)}
      discretization: 512
      solver: {tolerance: 1e-10}
      """
    ).run()
    let error = try #require(solution.error)
    #expect(error.against == .exact && error.relativeL2 <= 1e-8)
    let momentum = try solution.history(of: "momentum")
    #expect(momentum.allSatisfy { abs($0 - momentum[0]) <= 1e-9 * momentum[0] })
  }

  /// Two species that spread, by differences of sixth order and Runge–Kutta steps of fourth.
  private func lotkaVolterra(points n: Int, steps: Int, until end: Double) -> [Double] {
    let h = 2 * Double.pi / Double(n)
    let weights = [-49.0 / 18, 3.0 / 2, -3.0 / 20, 1.0 / 90]
    func rate(_ state: [Double]) -> [Double] {
      var result = state
      for i in 0..<n {
        for (species, spread) in [(0, 0.02), (n, 0.05)] {
          let second = weights.indices.reduce(0) { sum, j in
            let pair = state[species + (i + j) % n] + state[species + (i + n - j) % n]
            return sum + (j == 0 ? 0.5 : 1) * weights[j] * pair
          }
          result[species + i] = spread * second / (h * h)
        }
        let (u, v) = (state[i], state[n + i])
        result[i] += u - 1.2 * u * v
        result[n + i] += 0.8 * u * v - v
      }
      return result
    }
    var state =
      (0..<n).map { 1 + 0.5 * cos(Double($0) * h) } + (0..<n).map { 0.6 + 0.2 * sin(2 * Double($0) * h) }
    let dt = end / Double(steps)
    func moved(_ by: [Double], _ factor: Double) -> [Double] { zip(state, by).map { $0 + factor * $1 } }
    for _ in 0..<steps {
      let k1 = rate(state)
      let k2 = rate(moved(k1, dt / 2))
      let k3 = rate(moved(k2, dt / 2))
      let k4 = rate(moved(k3, dt))
      for i in state.indices { state[i] += dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) }
    }
    return state
  }

  @Test("Predators and prey that spread follow an independent solution")
  func predatorsAndPrey() throws {
    let solution = try simulation(
      """
      problem: lotka-volterra
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 5]}
      parameters: {a: 1, b: 1.2, c: 0.8, m: 1}
      unknowns: [u, v]
      equations:
        - dt(u) = 0.02*dxx(u) + a*u - b*u*v
        - dt(v) - c*u*v = 0.05*dxx(v) - m*v
      initial: {u: 1 + 0.5*cos(x), v: 0.6 + 0.2*sin(2*x)}
      discretization: 64
      solver: {tolerance: 1e-10}
      """
    ).run()
    let expected = lotkaVolterra(points: 192, steps: 1000, until: 5)
    for (field, start) in [("u", 0), ("v", 192)] {
      let values = try #require(solution.values(of: field)).elements
      let there = stride(from: 0, to: 192, by: 3).map { expected[start + $0] }
      #expect(relativeDistance(values, there) <= 1e-7)
    }
    // It moved: the two species are not where they began.
    #expect(
      relativeDistance(
        try #require(solution.values(of: "u")).elements,
        try #require(solution.values(of: "u", at: 0)).elements) > 0.1)
  }
}
