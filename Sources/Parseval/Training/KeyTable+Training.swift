public import ProblemFiles
import Arrays
import Learning
import NeuralOperators
import PhysicsInformed

extension KeyTable {
  /// The keys of `recipes.NAME.model` and `recipes.NAME.training`.
  public static var training: KeyTable {
    let (model, training) = ("recipes.*.model", "recipes.*.training")
    return KeyTable(
      title: "Learned models of recipes",
      keys: [
        Key(model, [.mapping], "The network.", example: "{type: fno, modes: 12, width: 32}"),
        Key("\(model).type", [.registered], "The kind of network.", example: "fno", isRequired: true),
      ]
        + settings(
          ArchitectureRegistry.all.flatMap(\.keys) + CollocationRecipe.modelKeys, under: model)
        + [
          Key(
            training, [.mapping], "How the network is trained.",
            example: "{epochs: 100, batch: 16, optimizer: adam, rate: 2e-3}"),
          Key(
            "\(training).epochs", [.integer], "How often all samples are seen.", default: "100",
            range: ValueRange(1, 1e9), example: "100"),
          Key(
            "\(training).batch", [.integer], "Samples per step.", default: "16", range: ValueRange(1, 1e6),
            example: "16"),
          Key(
            "\(training).chunks", [.integer],
            "Pieces of a batch, each with a gradient of its own: as many threads can work.",
            default: "an even number, of about eight samples, at least two",
            range: ValueRange(1, 1024), example: "4"),
          Key(
            "\(training).optimizer", [.registered, .mapping], "How the weights are moved.", default: "adam",
            example: "adam", shortForm: "type"),
          Key("\(training).optimizer.type", [.registered], "The kind of optimizer.", example: "adam"),
          Key(
            "\(training).rate", [.number], "The learning rate, the largest of the schedule.",
            default: "that of the optimizer", range: .positive, example: "2e-3"),
          Key(
            "\(training).schedule", [.registered, .mapping], "How the learning rate changes.",
            default: "oneCycle",
            example: "cosine", shortForm: "type"),
          Key("\(training).schedule.type", [.registered], "The kind of schedule.", example: "cosine"),
          Key(
            "\(training).loss", [.registered, .mapping], "What training makes small.", default: "relative-l2",
            example: "relative-h1", shortForm: "type"),
          Key("\(training).loss.type", [.registered], "The kind of loss.", example: "relative-h1"),
          Key(
            "\(training).clip", [.number], "The largest norm of a gradient; longer ones are shortened.",
            default: "none", range: .positive, example: "1"),
          Key(
            "\(training).average", [.number],
            "The decay of a moving average of the weights, which is judged and kept instead of them; smaller in the first steps.",
            default: "none", range: ValueRange(0, 0.999999), example: "0.999"),
          Key(
            "\(training).patience", [.integer],
            "Epochs without a smaller validation error after which training ends.", default: "none",
            range: ValueRange(1, 1e9), example: "20"),
          Key(
            "\(training).normalization", [.choice(Normalizer.Kind.allCases.map(\.rawValue))],
            "What of the data has a mean and a deviation of its own.", default: "channel", example: "channel"),
          Key(
            "\(training).symmetry", [.choice(GridSymmetry.allCases.map(\.rawValue))],
            "Motions of the axes under which the training samples are seen, too, for fields that they leave alone: exchanges of "
              + "axes that are alike, reflections, or all of them.", default: "none", example: "exchanges"),
          Key(
            "\(training).noise", [.number],
            "The deviation of noise on the inputs in training, in those of the normalised inputs: for networks that go on from "
              + "their own answers.", default: "none", range: ValueRange(0, 1e3), example: "0.01"),
          Key(
            "\(training).growth", [.mapping],
            "Few modes in the beginning, and one more whenever the rule says so; not unless given.",
            example: "{start: 4, gap: 0.02}"),
          Key(
            "\(training).growth.start", [.integer, .list],
            "Modes in use at first, for all axes or for each.", range: ValueRange(1, 4096), example: "4"),
          Key("\(training).growth.start[]", [.integer], "Modes of an axis.", range: ValueRange(1, 4096)),
          Key(
            "\(training).growth.gap", [.number],
            "One mode more on all axes after an epoch whose loss differs from the one before by no more than this share.",
            default: "0.02", range: ValueRange(0, 1), example: "0.02"),
          Key(
            "\(training).growth.explained", [.number],
            "Instead of 'gap': one mode more on an axis whose lower modes hold less than this share of the squared gradients.",
            range: ValueRange(0, 1), example: "0.99"),
          Key(
            "\(training).growth.buffer", [.integer],
            "The highest modes in use that 'explained' does not count.",
            default: "1", range: ValueRange(1, 4096), example: "1"),
          Key(
            "\(training).seed", [.integer], "Where first weights and the order of samples come from.",
            default: "0", range: ValueRange(0, 9_007_199_254_740_992), example: "1"),
        ] + parameters(OptimizerRegistry.all.flatMap(\.parameters), under: "\(training).optimizer")
        + parameters(LossRegistry.all.flatMap(\.parameters), under: "\(training).loss")
        + parameters(
          RateScheduleRegistry.all.flatMap(\.parameters) + RateScheduleRegistry.shared,
          under: "\(training).schedule"),
      names: [
        "\(model).type": ArchitectureRegistry.all.map { RegisteredName($0.name, $0.summary) }
          + JetNetworkRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).optimizer": OptimizerRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).optimizer.type": OptimizerRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).loss": LossRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).loss.type": LossRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).schedule": RateScheduleRegistry.all.map { RegisteredName($0.name, $0.summary) },
        "\(training).schedule.type": RateScheduleRegistry.all.map { RegisteredName($0.name, $0.summary) },
      ])
  }

  /// What several kinds read under one name is one key; which kind may have it is seen when the recipe is used.
  static func settings(_ keys: [SettingKey], under path: String) -> [Key] {
    var known: Set<String> = []
    return keys.filter { known.insert($0.name).inserted }.flatMap { key -> [Key] in
      let own = "\(path).\(key.name)"
      let kinds = keys.filter { $0.name == key.name }.map(\.kind)
      let types = kinds.flatMap(types(of:)).reduce(into: [ValueType]()) {
        if !$0.contains($1) { $0.append($1) }
      }
      let hasRows = kinds.contains { if case .integerTable = $0 { true } else { false } }
      let key = Key(
        own, types, key.text.prefix(1).uppercased() + key.text.dropFirst() + ".",
        default: key.defaultValue?.description, example: key.defaultValue?.description ?? "12")
      guard types.contains(.list) else { return [key] }
      guard hasRows else { return [key, Key("\(own)[]", [.number], "One of the numbers.")] }
      return [
        key, Key("\(own)[]", [.number, .list], "One of the numbers, or those of a layer."),
        Key("\(own)[][]", [.number], "One of the numbers of a layer."),
      ]
    }
  }

  private static func types(of kind: SettingKey.Kind) -> [ValueType] {
    switch kind {
    case .integer: [.integer]
    case .integers: [.integer, .list]
    case .integerTable, .numbers: [.list]
    case .number: [.number]
    case .boolean: [.boolean]
    case .choice: [.text]
    }
  }

  static func parameters(_ parameters: [MethodParameter], under path: String) -> [Key] {
    var known: Set<String> = []
    return parameters.filter { known.insert($0.name).inserted }.map { parameter in
      let defaults = parameters.filter { $0.name == parameter.name }.map(\.defaultValue)
      let isOne = defaults.allSatisfy { $0 == defaults[0] }
      return Key(
        "\(path).\(parameter.name)", [.number],
        parameter.text.prefix(1).uppercased() + parameter.text.dropFirst() + ".",
        default: isOne ? "\(parameter.defaultValue)" : "that of the method",
        example: "\(parameter.defaultValue)")
    }
  }
}
