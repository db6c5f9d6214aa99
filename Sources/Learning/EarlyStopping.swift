/// Stops a training once its validation error has not fallen for a while.
///
/// A value whose coded form is all there is to save.
public struct EarlyStopping: Sendable, Hashable, Codable {
  /// Checks without an improvement after which the training stops.
  public let patience: Int
  /// By how much an error must be below the best one to count as better.
  public let minimalDecrease: Double
  /// The best error so far.
  public private(set) var best: Double?
  /// The check, from 0, at which it was found.
  public private(set) var bestCheck: Int?
  /// Checks so far.
  public private(set) var checks = 0

  public init(patience: Int, minimalDecrease: Double = 0) {
    precondition(patience >= 1, "EarlyStopping: patience \(patience) must be at least 1")
    precondition(
      minimalDecrease >= 0, "EarlyStopping: minimalDecrease \(minimalDecrease) must not be negative")
    self.patience = patience
    self.minimalDecrease = minimalDecrease
  }

  /// Takes note of an error; whether it is the best one so far.
  ///
  /// One that is not a number never is.
  @discardableResult
  public mutating func check(_ error: Double) -> Bool {
    defer { checks += 1 }
    guard !error.isNaN else { return false }
    if let best, !(error < best - minimalDecrease) { return false }
    best = error
    bestCheck = checks
    return true
  }

  /// Whether there was no improvement in the last `patience` checks.
  public var shouldStop: Bool { checks - 1 - (bestCheck ?? -1) >= patience }
}
