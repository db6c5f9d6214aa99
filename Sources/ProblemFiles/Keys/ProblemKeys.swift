import Equations

extension KeyTable {
  /// The keys of a problem file.
  public static let problem = KeyTable(
    title: "Problem file",
    keys: statement + data + inverse + wishes)

  private static let statement: [Key] =
    [
      Key(
        "problem", [.text], "The name of the problem: letters, digits, '-' and '_'.",
        example: "heat-1d", isRequired: true),
      Key(
        "title", [.text], "What pictures and tables call it.", default: "the name",
        example: "Heat equation on an interval"),
      Key(
        "notes", [.text], "Where the problem comes from, and what to look at.",
        example: "After Crank and Nicolson (1947)."),
      Key(
        "domain", [.mapping], "Where the problem is posed: a box of axes with any names, and the time.",
        example: "{x: [0, 1], t: [0, 1]}", isRequired: true),
      Key(
        "domain.t", [.list, .mapping], "First and last time; left out for a steady problem.",
        count: 2...2, example: "[0, 1]", shortForm: "interval"),
      Key("domain.t[]", [.number], "The first, then the last time."),
      Key(
        "domain.t.interval", [.list], "First and last time.", count: 2...2, example: "[0, 1]",
        isRequired: true),
      Key("domain.t.interval[]", [.number], "The first, then the last time."),
      Key(
        "domain.*", [.list, .mapping], "A space axis; '[a, b]' alone is a bounded one.",
        count: 2...2,
        example: "{interval: [0, 2*pi], periodic: true}", shortForm: "interval"),
      Key("domain.*[]", [.number], "Where the axis begins, then where it ends."),
      Key(
        "domain.*.interval", [.list], "Where the axis begins and ends.", count: 2...2,
        example: "[0, 1]", isRequired: true),
      Key("domain.*.interval[]", [.number], "Where the axis begins, then where it ends."),
      Key(
        "domain.*.periodic", [.boolean], "Whether the two ends are the same point.", default: "false",
        example: "true"),
      Key(
        "domain.geometry", [.anything],
        "A domain that is not a box: box: [corner, corner], disc: {center, radius}, ellipse: {center, axes, angle}, "
          + "polygon: [points], sphere: {center, radius}, cylinder: {start, end, radius}, and lists of shapes as their "
          + "union, intersection or difference; each may have a name for its boundary.",
        example:
          "{difference: [{box: [[0, 0], [1, 1]]}, {disc: {center: [0.3, 0.3], radius: 0.1}, name: hole}]}"),
      Key(
        "domain.mesh", [.text], "A mesh made by others, a Gmsh file (.msh), relative to the problem file.",
        example: "plate.msh"),
      Key(
        "domain.dimension", [.integer], "The dimension of the mesh.", default: "2", range: ValueRange(1, 3),
        example: "3"),
      Key(
        "domain.parts", [.mapping], "Names for parts of the boundary of a geometry or mesh.",
        example: "{left: x = 0, right: x = 1}"),
      Key(
        "domain.parts.*", [.text, .list], "A relation of the coordinates, or several that all hold.",
        example: "x = 0"),
      Key("domain.parts.*[]", [.text], "One of several relations.", example: "y < 0.5"),
      Key("parameters", [.mapping], "Named numbers for use in every expression.", example: "{nu: 0.01}"),
      Key(
        "parameters.*", [.number, .mapping],
        "A number, or an expression of numbers and of parameters above it.", example: "0.01",
        shortForm: "value"),
      Key("parameters.*.value", [.number], "The number.", example: "0.01"),
      Key(
        "parameters.*.uniform", [.list],
        "Instead of a value: the samples of a data set draw it equally likely between two numbers; 'solve' takes the middle.",
        count: 2...2, example: "[0.5, 2]", excludes: "value"),
      Key("parameters.*.uniform[]", [.number], "The least, then the largest number."),
      Key(
        "parameters.*.normal", [.list],
        "Instead of a value: the samples of a data set draw it from a normal distribution; 'solve' takes the mean.",
        count: 2...2, example: "[1, 0.1]", excludes: "uniform"),
      Key("parameters.*.normal[]", [.number], "The mean, then the standard deviation."),
      Key(
        "parameters.*.input", [.boolean], "Whether it is an input of a learned operator.", default: "false",
        example: "true"),
      Key(
        "parameters.*.unknown", [.boolean], "Instead of a value: whether it is to be found from data.",
        default: "false",
        example: "true", excludes: "value"),
      Key("parameters.*.initial", [.number], "The first guess for an unknown parameter.", example: "1"),
      Key("parameters.*.unit", [.text], "Its unit, for tables and pictures.", example: "m^2/s"),
      Key(
        "units", [.mapping], "Units of axes, time and unknowns, for files and pictures.",
        example: "{x: m, t: s, u: m/s}"),
      Key("units.*", [.text], "The unit of one axis, unknown or parameter.", example: "m/s"),
      Key(
        "unknowns", [.list], "The functions asked for.", count: 1...64,
        example: "[u, {h: complex}, {q: vector}]",
        isRequired: true),
      Key("unknowns[]", [.name, .mapping], "A name, or a name with its kind.", example: "u"),
      Key(
        "unknowns[].*", [.choice(["real", "complex", "vector"])], "The kind of an unknown.", default: "real",
        example: "complex"),
      Key(
        "define", [.mapping], "Names for expressions, usable in all that follows.",
        example: "{v: -dx(psi)}"),
      Key(
        "define.*", [.expression], "An expression of unknowns, parameters and earlier definitions.",
        example: "-dx(psi)"),
      Key(
        "fields", [.mapping], "Coefficients that vary in space, given or random.",
        example: "{a: 1 + x^2}"),
      Key(
        "fields.*.unknown", [.boolean], "Whether it is to be found from data.", default: "false",
        example: "true"),
      Key(
        "fields.*.initial", [.expression], "The first guess for an unknown field, a function of space.",
        example: "1"),
      Key(
        "equations", [.list], "The equations, in any arrangement of their terms.", count: 1...64,
        example: "[dt(u) = nu*lap(u)]", isRequired: true),
      Key("equations[]", [.equation], "One equation.", example: "dt(u) = nu*lap(u)"),
      Key("gauge", [.list], "Fixes constants that the equations leave open.", example: "[mean(psi) = 0]"),
      Key("gauge[]", [.equation], "'mean(unknown) = number'.", example: "mean(psi) = 0"),
    ] + spatialFunction("fields.*", "A coefficient.")

