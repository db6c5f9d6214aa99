package import Arrays
package import LinearSolvers

/// A flux form discretised: `M du/dt + R(u, t) = 0` with a sparse Jacobian, whatever the cells or elements.
package protocol BalanceSystem: AnyObject {
  /// Numbers of a state.
  var count: Int { get }
  /// Where every unknown's numbers are in a state.
  var ranges: [Range<Int>] { get }
  /// Whether R is affine in u.
  var isLinear: Bool { get }
  /// Whether R or prescribed values depend on time other than through u.
  var isTimeDependent: Bool { get }
  /// Whether the Jacobian depends on time other than through u.
  var isJacobianTimeDependent: Bool { get }
  /// Whether the mass matrix depends on time.
  var isMassTimeDependent: Bool { get }
  /// Whether the Jacobian and the mass matrix are symmetric, whatever the state.
  var isSymmetric: Bool { get }
  /// Where entries of the Jacobian, and of the mass matrix, may be.
  var pattern: SparsityPattern<Int> { get }
  /// Vectors that the Jacobian maps to zero because only derivatives of an unknown occur; a gauge fixes them.
  var openConstants: [Range<Int>] { get }

  /// Writes what a constant source of strength 1 in the balance of an unknown, given by its range, adds to the residual;
  /// zeros elsewhere.
  func writeSourceWeights(_ range: Range<Int>, to weights: StateVector)
  /// Puts the values that boundary data prescribe at a time into a state.
  func impose(on state: StateVector, time: Double)
  /// Writes R(u, t), and its Jacobian where one is asked for.
  ///
  /// Rows of prescribed values have a zero residual and the row and column of the identity.
  func assemble(
    _ state: StateVector, time: Double, residual: StateVector, jacobian: AlignedStorage<Double>?)
  /// Writes the values of the mass matrix, which must not depend on u; zero rows for prescribed values.
  func assembleMass(time: Double, into values: AlignedStorage<Double>)
  /// Writes the time derivatives of prescribed values, and zeros elsewhere.
  ///
  /// - Returns: whether there are any.
  func writePrescribedRates(to rates: StateVector, time: Double) -> Bool
  /// Marks prescribed values.
  var isPrescribed: [Bool] { get }
}

/// Points at which functions of a state are evaluated: cells or mesh nodes for output, quadrature points for integrals.
package struct SamplePoints {
  /// Coordinates and coefficient fields there.
  package var functions: GridFunctions
  /// Quadrature weights, that sum to the volume of the domain.
  package var weights: AlignedStorage<Double>

  package init(functions: GridFunctions, weights: AlignedStorage<Double>) {
    self.functions = functions
    self.weights = weights
  }
}

/// A discretised flux form whose states can be looked at.
package protocol BalanceDiscretization: BalanceSystem {
  /// What records have in common, without their fields.
  var recordLayout: RecordLayout { get }
  /// The points of records, one number per point and field: coordinates and coefficient fields there.
  func outputPoints() throws -> GridFunctions
  /// The points of integrals and norms.
  var quadraturePoints: SamplePoints { get }
  /// The values and derivatives of all unknowns at the points of records, by input number of the flux form.
  ///
  /// - Parameter needed: the inputs that are looked at; the others may be anything.
  func outputInputs(_ state: StateVector, time: Double, needed: Set<Int>) -> [AlignedStorage<Double>]
  /// The same at quadrature points.
  func quadratureInputs(_ state: StateVector, time: Double) -> [AlignedStorage<Double>]
  /// The values of an unknown at any points of the domain, an array of shape (count, dimension); NaN outside.
  func values(ofUnknown unknown: Int, _ state: StateVector, at points: NDArray<Double>) -> [Double]
  /// The points that an unknown's numbers are values at: coordinates and coefficient fields there.
  func points(ofUnknown unknown: Int) throws -> GridFunctions
  /// One line about cells or elements, for people.
  var summary: String { get }
  /// Numbers that belong to unknowns, prescribed ones not counted.
  var freeCount: Int { get }
}
