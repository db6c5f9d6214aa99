extension Curve {
  /// The most points of a curve that are drawn.
  static let pointLimit = 2400

  /// The curve with at most about `limit` points and the same outline.
  ///
  /// Of every group of neighbours the least and the greatest value stay, so that no peak is lost.
  func thinned(to limit: Int = pointLimit) -> Curve {
    guard x.count > limit else { return self }
    let groups = limit / 2
    var kept: [Int] = []
    for group in 0..<groups {
      let members = (group * x.count / groups)..<((group + 1) * x.count / groups)
      let finite = members.filter { y[$0].isFinite }
      guard let least = finite.min(by: { y[$0] < y[$1] }),
        let greatest = finite.max(by: { y[$0] < y[$1] })
      else {
        // One point that is not finite keeps the gap.
        kept.append(members.lowerBound)
        continue
      }
      kept += least == greatest ? [least] : [min(least, greatest), max(least, greatest)]
    }
    if kept.first != 0 { kept.insert(0, at: 0) }
    if kept.last != x.count - 1 { kept.append(x.count - 1) }
    return Curve(name: name, x: kept.map { x[$0] }, y: kept.map { y[$0] }, style: style)
  }
}
