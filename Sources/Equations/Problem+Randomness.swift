extension Problem {
  /// Whether samples of the problem differ: a field, an initial value or a parameter is random.
  public var isRandom: Bool {
    !randomParameters.isEmpty
      || (initial.map(\.function) + fields.map(\.function)).contains { $0.isRandom }
  }

  /// The parameters with a distribution, in the problem's order.
  public var randomParameters: [Parameter] { parameters.filter { $0.distribution != nil } }
}

extension SpatialFunction {
  /// Whether it is drawn at random.
  public var isRandom: Bool {
    if case .gaussian = self { true } else { false }
  }
}
