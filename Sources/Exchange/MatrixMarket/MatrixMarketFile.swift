public import Arrays

/// Matrices and vectors in the Matrix Market exchange format.
///
/// Boisvert, Pozo, Remington, *The Matrix Market exchange formats: initial design*, NISTIR 5935, 1996.
/// Read are coordinate and array files, real, integer and pattern, general, symmetric and skew-symmetric. Errors carry
/// the number of the line. Nothing is taken on trust: sizes are compared with the file's length and the memory limit
/// before any memory is taken.
public enum MatrixMarketFile {
  /// What a file holds.
  public enum Content: Sendable {
    /// A sparse matrix.
    case coordinate(MatrixEntries)
    /// A dense array (rows, columns), both triangles.
    case array(NDArray<Double>)
  }

  /// Reads a file of either format.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: The bytes that the lists, or the array, may take.
  public static func read(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> Content {
    var scanner = ByteScanner(try InputFile(path))
    return try content(&scanner, memoryLimit: memoryLimit)
  }

  /// The content of a file that is in memory; `path` is what errors call it.
  package static func read(bytes: [UInt8], path: String, memoryLimit: Int) throws(ExchangeError) -> Content {
    var scanner = ByteScanner(bytes, path: path)
    return try content(&scanner, memoryLimit: memoryLimit)
  }

  /// The file as entries of a sparse matrix; zeros of an array are left out.
  public static func readEntries(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> MatrixEntries {
    switch try read(path, memoryLimit: memoryLimit) {
    case .coordinate(let entries): return entries
    case .array(let array):
      var entries = MatrixEntries(rowCount: array.shape[0], columnCount: array.shape[1])
      array.withUnsafeBuffer { elements in
        for index in elements.indices where elements[index] != 0 {
          entries.rows.append(index / array.shape[1])
          entries.columns.append(index % array.shape[1])
          entries.values.append(elements[index])
        }
      }
      return entries
    }
  }

  /// The file as a dense array (rows, columns); repeated entries of a sparse one are summed.
  public static func readArray(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> NDArray<Double> {
    switch try read(path, memoryLimit: memoryLimit) {
    case .array(let array): return array
    case .coordinate(let entries):
      let shape = [entries.rowCount, entries.columnCount]
      guard let bytes = MemoryLimit.bytes(shape: shape, elementSize: 8), bytes <= memoryLimit else {
        throw .tooLarge(
          path: path, bytes: MemoryLimit.bytes(shape: shape, elementSize: 8) ?? .max, limit: memoryLimit)
      }
      var array = NDArray<Double>(shape: shape)
      array.withUnsafeMutableBuffer { elements in
        for index in entries.rows.indices {
          let (row, column, value) = (entries.rows[index], entries.columns[index], entries.values[index])
          elements[row * shape[1] + column] += value
          guard entries.symmetry != .general, row != column else { continue }
          elements[column * shape[1] + row] += entries.symmetry == .symmetric ? value : -value
        }
      }
      return array
    }
  }

  private static func content(
    _ scanner: inout ByteScanner, memoryLimit: Int
  ) throws(ExchangeError) -> Content {
    let header = try MatrixMarketHeader(&scanner, memoryLimit: memoryLimit)
    return header.isCoordinate
      ? .coordinate(try coordinates(&scanner, header)) : .array(try array(&scanner, header))
  }
}
