public import Learning

/// The kinds of samplers, by name.
///
/// A new kind is one file and a line here.
public enum SamplerRegistry {
  public static let all: [any SamplerKind] = [
    UniformSamplerKind(),
    RedrawnSamplerKind(),
    GridSamplerKind(),
    LatinHypercubeSamplerKind(),
    SobolSamplerKind(),
    HaltonSamplerKind(),
    RADSamplerKind(),
    RARGSamplerKind(),
    RARDSamplerKind(),
    R3SamplerKind(),
    CausalR3SamplerKind(),
    LeverageSamplerKind(),
    DPPSamplerKind(),
    RepeatedDPPSamplerKind(),
    VolumeSamplerKind(),
  ]

  /// - Throws: `LearningError.unknownMethod` with the names that exist.
  public static func kind(named name: String) throws(LearningError) -> any SamplerKind {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "sampler", known: all.map(\.name))
    }
    return found
  }
}
