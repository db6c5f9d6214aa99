import Differentiation
import Learning

/// `model: {type: tfno}`.
struct TFNOArchitecture: Architecture {
  let name = "tfno"
  let summary = "Fourier neural operator whose spectral weights are put together from small factors"
  let source = "Kossaifi, Kovachki, Azizzadenesheli, Anandkumar, arXiv:2310.00120"
  var keys: [SettingKey] {
    // Products of factors have no mean: they cannot be drawn as the first scripts do.
    FNOArchitecture().keys.filter { $0.name != "initial" } + [
      FourierSettings.initial(.normal),
      SettingKey(
        "factorization", .choice(SpectralFactorization.Form.allCases.map(\.rawValue)),
        default: .text("tucker"),
        "a sum of rank-one tensors, a core with a factor for each axis, or a tensor train"),
      SettingKey(
        "rank", .number(1e-6...4), default: .number(0.1),
        "parameters of the spectral weights over those of dense ones, at most"),
    ]
  }

  func make(_ settings: Settings, for data: DataDescription) throws(SettingError) -> any Layer {
    try FNOArchitecture.network(
      settings, for: data,
      factorization: SpectralFactorization(
        SpectralFactorization.Form(rawValue: settings.text("factorization")) ?? .tucker,
        rank: settings.number("rank")))
  }
}
