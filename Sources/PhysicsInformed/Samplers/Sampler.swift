public import Arrays

/// Chooses the points at which residuals are made small, and moves them while a network is trained.
///
/// A class: it may remember what it has seen. All it draws is a function of its seed, the step and the number of the point.
public protocol Sampler: AnyObject {
  /// The name of its kind.
  var name: String { get }

  /// The points to begin with: as many as asked for, or fewer where the method has no set of that size, as a grid.
  ///
  /// - Throws: `SamplingError` for a domain without points.
  func begin(_ count: Int) throws(SamplingError) -> PointCloud

  /// The most points there will ever be of those that it began with.
  func largestCount(of count: Int) -> Int

  /// Moves points after a step of the optimizer; the gradient of that step has used those that were there.
  ///
  /// - Parameters:
  ///   - residuals: the size of the residual at every point, before the step: the root of the sum of the squares of all equations,
  ///     without weights.
  ///   - step: that was made; the first is 0.
  ///   - probe: answers what is to be known of the network at other points.
  /// - Returns: whether points, or their weights, have changed.
  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool

  /// Numbers of the state by name, always the same names; points are saved by their owner.
  var stateNumbers: [String: Double] { get set }
}

extension Sampler {
  public func largestCount(of count: Int) -> Int { count }
  public var stateNumbers: [String: Double] {
    get { [:] }
    set {}
  }
}

/// What samplers may ask of a network that is being trained.
public protocol ResidualProbe {
  /// The size of the residual at points: the root of the sum of the squares of all equations.
  func residuals(at points: PointCloud) -> [Double]

  /// The gradient of the residual with respect to the parameters at points, a row each: the features of the linear model that
  /// the network is near its parameters.
  ///
  /// - Returns: of shape (points, parameters).
  func features(at points: PointCloud) -> NDArray<Double>
}

/// A kind of sampler that is made for a domain.
///
/// One file each, and a line in `SamplerRegistry`.
public protocol SamplerKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// - Parameter settings: numbers by name; the defaults hold for those that are not given.
  /// - Throws: `LearningError` for a parameter that the kind does not have, or that is out of its range.
  func make(for domain: SamplingDomain, seed: UInt64, settings: [String: Double]) throws -> any Sampler
}

/// Why there are no points.
public enum SamplingError: Error, Sendable, Equatable {
  /// No point of so many tries lay inside of the shape.
  case emptyInterior(tries: Int)
  /// Points are chosen among fewer candidates than there are to be points.
  case tooFewCandidates(Int, points: Int)
  /// The part of the boundary that the points were to lie on does not exist or has none, in words.
  case emptyBoundary(String)
}

extension SamplingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyInterior(let tries):
      "none of \(tries) random points of the bounding box lies inside of the domain"
    case .tooFewCandidates(let candidates, let points):
      "\(points) points cannot be chosen among \(candidates) candidates: set 'candidates' higher"
    case .emptyBoundary(let reason): reason
    }
  }
}
