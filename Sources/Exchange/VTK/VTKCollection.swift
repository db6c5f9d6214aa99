/// A series of VTK files with their times (`.pvd`), which ParaView plays as an animation.
public struct VTKCollection: Sendable, Hashable {
  /// One file of the series.
  public struct Entry: Sendable, Hashable {
    public var time: Double
    /// Relative to the folder of the collection.
    public var file: String

    public init(time: Double, file: String) {
      self.time = time
      self.file = file
    }
  }
  public var entries: [Entry]

  public init(entries: [Entry] = []) { self.entries = entries }

  /// Writes the file, atomically, so that it can be rewritten after every output.
  public func write(to path: String) throws(ExchangeError) {
    let lines = entries.map {
      "    <DataSet timestep=\"\($0.time)\" group=\"\" part=\"0\" file=\"\(xmlEscaped($0.file))\"/>\n"
    }
    try AtomicFile.write(
      """
      <?xml version="1.0"?>
      <VTKFile type="Collection" version="1.0" byte_order="LittleEndian">
        <Collection>
      \(lines.joined())  </Collection>
      </VTKFile>

      """, to: path)
  }
}
