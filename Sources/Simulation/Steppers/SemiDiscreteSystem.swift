package import Arrays
package import Spectral

/// The unknowns of a system at one time, as one vector of doubles.
package typealias StateVector = AlignedStorage<Double>

/// `du/dt = L u + N(u, t)` with a linear operator whose functions a stepper can ask for.
///
/// A mass matrix and constraints are already eliminated; L and its functions are small blocks over the
/// components at each wavenumber.
package protocol SemiDiscreteSystem: AnyObject {
  /// Functions that are evolved.
  var componentCount: Int { get }
  /// Doubles of a state.
  var stateLength: Int { get }
  /// Whether N is the same for every state and time.
  var isNonlinearPartConstant: Bool { get }
  /// Whether N depends on the time other than through the state.
  var isTimeDependent: Bool { get }
  /// Whether N is zero.
  var isNonlinearPartZero: Bool { get }

  /// Writes N(u, t). Allocates nothing.
  func evaluateNonlinear(_ u: StateVector, time: Double, into n: StateVector)
  /// A function of hL, tabulated; equal functions at one step size are tabulated once.
  func operatorTable(_ function: OperatorFunction, step: Double) -> BlockMultiplier
  /// Writes a sum of operators applied to vectors. `Combination` values are made once per step size.
  func combine(_ combination: Combination)
  /// Prepares `target = Σ operator · vector`; the target may be one of the vectors.
  func makeCombination(_ target: StateVector, _ summands: [(BlockMultiplier, StateVector)]) -> Combination
  /// Removes what rounding adds outside the space of real fields.
  func projectToRealFields(_ u: StateVector)
  /// The size of `difference` relative to `state`: the largest ratio of L2 norms over the unknowns.
  func relativeNorm(of difference: StateVector, to state: StateVector) -> Double
  /// Whether every number of the state is finite.
  func isFinite(_ u: StateVector) -> Bool
}

extension SemiDiscreteSystem {
  package func makeVector() -> StateVector { StateVector(count: stateLength) }

  /// `operatorTable` with numbers kept out of tables.
  package func multiplier(_ function: OperatorFunction, step: Double, scale: Double = 1) -> BlockMultiplier {
    if let constant = function.constant { return .scale(constant * scale, size: componentCount) }
    let (normalized, weight) = function.normalized
    return operatorTable(normalized, step: step).scaled(by: weight * scale)
  }
}
