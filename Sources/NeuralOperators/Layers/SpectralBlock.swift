public import Differentiation
public import Learning

/// A Fourier layer: `y = f(F⁻¹ R F x + x·W + b)`, where R mixes the channels of every kept mode.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`). Frequencies −m … m − 1 of the leading axes and 0 … m − 1 of the last are kept, as
/// `modes` says per axis; of axes that are expanded in cosines or sines the first m. Parameters: `spectral` (modes, 2, in, outputs),
/// with one part instead of two where all axes are real, `weight` (in, outputs), `bias`. On a grid that does not reach all of the
/// frequencies the others are dropped.
///
/// What else a layer may have is off unless it is set: a local branch is added to the sum, the sum is normalised, and then goes
/// through the activation.
///
/// Source: Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021.
public struct SpectralBlock: Layer {
  /// How the matrices of the modes are drawn.
  public enum Initial: String, Sendable, Hashable, Codable, CaseIterable {
    /// Real and imaginary parts uniform from 0 to 1/(in·out), as in the first scripts of the method.
    case positive
    /// Complex normal numbers of standard deviation √(2/(in + out)), as in the library neuraloperator.
    case normal
  }
  public var outputs: Int
  public var modes: [Int]
  public var activation: Activation
  /// Whether there are W and b.
  public var hasPointwisePath: Bool
  public var initial: Initial

  /// The factors that R is put together from: `spectral.core` and `spectral.factor.0`, …, or `nil` for a dense one.
  ///
  /// Their product has the variance of `initial`, and no mean.
  public var factorization: SpectralFactorization?
  /// What each axis is expanded in; `fourier` where there are fewer.
  public var bases: [AxisBasis] = []
  /// The grid of the result; that of x unless given.
  ///
  /// The other paths get there by band-limited resampling.
  public var points: [Int]?
  /// How many times finer the grid is on which the activation acts; 1 for that of the layer.
  ///
  /// An activation makes frequencies that the grid cannot hold, which come back as others. On a finer grid most of them can be
  /// told apart and are cut off. Source: Raonić et al., Convolutional neural operators, NeurIPS 2023.
  public var activationSampling = 1
  /// A branch of differences between neighbours, for operators that are local.
  public var local: DifferenceStencil?
  /// What normalises the sum of the paths.
  public var normalization: (any Layer)?
  /// How many of the m modes are in use, per axis; all unless given.
  ///
  /// The others keep their values and get no gradient.
  public var activeModes: [Int]?
  /// Whether only the spectral path is normalised, instead of the sum.
  var normalizesSpectralPath = false

  public init(
    outputs: Int, modes: [Int], activation: Activation = .gelu, hasPointwisePath: Bool = true,
    initial: Initial = .positive
  ) {
    precondition(
      outputs >= 1 && !modes.isEmpty && modes.allSatisfy { $0 >= 1 },
      "SpectralBlock: \(outputs) outputs with modes \(modes)")
    self.outputs = outputs
    self.modes = modes
    self.activation = activation
    self.hasPointwisePath = hasPointwisePath
    self.initial = initial
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    precondition(
      activationSampling >= 1, "SpectralBlock: an activation on a \(activationSampling) times finer grid")
    let grid = Array(x.shape.dropLast())
    let axes = modes.indices.map { $0 < bases.count ? bases[$0] : .fourier }
    let weight = SpectralWeight(
      modes: modes, bases: axes, inputs: x.channels, outputs: outputs, initial: initial,
      factorization: factorization
    ).record(on: tape)
    let dense = hasPointwisePath ? tape.denseParameters(inputs: x.channels, outputs: outputs) : nil
    let acts = activationSampling == 1
    let normalizesSum = normalization != nil && !normalizesSpectralPath
    // The activation belongs to the last step that there is.
    let joined = acts && !normalizesSum ? activation : .identity
    var y: Variable
    if axes.allSatisfy({ !$0.isReal }) && (points ?? grid) == grid && local == nil && !normalizesSpectralPath
    {
      y = tape.recorded(
        SpectralBlockOperation(
          x, weight: weight, modes: modes, pointwise: dense.map { ($0.weight, $0.bias!) }, activation: joined,
          active: activeModes, on: tape))
    } else {
      var paths = [spectralPath(x, weight, axes, tape)]
      if normalizesSpectralPath, let normalization {
        paths[0] = tape.scope("norm") { normalization(paths[0], tape) }
      }
      let target = points ?? grid
      let here =
        target == grid || (dense == nil && local == nil)
        ? x : tape.recorded(ResampleOperation(x, to: target, bases: axes, on: tape))
      if let local { paths.append(tape.scope("local") { local.record(here, outputs: outputs, tape) }) }
      let isWhole = dense == nil && paths.count == 1 && joined == .identity
      y =
        isWhole
        ? paths[0]
        : tape.recorded(
          JoinOperation(
            paths, path: dense.map { (here, $0.weight, $0.bias!) }, activation: joined, on: tape))
    }
    if normalizesSum, let normalization { y = tape.scope("norm") { normalization(y, tape) } }
    if !acts {
      y = BandLimitedActivation(activation, sampling: activationSampling, bases: axes)(y, tape)
    } else if normalizesSum, activation != .identity {
      y = tape.recorded(JoinOperation([y], activation: activation, on: tape))
    }
    return y
  }

  private func spectralPath<Scalar: NetworkScalar>(
    _ x: Variable, _ weight: Variable, _ axes: [AxisBasis], _ tape: Tape<Scalar>
  ) -> Variable {
    if axes.allSatisfy({ !$0.isReal }) {
      tape.recorded(
        SpectralBlockOperation(
          x, weight: weight, modes: modes, pointwise: nil, activation: .identity, points: points,
          active: activeModes, on: tape))
    } else {
      tape.recorded(
        TrigonometricOperation(
          x, weight: weight, modes: modes, bases: axes, points: points, active: activeModes, on: tape))
    }
  }
}