  private static let data: [Key] =
    [
      Key(
        "boundary", [.list], "What holds at the ends of bounded axes.",
        example: "[{on: x, dirichlet: {u: 0}}]"),
      Key(
        "boundary[]", [.mapping], "One condition, on one or several ends.",
        example: "{on: x, dirichlet: {u: 0}}"),
      Key(
        "boundary[].on", [.text, .list],
        "Where: an axis (both ends), 'x = 0', left, right, bottom, top, front, back, all, or rest.",
        example: "x", isRequired: true),
      Key("boundary[].on[]", [.text], "One of several places.", example: "left"),
      Key("boundary[].dirichlet", [.mapping], "The value of unknowns there.", example: "{u: 0}"),
      Key(
        "boundary[].dirichlet.*", [.expression, .list], "The value; a list for a vector.",
        example: "sin(t)"),
      Key("boundary[].dirichlet.*[]", [.expression], "A component of the value.", example: "0"),
      Key(
        "boundary[].neumann", [.mapping], "The outward normal derivative of unknowns there.",
        example: "{u: 0}"),
      Key(
        "boundary[].neumann.*", [.expression, .list], "The derivative; a list for a vector.",
        example: "0"),
      Key("boundary[].neumann.*[]", [.expression], "A component of the derivative.", example: "0"),
      Key(
        "boundary[].robin", [.equation, .list], "A relation of value and outward normal derivative.",
        example: "\"dn(u) + 2*u = 1\""),
      Key("boundary[].robin[]", [.equation], "One of several relations.", example: "dn(u) + 2*u = 1"),
      Key(
        "initial", [.mapping],
        "The value of every evolved unknown at the first time; 'dt(u)' is its velocity. In a steady nonlinear problem the first guess.",
        example: "{u: sin(pi*x)}"),
      Key(
        "exact", [.mapping],
        "The exact solution, where one is known; also what unknown parameters and fields are in truth.",
        example: "{u: exp(-pi^2*nu*t)*sin(pi*x)}"),
      Key(
        "exact.*", [.expression, .list], "The exact solution for one unknown.",
        example: "exp(-t)*sin(x)"),
      Key("exact.*[]", [.expression], "A component of the exact solution.", example: "sin(x)"),
      Key(
        "quantities", [.mapping], "Numbers recorded with every output, such as an energy.",
        example: "{energy: mean(u^2)/2}"),
      Key(
        "quantities.*", [.expression], "An expression of means and integrals over the domain.",
        example: "mean(u^2)/2"),
      Key(
        "budgets", [.mapping], "For a quantity, its rate of change; 'solve' checks the balance.",
        example: "{energy: -2*nu*enstrophy}"),
      Key("budgets.*", [.expression], "The rate of change, of quantities.", example: "-2*nu*enstrophy"),
      Key(
        "reference", [.text, .mapping], "A solution made by others, in a NetCDF file.",
        example: "{file: reference/kdv.nc, accuracy: 1e-9}", shortForm: "file"),
      Key(
        "reference.file", [.text], "The file, relative to the problem file.", example: "reference/kdv.nc",
        isRequired: true),
      Key(
        "reference.variables", [.mapping], "The variable of the file for each unknown.",
        default: "the same names", example: "{u: solution}"),
      Key("reference.variables.*", [.text], "The variable for one unknown.", example: "solution"),
      Key(
        "reference.accuracy", [.number], "The relative L2 error of the file itself.", range: .positive,
        example: "1e-9"),
    ] + spatialFunction("initial.*", "An initial value.", isInitial: true)

