public import ProblemFiles

extension KeyTable {
  /// The keys of `recipes.NAME.data`: what of a problem's samples a learned operator works with.
  public static var dataSets: KeyTable {
    let data = "recipes.*.data"
    return KeyTable(
      title: "Data of recipes",
      keys: [
        Key(
          data, [.mapping], "The samples that a model learns from; 'generate' makes them.",
          example: "{samples: 1200, resolution: 128, inputs: [initial.u], outputs: [\"u(t=1)\"]}"),
        Key(
          "\(data).samples", [.integer], "The number of samples, for training, validation and test together.",
          range: ValueRange(1, 1e9), example: "1200"),
        Key(
          "\(data).validation", [.number], "Samples for validation; a share of all if below 1.",
          default: "a tenth", range: ValueRange(0), example: "100"),
        Key(
          "\(data).test", [.number], "Samples for the test; a share of all if below 1.", default: "a tenth",
          range: ValueRange(0), example: "100"),
        Key(
          "\(data).resolution", [.integer, .mapping],
          "Points along each axis that are stored: the highest modes of periodic axes are cut off, cells are averaged.",
          default: "that of the solver", range: ValueRange(2, 16_777_216), example: "128"),
        Key(
          "\(data).resolution.*", [.integer], "Points along one axis.", range: ValueRange(2, 16_777_216),
          example: "64"),
        Key(
          "\(data).every", [.number], "The time between two records, as output.every.", unit: "time",
          default: "as output.every", range: .positive, example: "1"),
        Key(
          "\(data).times", [.text, .list], "The times of the records that are stored, or a range of them.",
          default: "all records", example: "0:19"),
        Key("\(data).times[]", [.text], "A time, or a range of times.", example: "1"),
        Key(
          "\(data).inputs", [.list], "What the operator takes.",
          default: "all that is random, of parameters those with 'input: true'",
          count: 1...64, example: "[initial.u, parameters.kappa]"),
        Key(
          "\(data).inputs[]", [.text],
          "initial.NAME, fields.NAME, parameters.NAME, NAME(t=1), NAME(t=0:9) or NAME.", example: "initial.u"),
        Key(
          "\(data).outputs", [.list], "What the operator gives.",
          default: "all unknowns, at the last time", count: 1...64, example: "[\"u(t=1)\"]"),
        Key("\(data).outputs[]", [.text], "The same as for inputs.", example: "u(t=1)"),
        Key(
          "\(data).set", [.mapping], "Keys of the problem that are different for this data set.",
          example: "{domain.t: [0, 20], parameters.nu: 1e-3}"),
        Key("\(data).set.*", [.anything], "The value of a dotted key of the problem.", example: "[0, 20]"),
        Key(
          "\(data).seed", [.integer], "The seed of the samples.", default: "solver.seed",
          range: ValueRange(0, 9_007_199_254_740_992), example: "1"),
        Key(
          "\(data).file", [.text], "A file with the data, made by others, relative to the problem file.",
          default: "made by 'generate'", example: "darcy-train.nc"),
        Key(
          "\(data).testFile", [.text], "A second such file, with the samples for the test.",
          example: "darcy-test.nc"),
        Key(
          "\(data).layout", [.mapping], "Where in a file of others things stand.",
          example: "{input: nu, output: tensor, sample: 0, time: 1}"),
      ] + layout("\(data).layout"))
  }

  private static func layout(_ path: String) -> [Key] {
    [
      Key("\(path).input", [.text, .list], "The variable, or variables, of the inputs.", example: "nu"),
      Key("\(path).input[]", [.text], "A variable."),
      Key(
        "\(path).output", [.text, .list], "The variable, or variables, of the outputs.", example: "tensor"),
      Key("\(path).output[]", [.text], "A variable."),
      Key(
        "\(path).sample", [.text, .integer],
        "The dimension that counts samples: its name, or its number from 0.",
        default: "0", example: "sample"),
      Key(
        "\(path).time", [.text, .integer], "The dimension of time, where there is one.", default: "none",
        example: "1"),
      Key(
        "\(path).channel", [.text, .integer], "The dimension that counts fields, where there is one.",
        default: "none", example: "-1"),
      Key(
        "\(path).inputTimes", [.text], "The numbers of the records that are inputs.", default: "the first",
        example: "0:9"),
      Key(
        "\(path).outputTimes", [.text], "The numbers of the records that are outputs.", default: "the last",
        example: "10:19"),
      Key(
        "\(path).inputScale", [.list], "A factor and an offset: what is read is factor · value + offset.",
        default: "[1, 0]", count: 2...2, example: "[9, 3]"),
      Key("\(path).inputScale[]", [.number], "The factor, then the offset."),
      Key("\(path).outputScale", [.list], "The same for outputs.", default: "[1, 0]", count: 2...2),
      Key("\(path).outputScale[]", [.number], "The factor, then the offset."),
    ]
  }
}
