/// A picture: panels in rows under a title, once or, for an animation, frame by frame.
public struct Figure: Sendable {
  /// The panels shown at one moment of an animation.
  public struct Frame: Sendable {
    /// Added to the title, such as the time.
    public var caption: String
    /// From left to right, then from top to bottom.
    public var panels: [Panel]

    public init(caption: String = "", panels: [Panel]) {
      self.caption = caption
      self.panels = panels
    }
  }
  /// The line above all panels.
  public var title: String
  /// One frame, or the frames of an animation; formats that do not move show the last one.
  public var frames: [Frame]
  /// The number of panels beside each other; `nil` chooses by the number of panels.
  public var columns: Int?

  /// The most panels of a frame, and the most frames of an animation.
  static let panelLimit = 32
  static let frameLimit = 200

  /// A still picture.
  public init(title: String, panels: [Panel], columns: Int? = nil) {
    self.init(title: title, frames: [Frame(panels: panels)], columns: columns)
  }

  /// An animation; at most 200 frames are drawn, at even distances.
  public init(title: String, frames: [Frame], columns: Int? = nil) {
    precondition(columns.map { $0 > 0 } ?? true, "Figure: columns \(columns ?? 0) must be at least 1")
    self.title = title
    self.frames = frames
    self.columns = columns
  }

  /// The number of panels beside each other.
  func columnCount(panels: Int) -> Int {
    min(columns ?? (panels <= 3 ? panels : panels == 4 ? 2 : 3), max(panels, 1))
  }
}
