public import Exchange
import Learning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// All that is decoded of a header whose version may be another one.
private struct HeaderVersion: Codable { var version: Int }

extension ModelHeader {
  /// The entry of a file's metadata that holds the header.
  static let key = "parseval_model"

  /// What a file says of its model, without the parameters.
  ///
  /// - Throws: `ExchangeError` for a file that is no model, or of another version.
  public init(_ file: SafetensorsFile) throws(ExchangeError) {
    guard let text = file.metadata[Self.key] else {
      throw ExchangeError(
        path: file.path, kind: .unsupportedFormat,
        reason: "it is no model of this program: it has no header of one")
    }
    let bytes = Data(text.utf8)
    if let version = try? JSONDecoder().decode(HeaderVersion.self, from: bytes).version,
      version != Self.currentVersion
    {
      throw ExchangeError(
        path: file.path, kind: .unsupportedFormat,
        reason: "its header is of version \(version), and this program reads \(Self.currentVersion)")
    }
    guard let header = try? JSONDecoder().decode(ModelHeader.self, from: bytes), header.isSound else {
      throw ExchangeError(path: file.path, kind: .corrupted, reason: "its header is damaged")
    }
    self = header
  }

  /// Numbers of a spectral weight, and channels, that no model has: files are not trusted.
  private static let largestWeight = 0x1p34
  private static let mostChannels = 1 << 12

  /// Whether sizes are such that a network can be recorded with them.
  var isSound: Bool {
    let limit = 1 << 20
    let grid = data.grid.reduce(into: 1) { product, length in
      product = length > 0 && length <= limit && product <= 1 << 30 ? product * length : .max / limit
    }
    func fits(_ normalizer: Normalizer, _ channels: Int) -> Bool {
      let counts = [1, channels, grid * channels]
      return normalizer.means.count == normalizer.deviations.count && counts.contains(normalizer.means.count)
        && normalizer.means.allSatisfy(\.isFinite)
        && normalizer.deviations.allSatisfy { $0.isFinite && $0 > 0 }
    }
    let channels = 1...Self.mostChannels
    return !data.grid.isEmpty && data.grid.count <= 8 && grid <= 1 << 30
      && channels.contains(data.inputChannels)
      && channels.contains(data.outputChannels) && channels.contains(data.fields)
      && data.placements.count == data.grid.count && largestSpectralWeight <= Self.largestWeight
      && fits(inputNormalizer, data.inputChannels) && fits(outputNormalizer, data.outputChannels)
  }

  /// At most this many numbers has a dense spectral weight of the settings: all modes times the square of the width.
  private var largestSpectralWeight: Double {
    func numbers(_ value: SettingValue?) -> [Double] {
      switch value {
      case .number(let number): [number]
      case .list(let list): list.flatMap { numbers($0) }
      default: []
      }
    }
    // One number may stand for all axes, time among them where it is one.
    let axes = data.grid.count + (settings["time"] == .text("axis") ? 1 : 0)
    let mostModes = numbers(settings["modes"]).max() ?? 1
    let width = (numbers(settings["width"]) + numbers(settings["widths"])).max() ?? 1
    let modes = (0..<axes).reduce(1.0) { product, _ in product * 2 * mostModes }
    return modes * 2 * width * width
  }
}
