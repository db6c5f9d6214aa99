import Foundation

extension GnuplotScript {
  /// Draws the pixels of an image, and the outline of a mesh over them.
  mutating func addPixels(_ plot: ImagePlot, in box: PanelLayout.Box, dataName: String) {
    switch plot.source {
    case .grid(let raster):
      // Pixels that are not finite are not drawn.
      add(
        "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '\(Self.gapColor)' "
          + "fillstyle solid noborder")
      add("plot " + addValues(of: raster, plot, dataName: dataName))
    case .mesh(let mesh, let values):
      let raster = Raster(mesh, values: values, width: pixels(box.width), height: pixels(box.height))
      var layers = [addValues(of: raster, plot, dataName: dataName)]
      if raster.values.contains(where: \.isInfinite) {
        layers.append(addGaps(of: raster, plot, dataName: dataName))
      }
      if !mesh.outline.isEmpty {
        // Wide enough to hide the steps of the pixels; libgd sets them off by one.
        layers.append(
          "'\(addOutline(of: mesh, plot))' using 1:2 with lines linewidth \(format == .gif ? 2 : 1) "
            + "linecolor rgb '#303030' notitle")
      }
      add("plot " + layers.joined(separator: ", \\\n  "))
    }
  }

  /// The colour of pixels without a finite value.
  private static let gapColor = "#bdbdbd"

  /// The number of pixels along a side of a panel: as many as the picture has, and some more where it can be enlarged.
  private func pixels(_ length: Double) -> Int {
    let scale = format == .svg || format == .pdf ? 1.5 : 1
    let limit = isMoving ? Raster.animationLimit : 2 * Raster.stillLimit
    return max(2, min(limit, Int((scale * length).rounded())))
  }

  private mutating func addValues(of raster: Raster, _ plot: ImagePlot, dataName: String) -> String {
    var contents = Data(capacity: 8 * raster.values.count)
    for value in raster.values {
      withUnsafeBytes(of: plot.colors.scale.drawn(value)) { contents.append(contentsOf: $0) }
    }
    add(DataFile(name: dataName + ".bin", contents: contents))
    return "'\(dataName).bin' \(place(of: raster, plot, format: "%float64")) using 1 with image notitle"
  }

  /// Grey pixels, opaque where a value is not finite.
  private mutating func addGaps(of raster: Raster, _ plot: ImagePlot, dataName: String) -> String {
    let colors = raster.values.flatMap { [189, 189, 189, $0.isInfinite ? 255 : 0] as [UInt8] }
    add(DataFile(name: dataName + "-gaps.bin", contents: Data(colors)))
    return "'\(dataName)-gaps.bin' \(place(of: raster, plot, format: "%4uint8")) using 1:2:3:4 "
      + "with rgbalpha notitle"
  }

  /// Where pixels stand: they fill the axes exactly, from edge to edge.
  private func place(of raster: Raster, _ plot: ImagePlot, format: String) -> String {
    let (x, y) = (plot.horizontalScale, plot.verticalScale)
    let dx = (x.upper - x.lower) / Double(raster.width)
    let dy = (y.upper - y.lower) / Double(raster.height)
    return "binary array=(\(raster.width),\(raster.height)) format='\(format)' "
      + "origin=(\(x.lower + 0.5 * dx),\(y.lower + 0.5 * dy)) dx=\(dx) dy=\(dy)"
  }

  /// The file with the lines around a mesh, the same for all its panels and frames.
  private mutating func addOutline(of mesh: PlaneMesh, _ plot: ImagePlot) -> String {
    if let name = outlines[ObjectIdentifier(mesh)] { return name }
    let (x, y) = (plot.horizontalScale, plot.verticalScale)
    var rows = ""
    for line in mesh.outline {
      for node in line { rows += "\(x.drawn(mesh.x[Int(node)])) \(y.drawn(mesh.y[Int(node)]))\n" }
      rows += "\n"
    }
    let name = "outline-\(outlines.count + 1).dat"
    outlines[ObjectIdentifier(mesh)] = name
    add(DataFile(name: name, contents: Data(rows.utf8)))
    return name
  }
}
