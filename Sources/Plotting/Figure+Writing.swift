import Foundation

extension Figure {
  /// Draws the figure with gnuplot into a `.png`, `.svg`, `.pdf` or `.gif` file.
  ///
  /// The file appears complete under its name or not at all. With `keepScript` the folder
  /// `FILE.gnuplot` beside it gets `FILE.gp` and the data, to be changed and run by hand.
  ///
  /// - Throws: any `PlotError` but those of fields.
  public func write(to path: String, options: PictureOptions = PictureOptions()) throws(PlotError) {
    let format = try PictureFormat(path: path)
    let target = URL(fileURLWithPath: path)
    let stem = Self.plainName(target.deletingPathExtension().lastPathComponent)
    let pictureName = stem + "." + format.rawValue
    let script = try GnuplotScript(self, format: format, output: pictureName, options: options)
    try Self.requireWritable(target, path: path)
    let gnuplot = try Gnuplot(path: options.gnuplot)

    let folder = try PrivateFolder()
    defer { folder.remove() }
    let scriptName = stem + ".gp"
    for file in script.files { try folder.write(file.contents, name: file.name) }
    try folder.write(Data(script.text.utf8), name: scriptName)
    try gnuplot.run(
      script: scriptName, in: folder.path, timeLimit: options.timeLimit, format: format.rawValue)

    let picture = try folder.read(pictureName)
    guard format.isComplete([UInt8](picture)) else {
      throw .gnuplotFailed(message: "the picture it wrote is not complete")
    }
    if options.keepScript {
      let kept = path + ".gnuplot"
      do {
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
      } catch {
        throw .unwritable(path: kept, reason: Self.reason(error))
      }
      for file in script.files { try Self.replace(kept + "/" + file.name, with: file.contents) }
      try Self.replace(kept + "/" + scriptName, with: Data(script.text.utf8))
    }
    try Self.replace(path, with: picture)
  }

  /// A name without anything that a script or a shell would read otherwise.
  private static func plainName(_ name: String) -> String {
    let isPlain =
      !name.isEmpty && name.utf8.count <= 100
      && name.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
      } && !name.hasPrefix("-") && !name.hasPrefix(".") && !name.hasPrefix("panel-")
    return isPlain ? name : "picture"
  }

  /// Says early, before gnuplot is run, what would fail late.
  private static func requireWritable(_ target: URL, path: String) throws(PlotError) {
    let folder = target.deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw .unwritable(path: path, reason: "there is no folder '\(folder)'")
    }
    if FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder), isFolder.boolValue {
      throw .unwritable(path: path, reason: "it is a folder")
    }
    guard access(folder, W_OK) == 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func reason(_ error: any Error) -> String {
    ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.localizedDescription
      ?? error.localizedDescription
  }
}
