public import Differentiation
public import Learning

/// A network as a function of points that is followed with its derivatives.
public protocol JetNetwork: Sendable {
  /// Records the network; what it reads are coordinates between about −1 and 1, or features of them.
  ///
  /// - Parameter outputs: functions that it has.
  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, outputs: Int, on tape: Tape<Scalar>) -> Jet
}

/// A kind of network that recipes can have.
///
/// One file each, and a line in `JetNetworkRegistry`.
public protocol JetNetworkKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the architecture comes from.
  var source: String { get }
  /// What it can be given, beside what all kinds read.
  var settings: [SettingKey] { get }

  /// - Throws: `SettingError` for a setting that is wrong.
  func make(_ settings: Settings) throws(SettingError) -> any JetNetwork
}

/// The kinds of networks that points are put through.
public enum JetNetworkRegistry {
  public static let all: [any JetNetworkKind] = [MLPKind(), ModifiedMLPKind(), GatedMLPKind(), SIRENKind()]

  public static func kind(named name: String) -> (any JetNetworkKind)? { all.first { $0.name == name } }

  /// What all kinds read.
  public static let shared: [SettingKey] = [
    SettingKey("width", .integer(1...4096), default: .number(20), "neurons of a hidden layer"),
    SettingKey("depth", .integer(1...64), default: .number(3), "hidden layers"),
    SettingKey(
      "activation", .choice(["tanh", "sin", "silu", "gelu", "relu"]), default: .text("tanh"),
      "the function of every neuron; relu has no second derivative and serves first-order equations only in other programs"
    ),
    SettingKey(
      "scale", .choice(["none", "layer", "neuron"]), default: .text("none"),
      "a trained factor of every layer's matrix: one number, or one for each neuron (weight factorisation)"),
  ]
}

/// How a dense layer of a jet network begins.
struct JetLayer {
  var outputs: Int
  var activation: Activation
  var scale = Scale.none
  var initializer = Initializer.xavierNormal(gain: 1)
  var hasBias = true

  enum Scale: String, Sendable { case none, layer, neuron }

  func callAsFunction<Scalar: NetworkScalar>(_ x: Jet, on tape: Tape<Scalar>) -> Jet {
    let weight = tape.parameter(
      "weight", [x.width, outputs], role: .matrix, initial: initializer.fill(_:slot:seed:))
    let bias =
      hasBias
      ? tape.parameter("bias", [outputs], role: .vector, initial: Initializer.zeros.fill(_:slot:seed:)) : nil
    let factors: Variable? =
      switch scale {
      case .none: nil
      case .layer: tape.parameter("scale", [1], role: .vector, initial: Initializer.ones.fill(_:slot:seed:))
      case .neuron:
        tape.parameter("scale", [outputs], role: .vector, initial: Initializer.ones.fill(_:slot:seed:))
      }
    let operation = JetDenseOperation(
      x, weight: weight, bias: bias, scale: factors, activation: activation, on: tape)
    tape.record(operation)
    return Jet(operation.outputs[0], x.shape)
  }
}

extension JetLayer {
  /// A hidden layer as the settings that all kinds read say.
  init(_ settings: Settings) {
    guard let activation = Activation(rawValue: settings.text("activation")),
      let scale = Scale(rawValue: settings.text("scale"))
    else { preconditionFailure("JetLayer: settings were not checked") }
    self.init(outputs: settings.integer("width"), activation: activation, scale: scale)
  }

  /// The last layer of a network of such layers: linear.
  func result(outputs: Int) -> JetLayer { JetLayer(outputs: outputs, activation: .identity, scale: scale) }
}
