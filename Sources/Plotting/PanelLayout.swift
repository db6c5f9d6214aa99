import Foundation

/// Where each panel of a frame stands, in pixels from the top left corner of the picture.
///
/// Every margin is computed from the text in it instead of by gnuplot, so that panels in a row and in
/// a column line up and no white bands remain where the shape of the axes is fixed.
struct PanelLayout {
  /// The rectangle inside a panel's axes.
  struct Box: Equatable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
  }
  var width: Int
  var height: Int
  /// The height of letters.
  var font: Double
  var boxes: [Box]

  /// Places panels in rows.
  ///
  /// - Parameter height: the height of the picture; `nil` makes it as high as the panels need.
  init(_ panels: [Panel], columns: Int, hasTitle: Bool, width: Int, height: Int?) {
    let rows = (panels.count + columns - 1) / columns
    func members(row: Int) -> ArraySlice<Panel> {
      panels[(row * columns)..<min((row + 1) * columns, panels.count)]
    }
    func widest(_ column: Int, _ margin: (Panel) -> Double) -> Double {
      stride(from: column, to: panels.count, by: columns).map { margin(panels[$0]) }.max() ?? 0
    }
    // Margins in letter heights first: the letters shrink where too little would remain for the axes,
    // because gnuplot makes no picture when a panel is off the page.
    let leftLetters = (0..<columns).map { widest($0, \.leftMargin) }
    let rightLetters = (0..<columns).map { widest($0, \.rightMargin) }
    let aboveLetters = (0..<rows).map { row in
      members(row: row).contains { !$0.title.isEmpty } ? 2.4 : 1.1
    }
    let sideLetters = leftLetters.reduce(0, +) + rightLetters.reduce(0, +)
    let bandLetters = (hasTitle ? 2.6 : 0.4) + aboveLetters.reduce(0, +) + 4.1 * Double(rows)
    var font = 15 * min(max(Double(width) / 1200, 0.8), 4)
    font = min(font, Double(width) / (sideLetters + 6 * Double(columns)))
    if let height { font = min(font, Double(height) / (bandLetters + 4 * Double(rows))) }

    let left = leftLetters.map { $0 * font }
    let right = rightLetters.map { $0 * font }
    let above = aboveLetters.map { $0 * font }
    let (titleBand, below, bands) = ((hasTitle ? 2.6 : 0.4) * font, 4.1 * font, bandLetters * font)
    let plotWidth = (Double(width) - sideLetters * font) / Double(columns)
    // Taller than this and a single panel would not fit a screen.
    let tallest = min(plotWidth, max(0.75 * Double(width), 4 * font))
    var heights = (0..<rows).map { row in
      members(row: row).map { panel in
        min(panel.aspect * plotWidth, panel.hasFixedAspect ? tallest : 0.5 * Double(width))
      }.max() ?? plotWidth
    }
    if let height {
      let share = (Double(height) - bands) / Double(rows)
      heights = heights.map { _ in share }
    }
    self.width = width
    self.height = height ?? min(Int((bands + heights.reduce(0, +)).rounded()), 20_000)
    self.font = font

    var boxes: [Box] = []
    var top = titleBand
    for row in 0..<rows {
      top += above[row]
      var edge = 0.0
      for (column, panel) in members(row: row).enumerated() {
        edge += left[column]
        var box = Box(left: edge, top: top, width: plotWidth, height: heights[row])
        if panel.hasFixedAspect {
          box.height = min(box.height, box.width * panel.aspect)
          box.width = min(box.width, box.height / panel.aspect)
          box.left += 0.5 * (plotWidth - box.width)
          box.top += 0.5 * (heights[row] - box.height)
        }
        boxes.append(box)
        edge += plotWidth + right[column]
      }
      top += heights[row] + below
    }
    self.boxes = boxes
  }
}

extension PanelLayout {
  /// The number of columns that makes maps largest on a page that is no higher than wide; `nil` for other panels.
  static func columns(for panels: [Panel]) -> Int? {
    guard panels.count > 1, panels.allSatisfy(\.hasFixedAspect) else { return nil }
    return (1...panels.count).first { columns in
      let page = PanelLayout(panels, columns: columns, hasTitle: true, width: 1200, height: nil)
      return page.height <= page.width
    }
  }
}

extension Panel {
  /// Height over width of the axes.
  var aspect: Double {
    switch content {
    case .curves: CurvePlot.aspect
    case .image(let plot): plot.aspect
    }
  }

  /// Whether the aspect must be kept for lengths to look equal.
  var hasFixedAspect: Bool {
    if case .image(let plot) = content { plot.isSpatial && plot.aspect != CurvePlot.aspect } else { false }
  }

  /// Room for tick labels and the name of the vertical axis, in letter heights.
  var leftMargin: Double {
    switch content {
    case .curves(let plot): plot.verticalTickWidth + 2.4
    case .image(let plot): plot.verticalScale.tickWidth + 2.4
    }
  }

  /// Room for a colour bar or a legend, in letter heights.
  var rightMargin: Double {
    switch content {
    case .image(let plot) where plot.hasColorBar: 5 + plot.colors.scale.tickWidth
    case .image: 1.6
    case .curves(let plot): plot.hasLegend ? 4.2 + 0.62 * Double(plot.legendCharacters) : 1.8
    }
  }
}

extension AxisScale {
  /// The width of the widest tick label, in letter heights.
  var tickWidth: Double {
    let digits = Double(tickFormat.dropFirst(2).dropLast()) ?? 6
    if digits > 6 { return 0.64 * (digits + 2) }
    let whole = log10(max(abs(lower), abs(upper), 1)).rounded(.down) + (lower < 0 ? 2.6 : 1)
    // Behind the point as many as an eighth of the range needs.
    let decimals = min(max(0, -log10((upper - lower) / 8).rounded(.down)), 6)
    return max(3.2, 0.68 * (whole + (decimals > 0 ? 0.5 + decimals : 0)))
  }
}

extension CurvePlot {
  /// The width of the widest tick label, in letter heights.
  var verticalTickWidth: Double { vertical.isLogarithmic ? 4 : verticalScale.tickWidth }

  /// Whether there are several curves to be told apart.
  var hasLegend: Bool { curves.count > 1 }

  /// The length of the longest name in the legend.
  var legendCharacters: Int { min(curves.map(\.name.count).max() ?? 0, Self.legendWidth) }
}
