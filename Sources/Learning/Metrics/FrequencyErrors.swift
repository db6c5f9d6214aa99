public import Arrays
import Glibc

extension Metric {
  /// Errors in Fourier space, the mean over shells of wavenumbers 0 to 3; see `shellMeans`.
  ///
  /// NaN where the grid has no wavenumbers of a band, for all three.
  public static let lowFrequencyRMSE = band("lowFrequencyRMSE", "0 to 3", 0, 4)
  /// The same for wavenumbers from 4 to 11.
  public static let middleFrequencyRMSE = band("middleFrequencyRMSE", "4 to 11", 4, 12)
  /// The same for wavenumbers from 12 on.
  public static let highFrequencyRMSE = band("highFrequencyRMSE", "12 and above", 12, .max)

  private static func band(_ name: String, _ words: String, _ first: Int, _ end: Int) -> Metric {
    Metric(
      name,
      "root mean square error in Fourier space over the shells |k| from \(words), |k| rounded down "
        + "(fRMSE of Takamoto et al. 2022)"
    ) { input in
      let means = shellMeans(input)
      let shells = first..<max(first, min(end, means.count))
      guard !shells.isEmpty else { return .nan }
      return shells.reduce(0) { $0 + means[$1] } / Double(shells.count)
    }
  }

  /// The error by wavenumber.
  ///
  /// For each shell ⌊|k|⌋ from 0 on the root over samples of its mean square amplitude, in the units of the problem; the mean over
  /// times and channels. Of targets without predictions it is their own spectrum.
  ///
  /// - Parameters:
  ///   - predicted: of shape (sample, axes…, channels); zero unless given.
  ///   - target: of the same shape.
  ///   - timeAxis: which of the axes is time, if one is.
  public static func spectrum<Scalar: LearningScalar>(
    predicted: NDArray<Scalar>? = nil, target: NDArray<Scalar>, timeAxis: Int? = nil
  ) -> [Double] {
    shellMeans(
      MetricInput(
        predicted: predicted ?? NDArray(shape: target.shape), target: target, timeAxis: timeAxis))
  }

  /// Per shell ⌊|k|⌋ the root over samples of the mean square of its amplitude, then the mean over times and channels.
  ///
  /// The amplitude is √(Σ |ê_k|²) over the shell, ê the plain sum over the grid divided by its points. As PDEBench has it, k
  /// goes over 0 … n/2 in one dimension, and over 0 … n/2 − 1 of each axis in several: negative ones are left out.
  static func shellMeans(_ input: MetricInput) -> [Double] {
    guard let shortest = input.space.min() else { return [] }
    let count = input.space.count == 1 ? shortest / 2 + 1 : shortest / 2
    let rank = input.space.count
    var totals = [Double](repeating: 0, count: count)
    let tables = input.space.map(CosineTable.init)
    for time in 0..<input.times {
      for channel in 0..<input.channels {
        var squares = [Double](repeating: 0, count: count)
        for sample in 0..<input.samples {
          let field = sample * input.times + time
          var real = (0..<input.points).map { input.error[input.place(field, $0, channel)] }
          var imaginary = [Double](repeating: 0, count: input.points)
          for axis in 0..<rank { tables[axis].transform(&real, &imaginary, input.space, axis) }
          for point in 0..<input.points {
            guard let shell = Self.shell(of: point, input.space), shell < count else { continue }
            squares[shell] += real[point] * real[point] + imaginary[point] * imaginary[point]
          }
        }
        for shell in 0..<count {
          totals[shell] +=
            (squares[shell] / Double(max(input.samples, 1))).squareRoot() / Double(input.points)
        }
      }
    }
    return totals.map { $0 / Double(max(input.times * input.channels, 1)) }
  }

  /// ⌊√Σk²⌋, or nothing where a wavenumber is left out.
  private static func shell(of point: Int, _ lengths: [Int]) -> Int? {
    var (rest, sum) = (point, 0)
    for length in lengths.reversed() {
      let wavenumber = rest % length
      rest /= length
      guard lengths.count == 1 ? wavenumber <= length / 2 : wavenumber < length / 2 else { return nil }
      sum += wavenumber * wavenumber
    }
    return Int(Double(sum).squareRoot())
  }
}

/// The discrete Fourier transform of an axis by its definition.
///
/// This room has no fast transforms, and an evaluation is done once: cost is points × length per axis.
private struct CosineTable {
  let length: Int
  let cosines: [Double]
  let sines: [Double]

  init(_ length: Int) {
    self.length = length
    cosines = (0..<length).map { cos(2 * .pi * Double($0) / Double(length)) }
    sines = (0..<length).map { sin(2 * .pi * Double($0) / Double(length)) }
  }

  /// Σ_j e^(−2πijk/n) over one axis of a row-major array.
  func transform(_ real: inout [Double], _ imaginary: inout [Double], _ shape: [Int], _ axis: Int) {
    let stride = shape[(axis + 1)...].reduce(1, *)
    var line = [(Double, Double)](repeating: (0, 0), count: length)
    for outer in 0..<shape[..<axis].reduce(1, *) {
      for inner in 0..<stride {
        let start = outer * length * stride + inner
        for j in 0..<length { line[j] = (real[start + j * stride], imaginary[start + j * stride]) }
        for k in 0..<length {
          var (sum, imaginarySum, angle) = (0.0, 0.0, 0)
          for j in 0..<length {
            sum += line[j].0 * cosines[angle] + line[j].1 * sines[angle]
            imaginarySum += line[j].1 * cosines[angle] - line[j].0 * sines[angle]
            angle += k
            if angle >= length { angle -= length }
          }
          real[start + k * stride] = sum
          imaginary[start + k * stride] = imaginarySum
        }
      }
    }
  }
}
