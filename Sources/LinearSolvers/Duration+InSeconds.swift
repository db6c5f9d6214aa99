extension Duration {
  /// The length as a number.
  var inSeconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }
}
