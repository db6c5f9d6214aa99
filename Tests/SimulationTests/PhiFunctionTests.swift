import Foundation
import Simulation
import Spectral
import Testing

@Suite("φ functions")
struct PhiFunctionTests {
  struct Value: Sendable {
    var z: Complex
    /// φ₀ to φ₃.
    var phi: [Complex]
  }

  /// By mpmath with 60 digits, rounded to double precision.
  static let values = [
    Value(
      z: Complex(1e-09, 0.0),
      phi: [
        Complex(1.000000001, 0.0),
        Complex(1.0000000005, 0.0),
        Complex(0.5000000001666667, 0.0),
        Complex(0.16666666670833333, 0.0),
      ]),
    Value(
      z: Complex(-0.3, 0.2),
      phi: [
        Complex(0.726051178345969, 0.14717786014362488),
        Complex(0.8586170655764176, 0.08181850990552883),
        Complex(0.45214294083215767, 0.02870026086967568),
        Complex(0.15459361480221417, 0.007394873635890517),
      ]),
    Value(
      z: Complex(1.4999, 0.0),
      phi: [
        Complex(4.48124092383873, 0.0),
        Complex(2.320982014693466, 0.0),
        Complex(0.8807133906883564, 0.0),
        Complex(0.2538258488488276, 0.0),
      ]),
    Value(
      z: Complex(-1.5001, 0.0),
      phi: [
        Complex(0.2231078482480286, 0.0),
        Complex(0.5178935749296523, 0.0),
        Complex(0.3213828578563747, 0.0),
        Complex(0.11907015675196672, 0.0),
      ]),
    Value(
      z: Complex(0.0, 1.5),
      phi: [
        Complex(0.0707372016677029, 0.9974949866040544),
        Complex(0.6649966577360363, 0.6195085322215313),
        Complex(0.4130056881476876, 0.22333556150930914),
        Complex(0.14889037433953942, 0.057996207901541606),
      ]),
    Value(
      z: Complex(-2.0, 2.0),
      phi: [
        Complex(-0.05631934999212788, 0.12306002480577674),
        Complex(0.29484484369947617, 0.23331483129658778),
        Complex(0.2346174968992779, 0.11796008125098402),
        Complex(0.09583564608792652, 0.03685560546243452),
      ]),
    Value(
      z: Complex(5.0, 0.0),
      phi: [
        Complex(148.4131591025766, 0.0),
        Complex(29.48263182051532, 0.0),
        Complex(5.696526364103065, 0.0),
        Complex(1.039305272820613, 0.0),
      ]),
    Value(
      z: Complex(-20.0, 7.0),
      phi: [
        Complex(1.5539083625042974e-09, 1.3541503078428193e-09),
        Complex(0.044543429795993066, 0.015590200360890056),
        Complex(0.04280236705257543, 0.014201318450356899),
        Complex(0.02058655208931178, 0.006495227308741278),
      ]),
    Value(
      z: Complex(0.0, 100.0),
      phi: [
        Complex(0.8623188722876839, -0.5063656411097588),
        Complex(-0.005063656411097588, 0.0013768112771231607),
        Complex(1.3768112771231607e-05, 0.010050636564110977),
        Complex(0.00010050636564110976, 0.004999862318872288),
      ]),
    Value(
      z: Complex(-1000.0, 1000.0),
      phi: [
        Complex(0.0, 0.0),
        Complex(0.0005, 0.0005),
        Complex(0.0005, 0.0004995),
        Complex(0.00024999975, 0.00024950025),
      ]),
    Value(
      z: Complex(0.0, 10000.0),
      phi: [
        Complex(-0.9521553682590148, -0.30561438888825215),
        Complex(-3.056143888882521e-05, 0.0001952155368259015),
        Complex(1.9521553682590147e-08, 0.00010000305614388888),
        Complex(1.0000305614388888e-08, 4.999999804784463e-05),
      ]),
    Value(
      z: Complex(0.0, -1000000.0),
      phi: [
        Complex(0.9367521275331447, 0.34999350217129294),
        Complex(-3.4999350217129296e-07, -6.324787246685522e-08),
        Complex(6.324787246685522e-14, -1.0000003499935022e-06),
        Complex(1.000000349993502e-12, -4.999999999999368e-07),
      ]),
    Value(
      z: Complex(-1000000.0, 0.0),
      phi: [
        Complex(0.0, 0.0),
        Complex(1e-06, 0.0),
        Complex(9.99999e-07, 0.0),
        Complex(4.99999000001e-07, 0.0),
      ]),
    Value(
      z: Complex(-1000000.0, 10.0),
      phi: [
        Complex(-0.0, -0.0),
        Complex(9.999999999e-07, 9.999999999e-12),
        Complex(9.999989999000003e-07, 9.999979999000004e-12),
        Complex(4.999989999510003e-07, 4.999979999530004e-12),
      ]),
    Value(
      z: Complex(20.0, -30.0),
      phi: [
        Complex(74837434.82695319, 479358555.9740657),
        Complex(-9910775.38667916, 9101764.718684547),
        Complex(-362514.2071493228, -88683.07478975684),
        Complex(-3530.6168456105775, -9730.079007903707),
      ]),
  ]

