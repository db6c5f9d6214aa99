import Arrays

extension SparseMatrix {
  /// The same matrix compressed along a given axis: itself if it is already, else a sorted copy.
  ///
  /// `O(nonzeros + rows + columns)`.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public func recompressed(by orientation: MatrixOrientation) -> SparseMatrix {
    guard pattern.orientation != orientation else { return self }
    let (majorCount, minorCount) = (pattern.majorCount, pattern.minorCount)
    let starts = AlignedStorage<Index>(count: minorCount + 1)
    let indices = AlignedStorage<Index>(count: nonzeroCount)
    let numbers = AlignedStorage<Double>(count: nonzeroCount)
    for position in 0..<nonzeroCount {
      starts.baseAddress[Int(pattern.indices.baseAddress[position]) + 1] += 1
    }
    for minor in 0..<minorCount { starts.baseAddress[minor + 1] += starts.baseAddress[minor] }
    var next = Array(starts.buffer[..<minorCount])
    for major in 0..<majorCount {
      for position in pattern.positions(major) {
        let minor = Int(pattern.indices.baseAddress[position])
        let place = Int(next[minor])
        indices.baseAddress[place] = Index(major)
        numbers.baseAddress[place] = values.baseAddress[position]
        next[minor] += 1
      }
    }
    let turned = SparsityPattern(
      unchecked: orientation, rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices)
    return SparseMatrix(pattern: turned, values: numbers)
  }
}
