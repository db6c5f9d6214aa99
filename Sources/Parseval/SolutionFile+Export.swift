public import Exchange
import Glibc
import Plotting

extension SolutionFile {
  /// Writes every coordinate and every field as `NAME.npy`, time first, then space.
  ///
  /// The folder is made if it does not exist.
  /// - Returns: the files, in the order written.
  @discardableResult
  public func writeNumPy(to folder: String) throws(ExchangeError) -> [String] {
    try makeFolder(folder)
    var files: [String] = []
    let coordinates = source.schema.dimensions.map(\.name).filter { source.schema.variable($0) != nil }
    for name in coordinates + fields.map(\.name) {
      let path = "\(folder)/\(name).npy"
      try NumPyFile.write(try source.read(name), to: path)
      files.append(path)
    }
    return files
  }

  /// Writes one `.vti` file per record with all fields over the grid, and a `.pvd` file that lists them.
  ///
  /// The folder is made if it does not exist.
  /// - Returns: the path of the `.pvd` file.
  @discardableResult
  public func writeVTK(to folder: String, name: String) throws -> String {
    try makeFolder(folder)
    let series = try fields.map { try self.series($0.name) }.filter { $0.dimension > 0 }
    guard let first = series.first else {
      throw ExchangeError(path: source.path, kind: .mismatch, reason: "there is no field over a grid")
    }
    let origin = first.axes.map { $0.coordinates.first ?? 0 }
    let spacing = first.axes.map { $0.coordinates.count > 1 ? $0.coordinates[1] - $0.coordinates[0] : 1 }
    var collection = VTKCollection()
    for index in 0..<first.snapshots {
      let digits = String(index)
      let file = name + "_" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".vti"
      try VTKImage(
        origin: origin, spacing: spacing, fields: try series.map { ($0.name, try $0.snapshot(index)) }
      ).write(to: "\(folder)/\(file)")
      let time = first.times.indices.contains(index) ? first.times[index] : 0
      collection.entries.append(VTKCollection.Entry(time: time, file: file))
    }
    try collection.write(to: "\(folder)/\(name).pvd")
    return "\(folder)/\(name).pvd"
  }
}

private func makeFolder(_ path: String) throws(ExchangeError) {
  guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
  throw ExchangeError(
    path: path, kind: .notPermitted, reason: "the folder cannot be made: \(String(cString: strerror(errno)))")
}
