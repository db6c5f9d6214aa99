public import Arrays
public import Differentiation
public import Exchange
public import Learning

/// A trained network on some grid, ready to predict.
///
/// The grid may be another one than that of the training: frequencies that it does not reach are dropped. Nothing is allocated
/// from one batch to the next.
public final class OperatorInference<Scalar: NetworkScalar & SafetensorsElement> {
  public let header: ModelHeader
  public let inputShape: [Int]
  /// The network's result for one sample: the grid, then the output channels.
  public let outputShape: [Int]
  /// Modes of the weights that the grid does not reach, in all layers.
  public var droppedModes: Int { inference.droppedModes }
  private let inference: NetworkInference<Scalar>
  /// The threads that share the work.
  public let workers: Workers

  /// - Parameters:
  ///   - model: what predicts.
  ///   - grid: points of each axis; those of the training unless given.
  ///   - capacity: see `NetworkInference`.
  /// - Throws: `SettingError` where the network belongs to the grid of its training.
  public init(
    _ model: OperatorModel<Scalar>, grid: [Int]? = nil, capacity: Int? = nil, workers: Workers
  ) throws(SettingError) {
    var header = model.header
    let grid = grid ?? header.data.grid
    guard grid.count == header.data.grid.count, grid.allSatisfy({ $0 >= 2 }) else {
      throw SettingError(
        key: nil,
        message: "the network works on \(header.data.grid.count) axes, and \(grid) is no grid of as many")
    }
    guard
      grid == header.data.grid
        || (header.inputNormalizer.kind != .point && header.outputNormalizer.kind != .point)
    else {
      throw SettingError(
        key: nil,
        message: "its data were normalised point by point, which belongs to the grid \(header.data.grid)",
        hint: "train it with training.normalization=channel")
    }
    header.data.grid = grid
    let network = try header.makeNetwork()
    self.header = header
    self.workers = workers
    inputShape = grid + [header.data.inputChannels]
    inference = NetworkInference(
      network, store: model.store, inputShape: inputShape, capacity: capacity, workers: workers)
    outputShape = grid + [inference.outputShape.reduce(1, *) / grid.reduce(1, *)]
  }

  /// Predicts the targets of samples one after the other, in physical units.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - read: writes the input of a sample; called from several threads.
  ///   - write: takes the prediction of a sample; called from several threads, once for each.
  /// - Throws: what `read` throws.
  public func predict(
    count: Int, read: @escaping @Sendable (_ sample: Int, UnsafeMutablePointer<Scalar>) throws -> Void,
    write: @escaping @Sendable (_ sample: Int, UnsafePointer<Scalar>) -> Void
  ) throws {
    try inference.predict(count: count, read: read, write: write)
  }

  /// Predictions and targets of all samples of some data, each of shape (sample, axes…, channels).
  ///
  /// - Throws: what reading throws; `LearningError.mismatchedShapes` for data of other channels or another grid.
  public func predictions(
    on data: any TrainingData
  ) throws -> (predicted: NDArray<Scalar>, target: NDArray<Scalar>) {
    guard data.inputShape == inputShape, data.targetShape.reduce(1, *) == outputShape.reduce(1, *) else {
      throw LearningError.mismatchedShapes(
        network: inputShape + outputShape, target: data.inputShape + data.targetShape)
    }
    var predicted = NDArray<Scalar>(shape: [data.count] + data.targetShape)
    var target = predicted
    let size = data.targetShape.reduce(1, *)
    try predicted.withUnsafeMutableBuffer { predictions in
      try target.withUnsafeMutableBuffer { targets in
        // Every sample has its own place.
        nonisolated(unsafe) let (p, t) = (predictions.baseAddress!, targets.baseAddress!)
        try predict(count: data.count) { sample, input in
          try data.read(sample, input: input, target: t + sample * size)
        } write: { sample, values in
          (p + sample * size).update(from: values, count: size)
        }
      }
    }
    return (predicted, target)
  }
}
