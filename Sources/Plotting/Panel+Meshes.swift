import Arrays

extension Panel {
  /// A field on a mesh at one time: one panel for a plane mesh, three sections for a solid one.
  ///
  /// - Throws: `badField` if the values cannot be had, or the mesh has no area.
  static func planes(
    _ field: FieldSeries, at index: Int, range: ClosedRange<Double>?
  ) throws(PlotError) -> [Panel] {
    let snapshot = try field.snapshot(index)
    let planes = field.mesh?.planes ?? []
    for plane in planes {
      guard plane.horizontal.lower < plane.horizontal.upper, plane.vertical.lower < plane.vertical.upper
      else { throw .badField(name: field.name, reason: "its mesh has no cells with an area") }
    }
    let values = planes.map { $0.values(snapshot) }
    let colors =
      range.map { ColorScale($0.lowerBound, $0.upperBound) } ?? ColorScale(values.lazy.flatMap { $0 })
    return zip(planes, values).map { plane, values in
      let title = plane.title.isEmpty ? field.caption(at: index) : plane.title
      return Panel(
        title: titled(title, hasGaps: !plane.triangles.allSatisfy { values[Int($0)].isFinite }),
        content: .image(
          ImagePlot(
            source: .mesh(plane, values: values), horizontal: plane.across, vertical: plane.up,
            value: field.quantity, colors: colors, isSpatial: plane.across.unit == plane.up.unit)))
    }
  }

  /// The title, with a word about grey parts of the picture.
  static func titled(_ title: String, hasGaps: Bool) -> String {
    hasGaps ? (title.isEmpty ? "" : title + "  ") + "(grey: not finite)" : title
  }
}
