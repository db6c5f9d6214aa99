import Arrays
import Equations
import Foundation
import Simulation
import Spectral
import TestSupport
import Testing

/// Plane waves on a sheared two-layer flow against the roots of their dispersion relation.
@Suite("Baroclinic instability")
struct BaroclinicInstabilityTests {
  /// q' = A q for one wave: the complex rate of its growing mode, and the mode.
  private func growingMode(_ p: [String: Double], k: Double, l: Double) -> (rate: Complex, q: [Complex]) {
    let (U, F, beta, r, nu) = (p["U"]!, p["F"]!, p["beta"]!, p["r"]!, p["nu"]!)
    let square = k * k + l * l
    // ψ = B q: the inverse of [[−K² − F, F], [F, −K² − F]].
    let determinant = (square + F) * (square + F) - F * F
    let (same, other) = (-(square + F) / determinant, -F / determinant)
    let damping = nu * square * square
    let (beta1, beta2) = (beta + 2 * F * U, beta - 2 * F * U)
    let a = Complex(-damping, -k * U - k * beta1 * same)
    let b = Complex(0, -k * beta1 * other)
    let c = Complex(r * square * other, -k * beta2 * other)
    let d = Complex(-damping + r * square * same, k * U - k * beta2 * same)
    let half = 0.5 * (a + d)
    let root = squareRoot(half * half - (a * d - b * c))
    let rate = root.re >= 0 ? half + root : half - root
    return (rate, [b, rate - a])
  }

  private func squareRoot(_ z: Complex) -> Complex {
    let size = hypot(z.re, z.im).squareRoot()
    let angle = atan2(z.im, z.re) / 2
    return Complex(size * cos(angle), size * sin(angle))
  }

  /// The text of Re(a exp(iθ)).
  private func wave(_ a: Complex, _ phase: String) -> String {
    "(\(a.re))*cos(\(phase)) - (\(a.im))*sin(\(phase))"
  }

  @Test(
    "Waves grow and drift as the dispersion relation says", arguments: [[2, 0], [3, 1], [1, 2], [3, -2]])
  func dispersion(_ numbers: [Int]) throws {
    let name = "quasi-geostrophic-two-layer"
    let parameters = try ShippedProblem.simulation(name, ["discretization=16"]).problem.parameters
    let unit = 2 * Double.pi / 20
    let (k, l) = (unit * Double(numbers[0]), unit * Double(numbers[1]))
    let mode = growingMode(
      Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) }), k: k, l: l)
    #expect(mode.rate.re > 0.01)
    let phase = "2*pi/20*((\(numbers[0]))*x + (\(numbers[1]))*y)"
    let solution = try ShippedProblem.simulation(
      name,
      [
        "discretization=16", "domain.t=[0,10]", "output.every=1",
        "initial.q1=\(wave(1e-3 * mode.q[0], phase))", "initial.q2=\(wave(1e-3 * mode.q[1], phase))",
      ]
    ).run()
    #expect(solution.outcome == .completed)
    for field in ["psi1", "psi2"] {
      let index = try #require(solution.layout.fields.firstIndex { $0.name == field })
      let axes = solution.layout.axes.map(\.coordinates)
      let amplitudes = solution.records.map { record in
        var sum = Complex.zero
        for (i, x) in axes[0].enumerated() {
          for (j, y) in axes[1].enumerated() {
            let value = record.fields[index][flat: i * axes[1].count + j]
            sum += value * Complex(cos(k * x + l * y), -sin(k * x + l * y))
          }
        }
        return sum
      }
      for (a, b) in zip(amplitudes, amplitudes.dropFirst()) {
        let ratio = b / a
        #expect(abs(log(hypot(ratio.re, ratio.im)) - mode.rate.re) < 1e-8, "\(field)")
        // Less than a turn per record, so the angle is known without its windings.
        #expect(abs(remainder(atan2(ratio.im, ratio.re) - mode.rate.im, 2 * .pi)) < 1e-8, "\(field)")
      }
    }
  }
}
