public import Arrays

/// An approximate inverse that is applied to residuals.
public protocol Preconditioner: AnyObject, Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }
  var count: Int { get }
  /// Whether the map is symmetric (and, for a positive definite matrix, positive definite).
  var isSymmetric: Bool { get }
  /// Whether every application is the same linear map; methods that need this are not flexible.
  var isFixed: Bool { get }

  /// What should be known about it, in sentences: that a matrix was shifted to be factorised, for example.
  var remarks: [String] { get }

  /// Writes an approximation of A⁻¹ r. The two vectors do not overlap. Allocates nothing.
  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>)
}

extension Preconditioner {
  public var remarks: [String] { [] }
}

/// What a preconditioner may use when it is set up.
public struct PreconditionerOptions: Sendable {
  /// Threads that share its work; serial unless given.
  public var workers: Workers?
  /// Vectors that A maps nearly to zero, for multigrid: constants unless given; rigid modes for elasticity.
  public var nearNullSpace: [[Double]] = []
  /// Unknowns per node, for block methods.
  public var blockSize = 1
  /// Whether the matrix is known to be symmetric.
  public var isSymmetric = true
  /// Numbers by name, such as `omega` or `dropTolerance`; each kind reads its own and refuses others.
  public var parameters: [String: Double] = [:]

  public init() {}
}

/// A kind of preconditioner that is set up from a matrix.
///
/// One file each, and a line in `PreconditionerRegistry`.
public protocol PreconditionerKind: Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// Sets the preconditioner up.
  ///
  /// - Throws: `LinearSolverError` for a matrix that it cannot be made for.
  func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner
}
