import Arrays

/// Inputs about their mean at every point, in units of the deviation of their channel.
struct InputScaling: Sendable {
  private let mean: [Double]
  /// By channel.
  private let factors: [Double]

  init(of rows: SampleRows, channels: Int) {
    var mean = [Double](repeating: 0, count: rows.inputWidth)
    var squares = [Double](repeating: 0, count: channels)
    for sample in 0..<rows.count {
      let input = rows.inputs.baseAddress + sample * rows.inputWidth
      for index in mean.indices {
        let distance = input[index] - mean[index]
        mean[index] += distance / Double(sample + 1)
        squares[index % channels] += distance * (input[index] - mean[index])
      }
    }
    self.mean = mean
    let values = Double(rows.count * rows.inputWidth / channels)
    // A channel that is the same for all samples says nothing, and stays as it is.
    factors = squares.map { $0 > 0 ? (values / $0).squareRoot() : 1 }
  }

  func scale(_ inputs: UnsafePointer<Double>, count: Int, into scaled: UnsafeMutablePointer<Double>) {
    for sample in 0..<count {
      let start = sample * mean.count
      for index in mean.indices {
        scaled[start + index] = (inputs[start + index] - mean[index]) * factors[index % factors.count]
      }
    }
  }
}
