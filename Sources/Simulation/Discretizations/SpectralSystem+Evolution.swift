import Arrays
import Spectral
import Equations

extension SpectralSystem: EvolvedSystem {
  /// The name of the first evolved unknown with a number that is not finite.
  package func nameOfNotFinite(_ state: StateVector) -> String {
    let length = layout.length
    let bad = (0..<componentCount).first { component in
      (0..<length).contains { !state.baseAddress[component * length + $0].isFinite }
    }
    return form.form.unknowns[elimination.evolved[bad ?? 0]].name
  }

  /// How fast the nonlinear part changes the state; the linear part is integrated exactly or implicitly.
  package func rate(of state: StateVector, time: Double) -> Double {
    let nonlinear = makeVector()
    evaluateNonlinear(state, time: time, into: nonlinear)
    return relativeNorm(of: nonlinear, to: state)
  }

  /// All explicit methods here are stable up to 2.5 along both half-axes, but for a small part of the imaginary.
  package var explicitStepLimit: Double { 2.5 / linearBound }
}
