extension KeyTable {
  /// Keys of what is measured of the unknowns.
  static let inverse: [Key] = [
    Key(
      "data", [.mapping],
      "What is measured of the unknowns at points, for networks that are to agree with it.",
      example: "{file: sensors.csv, columns: {x: x, t: t, u: u}, noise: 0.01}"),
    Key(
      "data.file", [.text],
      "A table with names in its first line (.csv), or a NetCDF file (.nc) whose variables have one dimension; relative to "
        + "the problem file.", example: "sensors.csv"),
    Key(
      "data.columns", [.mapping],
      "For every column of the file that is read what it is: a coordinate, or an expression of the unknowns.",
      example: "{x: x, t: t, re: re(h), im: im(h)}"),
    Key("data.columns.*", [.expression], "A coordinate, the time, or what was measured.", example: "u"),
    Key(
      "data.noise", [.number], "The standard deviation of the error of the file's values.",
      default: "not known",
      range: ValueRange(0), example: "0.01"),
    Key(
      "data.synthetic", [.mapping],
      "Instead of a file: values of formulas at uniformly random points, with a random error.",
      example: "{points: 2500, noise: 0.1, of: {u: sin(pi*x)}}", excludes: "file"),
    Key(
      "data.synthetic.points", [.integer], "The number of points.", range: ValueRange(1, 10_000_000),
      example: "2500",
      isRequired: true),
    Key(
      "data.synthetic.noise", [.number],
      "The standard deviation of the error, which is normally distributed.",
      default: "0", range: ValueRange(0), example: "0.1"),
    Key(
      "data.synthetic.seed", [.integer], "The seed of points and errors.", default: "0",
      range: ValueRange(0, 9_007_199_254_740_992), example: "1"),
    Key(
      "data.synthetic.of", [.mapping], "For what is measured, an expression of the unknowns, its formula.",
      example: "{u: sin(pi*x)}", isRequired: true),
    Key("data.synthetic.of.*", [.expression], "A formula of coordinates and time.", example: "sin(pi*x)"),
  ]
}