  /// The keys of a function of space: an expression, or a Gaussian random field.
  private static func spatialFunction(_ path: String, _ text: String, isInitial: Bool = false) -> [Key] {
    let field = "\(path).gaussianField"
    let keys: [Key] = [
      Key(path, [.expression, .list, .mapping], text, example: "sin(pi*x)"),
      Key("\(path)[]", [.expression], "A component of a vector.", example: "sin(x)"),
      Key(
        field, [.mapping],
        "A random field Σ s(k) ξₖ φₖ, by default with s(k) = amplitude (k² + shift²)^(−exponent/2).",
        example: "{amplitude: 49, shift: 7, exponent: 2.5}"),
      Key(
        "\(field).amplitude", [.number], "The factor of every mode.", range: ValueRange(0), example: "49"),
      Key(
        "\(field).shift", [.number], "The inverse of the correlation length.", range: ValueRange(0),
        example: "7"),
      Key(
        "\(field).exponent", [.number], "The decay of the spectrum.", range: ValueRange(0), example: "2.5"),
      Key(
        "\(field).spectrum", [.expression],
        "The standard deviation s of a mode, an expression of its wavenumber k; instead of the three above.",
        example: "k*exp(-k^2/32)"),
      Key(
        "\(field).boundary", [.choice(GaussianField.Boundary.allCases.map(\.rawValue))],
        "The ends of the modes.", default: "periodic on periodic axes, else neumann", example: "neumann"),
      Key(
        "\(field).mean", [.number], "The value of the mean mode.", default: "none: it is dropped",
        example: "0"),
      Key(
        "\(field).map", [.expression], "An expression of the field's value g, applied point by point.",
        example: "\"if(g > 0, 12, 3)\""),
      Key("\(path).map", [.expression], "The same as 'map' inside 'gaussianField'.", example: "exp(g)"),
    ]
    guard isInitial else { return keys }
    return keys + [
      Key(
        "\(path).projected", [.expression],
        "An expression that is projected exactly instead of sampled on the grid.", example: "abs(x)")
    ]
  }