  @Test("Numbers: stiff, oscillatory, and around the change from series to closed form", arguments: values)
  func scalars(_ value: Value) {
    for (k, exact) in value.phi.enumerated() {
      let found = phiFunction(k, value.z)
      let error = (found - exact).magnitude
      #expect(
        error <= 2e-15 * exact.magnitude, "φ\(k)(\(value.z)): relative error \(error / exact.magnitude)")
    }
  }

  @Test("The series and the contour integral of Kassam and Trefethen agree", arguments: 1...3)
  func contour(k: Int) {
    for index in 0..<60 {
      let angle = 0.1 + Double(index)
      let z = (0.015 * Double(index)) * Complex(cos(angle), sin(angle))
      var sum = Complex.zero
      let points = 64
      for j in 0..<points {
        let turn = 2 * Double.pi * (Double(j) + 0.5) / Double(points)
        let w = z + 2 * Complex(cos(turn), sin(turn))
        var value = Complex.exponential(w)
        for (order, factorial) in [1.0, 1, 2].prefix(k).enumerated() where order < k {
          value = (value - Complex(1 / factorial)) / w
        }
        sum += (1 / Double(points)) * value
      }
      #expect((phiFunction(k, z) - sum).magnitude < 1e-13)
    }
  }

  /// A matrix with eigenvalues a and b that is far from diagonal: V diag(a, b) V⁻¹ with V = [[1, s], [0.5, 1]].
  private func matrix(_ a: Complex, _ b: Complex, skew s: Double) -> SmallMatrix {
    let d = 1 - 0.5 * s
    var m = SmallMatrix(size: 2)
    m[0, 0] = (1 / d) * (a - (0.5 * s) * b)
    m[0, 1] = (s / d) * (b - a)
    m[1, 0] = (0.5 / d) * (a - b)
    m[1, 1] = (1 / d) * (b - (0.5 * s) * a)
    return m
  }

  @Test(
    "Matrices agree with numbers by diagonalisation",
    arguments: [
      (Complex(-1), Complex(-2)), (Complex(0, 30), Complex(0, -30)), (Complex(-1e4), Complex(-1)),
      (Complex(-1e6), Complex(-1)), (Complex(0, 1e4), Complex(-3, -1)), (Complex(1e-8), Complex(0.3, 0.1)),
      (Complex(-1e6, 1e6), Complex(-1e3)),
    ])
  func matrices(a: Complex, b: Complex) {
    let found = phiFunctions(matrix(a, b, skew: 0.3))
    for k in 0...3 {
      let exact = matrix(phiFunction(k, a), phiFunction(k, b), skew: 0.3)
      let error = (found[k] - exact).oneNorm
      // The entries of the argument are rounded: eigenvalues are known to ε |z| only.
      let size = max(a.magnitude, b.magnitude, 1)
      #expect(error <= (1e-14 + 5e-16 * size) * exact.oneNorm, "φ\(k): \(error)")
    }
  }

  @Test(
    "Waves, whose two unknowns have very different sizes, keep their digits", arguments: [10.0, 1e3, 1e5])
  func unbalanced(frequency: Double) {
    // u'' = −ω² u over a time of 1: the rotation [[cos ω, sin ω/ω], [−ω sin ω, cos ω]].
    var z = SmallMatrix(size: 2)
    z[0, 1] = .one
    z[1, 0] = Complex(-frequency * frequency)
    let exponential = phiFunctions(z)[0]
    let tolerance = 1e-15 * (10 + frequency)
    #expect(abs(exponential[0, 0].re - cos(frequency)) < tolerance)
    #expect(abs(exponential[1, 1].re - cos(frequency)) < tolerance)
    #expect(abs(exponential[0, 1].re * frequency - sin(frequency)) < tolerance)
    #expect(abs(exponential[1, 0].re / frequency + sin(frequency)) < tolerance)
  }

  @Test("Stiff and idle unknowns coupled by the linear part keep the idle one's digits")
  func stiffBesideSlow() {
    // [[−1e6, 1], [0.5, −0.1]]: the slow eigenvalue is −0.1 + 0.5/(1e6 − 0.1) + …
    var z = SmallMatrix(size: 2)
    z[0, 0] = Complex(-1e6)
    z[0, 1] = .one
    z[1, 0] = Complex(0.5)
    z[1, 1] = Complex(-0.1)
    let trace = -1e6 - 0.1
    let determinant = 1e5 - 0.5
    let fast = (trace - (trace * trace - 4 * determinant).squareRoot()) / 2
    let slow = determinant / fast
    let exponential = phiFunctions(z)[0]
    // e^Z = (e^slow (Z − fast) − e^fast (Z − slow))/(slow − fast)
    let exact = exp(slow) * (-0.1 - fast) / (slow - fast)
    #expect(
      abs(exponential[1, 1].re / exact - 1) < 1e-12, "relative error \(exponential[1, 1].re / exact - 1)")
  }
}
