import Arrays
import Differentiation
import Learning
import NeuralOperators

/// A Fourier neural operator and a batch that it is trained with.
struct NetworkWorkload: Sendable {
  let name: String
  let grid: [Int]
  let batch: Int
  let width: Int
  let modes: [Int]
  /// Channels of the data; the network appends one for each axis.
  let dataChannels: Int
  /// Pieces of the batch; more than usual where gradients are small, so that a worker that is slowed takes fewer.
  var chunks: Int?

  /// Those of the method's first scripts; the three of `Tests/Peers/compare_networks.py`.
  static let all = [
    NetworkWorkload(
      name: "fno-1d-1024", grid: [1024], batch: 20, width: 64, modes: [16], dataChannels: 1,
      chunks: 10),
    NetworkWorkload(
      name: "fno-2d-64", grid: [64, 64], batch: 16, width: 32, modes: [12, 12], dataChannels: 1),
    NetworkWorkload(
      name: "fno-3d-64x64x20", grid: [64, 64, 20], batch: 2, width: 20, modes: [8, 8, 6], dataChannels: 10),
  ]

  private static let layers = 4
  private static let projection = 128

  var network: FourierNeuralOperator {
    FourierNeuralOperator(modes: modes, width: width, layers: Self.layers, projection: Self.projection)
  }

  /// The same, put together from layers as anybody might do it.
  var ownNetwork: Sequential {
    let block = SpectralBlock(outputs: width, modes: modes, activation: .gelu)
    var last = block
    last.activation = .identity
    return Sequential(
      [CoordinateChannels(), Dense(outputs: width)] + Array(repeating: block, count: Self.layers - 1)
        + [last, Perceptron(hidden: Self.projection, outputs: 1)])
  }

  /// Pairs of normal numbers.
  var data: ArrayData {
    let stream = RandomStream(seed: 0, purpose: "benchmark of networks")
    func normals(_ channels: Int, _ offset: Int) -> NDArray<Float> {
      NDArray(shape: [batch] + grid + [channels]) { Float(stream.normals(at: UInt64($0 + offset)).x) }
    }
    return ArrayData(inputs: normals(dataChannels, 0), targets: normals(1, 1 << 30))
  }

  /// Operations of a forward pass of the batch, multiplications and additions counted each.
  ///
  /// Transforms count as products with the matrices of the kept frequencies; activations do not count.
  var forwardOperations: Double { Double(batch) * (products + transforms) }

  /// Those of forward and backward pass: products with weights have two more to go with them, transforms their adjoints.
  var trainingOperations: Double { Double(batch) * (3 * products + 2 * transforms) }

  private var products: Double {
    let points = grid.reduce(1, *)
    let kept = modes.dropLast().reduce(modes[modes.count - 1]) { $0 * 2 * $1 }
    let pointwise = (dataChannels + grid.count) * width + (width + 1) * Self.projection
    // A product of complex numbers is four multiplications and as many additions.
    return Double(
      2 * points * (pointwise + Self.layers * width * width) + 8 * Self.layers * kept * width * width)
  }

  private var transforms: Double {
    let last = grid.count - 1
    var sum = 2 * grid.reduce(1, *) * 2 * modes[last]
    for axis in 0..<last {
      // The axes behind are transformed already.
      let lines =
        grid[..<axis].reduce(1, *) * modes[(axis + 1)..<last].reduce(modes[last]) { $0 * 2 * $1 }
      sum += 8 * lines * grid[axis] * 2 * modes[axis]
    }
    return Double(2 * Self.layers * width * sum)
  }
}
