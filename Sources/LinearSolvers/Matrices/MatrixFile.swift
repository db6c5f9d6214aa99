public import Exchange

/// A sparse matrix from a file of an exchange format, told by the ending of its name.
///
/// `.mtx` is Matrix Market; `.rb`, and three letters such as `.rua` or `.psa`, Rutherford–Boeing and Harwell–Boeing.
public struct MatrixFile: Sendable {
  /// The matrix, both triangles of a symmetric one, compressed by rows.
  public var matrix: SparseMatrix<Int>
  /// How the file says that entries follow from each other.
  public var symmetry: MatrixEntries.Symmetry
  /// Entries that were listed more than once and have been summed.
  public var duplicateCount: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: The bytes that lists and matrix may take together.
  /// - Throws: `ExchangeError` with the line of the mistake.
  public init(path: String, memoryLimit: Int = MemoryLimit.standard) throws(ExchangeError) {
    // The lists, and then the matrix, which mirrors the entries of a symmetric one.
    let limit = memoryLimit / 3
    let entries =
      switch try Self.format(of: path) {
      case .matrixMarket: try MatrixMarketFile.readEntries(path, memoryLimit: limit)
      case .rutherfordBoeing: try RutherfordBoeingFile.read(path, memoryLimit: limit)
      }
    symmetry = entries.symmetry
    do throws(LinearSolverError) {
      (matrix, duplicateCount) = try SparseMatrix<Int>.assembled(from: entries)
    } catch {
      throw ExchangeError(path: path, kind: .corrupted, reason: error.description)
    }
  }

  /// Writes a matrix; a symmetric one by its lower triangle.
  public static func write<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, to path: String
  ) throws(ExchangeError) {
    let entries = matrix.entries(matrix.isSymmetric() ? .symmetric : .general)
    switch try format(of: path) {
    case .matrixMarket: try MatrixMarketFile.write(entries, to: path)
    case .rutherfordBoeing: try RutherfordBoeingFile.write(entries, to: path)
    }
  }

  private enum Format { case matrixMarket, rutherfordBoeing }

  private static func format(of path: String) throws(ExchangeError) -> Format {
    let ending = Array(VectorFile.ending(of: path))
    if ending == ["m", "t", "x"] { return .matrixMarket }
    if ending == ["r", "b"] || ending == ["h", "b"] { return .rutherfordBoeing }
    if ending.count == 3, "ripcq".contains(ending[0]), "urszh".contains(ending[1]), "ae".contains(ending[2]) {
      return .rutherfordBoeing
    }
    throw ExchangeError(
      path: path, kind: .unsupportedFormat, reason: "its ending does not tell a format of matrices",
      hint: "'.mtx' is Matrix Market, '.rb', '.rua' and the like are Rutherford–Boeing"
        + (ending == ["g", "z"] ? "; unpack it first: gunzip FILE" : ""))
  }
}

extension SparseMatrix where Index == Int {
  /// The matrix in a file, see `MatrixFile`.
  public init(contentsOf path: String) throws(ExchangeError) { self = try MatrixFile(path: path).matrix }
}
