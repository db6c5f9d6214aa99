import Foundation
import ProblemFiles
import Simulation
import TestSupport
import Testing

/// Means and integrals over the domain, and states that begin at zero.
@Suite("Integrals and zero states")
struct IntegralQuantityTests {
  /// Odd, even, mixed and no continuation beyond the ends, with the exact value of each integral.
  private static let integrals: [(ends: String, initial: String, integrand: String, exact: Double)] = [
    ("{on: x, dirichlet: {u: 0}}", "sin(pi*x)", "u", 2 / .pi),
    ("{on: x, dirichlet: {u: 0}}", "sin(pi*x)", "u + u^2 - dx(u)", 2 / .pi + 0.5),
    ("{on: x, dirichlet: {u: 0}}", "sin(pi*x)", "x*u", 1 / .pi),
    ("{on: x, neumann: {u: 0}}", "1 + cos(pi*x)", "u^3", 2.5),
    ("{on: x, neumann: {u: 0}}", "cos(pi*x)", "dx(u)", -2),
    ("{on: x = 0, dirichlet: {u: 0}}, {on: x = 1, neumann: {u: 0}}", "sin(pi*x/2)", "u", 2 / .pi),
    ("{on: x = 0, neumann: {u: 0}}, {on: x = 1, dirichlet: {u: 0}}", "cos(pi*x/2)", "u", 2 / .pi),
    (
      "{on: x = 0, dirichlet: {u: 1}}, {on: x = 1, dirichlet: {u: 2}}", "1 + x + sin(pi*x)", "u",
      1.5 + 2 / .pi
    ),
  ]

  @Test("Integrals are accurate however the integrand ends", arguments: integrals.indices)
  func integral(_ index: Int) throws {
    let (ends, initial, integrand, exact) = Self.integrals[index]
    let solution = try simulation(
      """
      problem: integral
      domain: {x: [0, 1], t: [0, 1e-9]}
      unknowns: [u]
      equations: [dt(u) = 0*lap(u) - 0*u]
      boundary: [\(ends)]
      initial: {u: \(initial)}
      quantities: {total: integral(\(integrand))}
      discretization: {x: 48}
      """
    ).run()
    let value = try #require(solution.records.first?.quantities.first)
    #expect(abs(value - exact) < 1e-10 * abs(exact), "\(value) instead of \(exact)")
  }

  @Test("A forced state that begins at zero is stepped with error control")
  func beginsAtZero() throws {
    let solution = try simulation(
      """
      problem: from-zero
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
      unknowns: [u]
      equations: [dt(u) = lap(u) - u^3 + (cos(t) + sin(t))*sin(x) + (sin(t)*sin(x))^3]
      initial: {u: 0}
      exact: {u: sin(t)*sin(x)}
      discretization: {x: 32}
      solver: {tolerance: 1e-9}
      """
    ).run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 < 1e-8)
    #expect(solution.steps < 20_000)
  }
}
