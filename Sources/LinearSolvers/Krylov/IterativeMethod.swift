public import Arrays

/// When an iteration has done enough.
///
/// Converged means that the residual b − A x, computed anew, is at most
/// `max(relative · reference, absolute)` in the Euclidean norm.
public struct Tolerance: Sendable, Hashable {
  /// What the relative tolerance is relative to.
  public enum Reference: String, Sendable, Hashable, CaseIterable {
    /// ‖b‖.
    case rightHandSide
    /// ‖b − A x₀‖: for warm starts that shall gain so much.
    case initialResidual
  }
  public var relative: Double
  public var reference: Reference
  public var absolute: Double

  public init(relative: Double = 1e-8, to reference: Reference = .rightHandSide, absolute: Double = 0) {
    precondition(relative >= 0 && absolute >= 0, "Tolerance: \(relative), \(absolute) must not be negative")
    self.relative = relative
    self.reference = reference
    self.absolute = absolute
  }
}

/// What an iterative solve is given besides the system.
public struct IterationOptions: Sendable {
  public var tolerance = Tolerance()
  /// The most iterations; ten times the number of unknowns, and at least a thousand, unless given.
  public var iterationLimit: Int?
  /// Iterations between two restarts of GMRES and FGMRES.
  public var restart = 30
  /// What A maps to zero, which is checked by a product: projected out of corrections and the answer, and out of residuals
  /// where Aᵀ maps it to zero, too.
  public var nullSpace: NullSpace?
  /// Numbers by name, such as `omega`; each method reads its own and refuses others.
  public var parameters: [String: Double] = [:]
  /// Threads that share vector work; serial unless given.
  public var workers: Workers?
  /// Asked after every iteration; `true` ends the solve with the best iterate.
  public var shouldStop: @Sendable () -> Bool = { false }

  public init() {}
}

/// An iterative method for A x = b.
///
/// One file of `Krylov` or `Stationary` each, and a line in `IterativeMethodRegistry`.
public protocol IterativeMethod: Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// What the method asks of A and of the preconditioner.
  var requirements: MethodRequirements { get }
  /// Where the method comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// Improves `x`, which holds the first guess, and keeps the best iterate in it.
  ///
  /// `rightHandSide` has `A.rowCount` numbers, `x` `A.columnCount`; they do not overlap.
  func solve(
    _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport
}

extension IterativeMethod {
  public var parameters: [MethodParameter] { [] }

  /// Refuses parameters that this method does not read.
  func checkParameters(_ options: IterationOptions) throws(LinearSolverError) {
    for given in options.parameters.keys where !parameters.contains(where: { $0.name == given }) {
      guard !parameters.isEmpty else {
        throw .unsupported("\(name) has no parameter '\(given)', nor any other")
      }
      throw .unknownMethod(given, kind: "parameter of \(name)", known: parameters.map(\.name))
    }
  }

  /// A parameter that must be in a range; nil unless given.
  func value(
    of parameter: String, in options: IterationOptions, from range: ClosedRange<Double>
  ) throws(LinearSolverError) -> Double? {
    guard let value = options.parameters[parameter] else { return nil }
    guard range.contains(value) else {
      throw .unsupported(
        "\(name): \(parameter) is \(value), and must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

/// What a method asks of the matrix and of the preconditioner.
public struct MethodRequirements: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let symmetric = MethodRequirements(rawValue: 1)
  /// Together with `symmetric`: SPD.
  public static let positiveDefinite = MethodRequirements(rawValue: 2)
  /// The preconditioner must be the same linear map in every iteration.
  public static let fixedPreconditioner = MethodRequirements(rawValue: 4)
  /// The preconditioner must be symmetric positive definite.
  public static let symmetricPreconditioner = MethodRequirements(rawValue: 8)
  /// Aᵀ is applied; A need not be square.
  public static let transpose = MethodRequirements(rawValue: 16)
  /// A must be a `MatrixOperator`: the method reads entries.
  public static let entries = MethodRequirements(rawValue: 32)
}

extension IterativeMethod {
  /// The solution of A x = b from a first guess (zero unless given), with its report.
  ///
  /// - Throws: `LinearSolverError` for lengths that do not fit and requirements that are not met.
  public func solve(
    _ A: any LinearOperator, _ rightHandSide: [Double], from guess: [Double]? = nil,
    preconditioner: (any Preconditioner)? = nil, options: IterationOptions = IterationOptions()
  ) throws(LinearSolverError) -> (solution: [Double], report: SolveReport) {
    guard rightHandSide.count == A.rowCount else {
      throw .wrongLength(what: "the right-hand side", count: rightHandSide.count, expected: A.rowCount)
    }
    var solution = guess ?? [Double](repeating: 0, count: A.columnCount)
    guard solution.count == A.columnCount else {
      throw .wrongLength(what: "the first guess", count: solution.count, expected: A.columnCount)
    }
    // Typed errors do not pass through the closures of the standard library.
    let result: Result<SolveReport, LinearSolverError> = solution.withUnsafeMutableBufferPointer { x in
      rightHandSide.withUnsafeBufferPointer { b in
        guard let x = x.baseAddress, let b = b.baseAddress else {
          return .success(SolveReport(outcome: .converged, method: name, trueResidual: 0))
        }
        do throws(LinearSolverError) {
          return .success(try solve(A, b, into: x, preconditioner: preconditioner, options: options))
        } catch {
          return .failure(error)
        }
      }
    }
    return (solution, try result.get())
  }
}