  private static let wishes: [Key] = [
    Key(
      "discretization", [.integer, .mapping],
      "Grid points along each axis; one number alone holds for all axes.", default: "chosen automatically",
      range: ValueRange(2, 16_777_216), example: "{x: 1024}"),
    Key(
      "discretization.dealiasing", [.choice(DiscretizationChoice.Dealiasing.allCases.map(\.rawValue))],
      "How aliasing errors of products are removed.", default: "2/3, or 1/2 for cubic products",
      example: "2/3"),
    Key(
      "discretization.symbol", [.choice(DiscretizationChoice.Symbol.allCases.map(\.rawValue))],
      "The symbol of the derivatives.", default: "spectral", example: "finite-difference"),
    Key(
      "discretization.method", [.choice(DiscretizationChoice.Method.allCases.map(\.rawValue))],
      "What space is divided into; for collocation into nothing: the problem is for networks at points, in up to 127 dimensions.",
      default: "chosen from the problem", example: "finite-volume"),
    Key(
      "discretization.average", [.choice(DiscretizationChoice.FaceAverage.allCases.map(\.rawValue))],
      "The mean of a coefficient at the face of two cells.", default: "harmonic", example: "arithmetic"),
    Key(
      "discretization.convection", [.choice(DiscretizationChoice.Convection.allCases.map(\.rawValue))],
      "How convection between two cells is taken; central is skew-symmetric, upwind never oscillates.",
      default: "central", example: "upwind"),
    Key(
      "discretization.elements", [.choice(DiscretizationChoice.Element.allCases.map(\.rawValue)), .mapping],
      "The kind of finite element, one for all unknowns or one for each.", default: "P2", example: "P2"),
    Key(
      "discretization.elements.*", [.choice(DiscretizationChoice.Element.allCases.map(\.rawValue))],
      "The element of one unknown.", example: "P1"),
    Key(
      "discretization.size", [.number], "The size of the elements.", default: "a thirty-second of the domain",
      range: .positive, example: "0.02"),
    Key(
      "discretization.refine", [.list], "Where elements are smaller.",
      example: "[{part: hole, size: 0.01}, {point: [0, 0], radius: 0.5, exponent: 3}]"),
    Key("discretization.refine[]", [.mapping], "One place.", example: "{part: hole, size: 0.01}"),
    Key("discretization.refine[].part", [.text], "A named part of the boundary.", example: "hole"),
    Key(
      "discretization.refine[].size", [.number], "The size of elements there.", range: .positive,
      example: "0.01"),
    Key("discretization.refine[].point", [.list], "A point that elements shrink towards.", example: "[0, 0]"),
    Key("discretization.refine[].point[]", [.number], "A coordinate."),
    Key(
      "discretization.refine[].radius", [.number], "The distance from which elements shrink.",
      range: .positive,
      example: "0.5"),
    Key(
      "discretization.refine[].exponent", [.number],
      "How fast they shrink: at the distance r to h (r/radius)^(1 − 1/exponent).", default: "3",
      range: ValueRange(1, 100), example: "3"),
    Key(
      "discretization.*", [.integer], "Grid points along one axis.", range: ValueRange(2, 16_777_216),
      example: "1024"),
    Key(
      "solver", [.mapping], "Wishes about the time stepping.", default: "chosen automatically",
      example: "{method: etdrk4, tolerance: 1e-10}"),
    Key("solver.method", [.registered], "The stepper.", default: "chosen automatically", example: "etdrk4"),
    Key(
      "solver.step", [.number], "A fixed step size.", unit: "time", range: .positive, example: "1e-3",
      excludes: "tolerance"),
    Key(
      "solver.tolerance", [.number], "The relative tolerance of the step-size control.",
      range: ValueRange(0, 1, excludesLower: true), example: "1e-10", excludes: "step"),
    Key(
      "solver.linear", [.registered], "The solver of linear systems on cells and elements.",
      default: "chosen from the matrix", example: "cholmod"),
    Key(
      "solver.preconditioner", [.registered], "The preconditioner of an iterative one.",
      default: "chosen from the matrix", example: "amg"),
    Key(
      "solver.linearTolerance", [.number],
      "The relative residual that an iterative solver of linear systems stops at.",
      default: "1e-10", range: ValueRange(0, 1, excludesLower: true), example: "1e-8"),
    Key(
      "solver.continuation", [.mapping],
      "Parameters that a steady nonlinear problem is continued in, with the values to begin with.",
      default: "Newton's method begins with the parameters as they are", example: "{nu: 0.1}"),
    Key("solver.continuation.*", [.number], "The parameter's value to begin with.", example: "0.1"),
    Key(
      "solver.force", [.boolean], "Solves even if the linear part is ill-posed.", default: "false",
      example: "true"),
    Key(
      "solver.seed", [.integer], "The seed of everything random.", default: "0",
      range: ValueRange(0, 9_007_199_254_740_992), example: "1"),
    Key("output", [.mapping], "What is written, and when.", example: "{every: 0.01}"),
    Key(
      "output.every", [.number], "The time between two records.", unit: "time",
      default: "a twentieth of the time", range: .positive, example: "0.01"),
    Key(
      "output.fields", [.list], "Unknowns and definitions to write.", default: "all unknowns",
      example: "[u]"),
    Key("output.fields[]", [.name], "An unknown or a definition.", example: "u"),
    Key(
      "recipes", [.mapping], "Learned models by name; 'train' reads them.",
      example: "{fno: {model: {type: fno}}}"),
    Key(
      "recipes.*", [.mapping], "One recipe.", example: "{model: {type: fno, modes: 12, width: 32}}",
      kindKey: "model.type"),
    Key("recipes.*.*", [.anything], "A part of a recipe."),
  ]
}
