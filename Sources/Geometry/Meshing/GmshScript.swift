/// A script that lets Gmsh build and mesh a shape.
///
/// It consists of our own words and of numbers: names never get into it.
struct GmshScript {
  private(set) var lines: [String] = []
  private let scale: MeshScale
  private let dimension: Int
  private var counter = 0
  private var entity: String { dimension == 2 ? "Surface" : "Volume" }

  /// Ways to the same mesh, for shapes that Gmsh's kernel does not master in the first one.
  struct Attempt {
    /// Whether faces that a union joins become one; this goes wrong at times.
    var joinsFaces: Bool
    /// 6 for frontal-Delaunay, 5 for Delaunay.
    var algorithm: Int
    /// Whether curved elements are to be untangled.
    var isOptimized = false
    /// Elements per full turn of a curved boundary, at least; 0 leaves it to the size.
    var elementsPerTurn = 0

    static let all = [
      Attempt(joinsFaces: true, algorithm: 6), Attempt(joinsFaces: false, algorithm: 6),
      Attempt(joinsFaces: false, algorithm: 5), Attempt(joinsFaces: true, algorithm: 6, isOptimized: true),
      Attempt(joinsFaces: true, algorithm: 6, elementsPerTurn: 30),
      Attempt(joinsFaces: false, algorithm: 5, elementsPerTurn: 60),
    ]
  }

  /// The whole script.
  ///
  /// - Parameters:
  ///   - shape: A valid shape in two or three dimensions.
  ///   - options: Sizes in the shape's units.
  ///   - sizeFile: The file of the size field, if there is one.
  init(
    _ shape: Shape, scale: MeshScale, options: MeshingOptions, sizeFile: String?, attempt: Attempt
  ) {
    self.scale = scale
    dimension = shape.dimension
    addSettings(options, attempt)
    _ = add(shape)
    addSizes(options, sizeFile: sizeFile)
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func addSettings(_ options: MeshingOptions, _ attempt: Attempt) {
    lines += [
      "SetFactory(\"OpenCASCADE\");", "General.NumThreads = 1;", "Mesh.RandomSeed = 1;",
      "Mesh.Algorithm = \(attempt.algorithm);", "Mesh.Algorithm3D = 1;", "Mesh.SaveAll = 1;",
      "Mesh.Binary = 0;",
      "Mesh.ElementOrder = \(options.order);", "Mesh.SecondOrderLinear = 0;",
      "Mesh.HighOrderOptimize = \(attempt.isOptimized ? 1 : 0);",
      "Mesh.MeshSizeFromCurvature = \(attempt.elementsPerTurn);",
      "Geometry.OCCUnionUnify = \(attempt.joinsFaces ? 1 : 0);",
      "Mesh.MeshSizeMax = \(scale.scaled(options.size));", "Mesh.MeshSizeFromPoints = 0;",
    ]
  }

  // MARK: Shapes

  /// Adds a shape; returns the name of the list of its entities.
  private mutating func add(_ shape: Shape) -> String {
    counter += 1
    let list = "s\(counter)"
    switch shape.form {
    case .union(let shapes): unite(shapes, into: list)
    case .intersection(let shapes): intersect(shapes, into: list)
    case .difference(let shapes): subtract(shapes, into: list)
    case .polygon(let vertices): addPolygon(vertices, list)
    default:
      let number = "e\(counter)"
      lines.append("\(number) = \(dimension == 2 ? "news" : "newv");")
      lines.append(command(shape.form, number))
      if case .ellipse(let center, let semiAxes, let angle) = shape.form {
        // Gmsh wants the longer semi-axis first.
        let turn = semiAxes[0] >= semiAxes[1] ? angle : angle + .pi / 2
        let middle = scale.scaled(center)
        lines.append(
          "Rotate {{0, 0, 1}, {\(middle[0]), \(middle[1]), 0}, \(turn)} { Surface{\(number)}; }")
      }
      lines.append("\(list)() = {\(number)};")
    }
    return list
  }

  private func command(_ form: Shape.Form, _ number: String) -> String {
    func numbers(_ values: [Double]) -> String { values.map { "\($0)" }.joined(separator: ", ") }
    func inSpace(_ point: [Double]) -> [Double] {
      let point = scale.scaled(point)
      return point + [Double](repeating: 0, count: 3 - point.count)
    }
    switch form {
    case .box(let lower, let upper):
      let sides = zip(scale.scaled(lower), scale.scaled(upper)).map { $1 - $0 }
      return "\(dimension == 2 ? "Rectangle" : "Box")(\(number)) = {\(numbers(inSpace(lower) + sides))};"
    case .ball(let center, let radius):
      let kind = dimension == 2 ? "Disk" : "Sphere"
      return "\(kind)(\(number)) = {\(numbers(inSpace(center) + [scale.scaled(radius)]))};"
    case .ellipse(let center, let semiAxes, _):
      let axes = semiAxes.map { scale.scaled($0) }.sorted(by: >)
      return "Disk(\(number)) = {\(numbers(inSpace(center) + axes))};"
    case .cylinder(let start, let end, let radius):
      let axis = zip(start, end).map { scale.scaled($1 - $0) }
      return "Cylinder(\(number)) = {\(numbers(inSpace(start) + axis + [scale.scaled(radius)]))};"
    case .polygon, .union, .intersection, .difference: preconditionFailure("GmshScript: \(form)")
    }
  }

  private mutating func addPolygon(_ vertices: [[Double]], _ list: String) {
    let id = counter
    for (index, vertex) in vertices.enumerated() {
      let point = scale.scaled(vertex)
      lines.append("p\(id)_\(index) = newp; Point(p\(id)_\(index)) = {\(point[0]), \(point[1]), 0};")
    }
    for index in vertices.indices {
      let next = (index + 1) % vertices.count
      lines.append("c\(id)_\(index) = newc; Line(c\(id)_\(index)) = {p\(id)_\(index), p\(id)_\(next)};")
    }
    let curves = vertices.indices.map { "c\(id)_\($0)" }.joined(separator: ", ")
    lines.append("l\(id) = newll; Curve Loop(l\(id)) = {\(curves)};")
    lines.append("e\(id) = news; Plane Surface(e\(id)) = {l\(id)}; \(list)() = {e\(id)};")
  }

  /// Joins all operands at once: the kernel masters that better than one after the other.
  private mutating func unite(_ shapes: [Shape], into list: String) {
    let operands = flattened(shapes).map { add($0) + "()" }
    lines += [
      "\(list)() = {\(operands.joined(separator: ", "))};",
      "If (#\(list)() > 1)",
      "  t() = BooleanUnion{ \(entity){\(list)(0)}; Delete; }"
        + "{ \(entity){\(list)({1:#\(list)()-1})}; Delete; };",
      "  \(list)() = {t()};", "EndIf",
    ]
  }

  private func flattened(_ shapes: [Shape]) -> [Shape] {
    shapes.flatMap { shape -> [Shape] in
      if case .union(let inner) = shape.form { return flattened(inner) }
      return [shape]
    }
  }

  /// Takes the others from the first operand; nothing is done in Gmsh where one side is empty.
  private mutating func subtract(_ shapes: [Shape], into list: String) {
    let operands = [add(shapes[0])] + flattened(Array(shapes.dropFirst())).map { add($0) }
    let others = operands.dropFirst().map { $0 + "()" }.joined(separator: ", ")
    lines += [
      "\(list)() = {\(operands[0])()}; o() = {\(others)};",
      "If (#\(list)() > 0 && #o() > 0)",
      "  t() = BooleanDifference{ \(entity){\(list)()}; Delete; }{ \(entity){o()}; Delete; };",
      "  \(list)() = {t()};", "ElseIf (#o() > 0)", "  Recursive Delete { \(entity){o()}; }", "EndIf",
    ]
  }

  private mutating func intersect(_ shapes: [Shape], into list: String) {
    let operands = shapes.map { add($0) }
    lines.append("\(list)() = {\(operands[0])()};")
    for operand in operands.dropFirst() {
      lines += [
        "If (#\(list)() > 0 && #\(operand)() > 0)",
        "  t() = BooleanIntersection{ \(entity){\(list)()}; Delete; }{ \(entity){\(operand)()}; Delete; };",
        "  \(list)() = {t()};", "Else",
        "  Recursive Delete { \(entity){\(list)(), \(operand)()}; } \(list)() = {};", "EndIf",
      ]
    }
  }

  // MARK: Sizes

  private mutating func addSizes(_ options: MeshingOptions, sizeFile: String?) {
    var fields: [Int] = []
    if let sizeFile {
      fields.append(1)
      lines.append("Field[1] = Structured; Field[1].FileName = \"\(sizeFile)\"; Field[1].TextFormat = 0;")
    }
    for (index, grading) in options.gradings.enumerated() {
      let field = index + 2
      let (size, radius) = (scale.scaled(options.size), scale.scaled(grading.radius))
      let smallest = radius * power(size / radius, grading.exponent)
      let squares = zip(["x", "y", "z"], scale.scaled(grading.point)).map { "(\($0)-(\(decimal($1))))^2" }
      let distance = "(\(squares.joined(separator: "+")))/\(decimal(radius * radius))"
      let exponent = 0.5 * (1 - 1 / grading.exponent)
      fields.append(field)
      lines.append(
        "Field[\(field)] = MathEval; Field[\(field)].F = "
          + "\"\(decimal(smallest))+\(decimal(size))*(\(distance))^\(decimal(exponent))\";")
    }
    guard !fields.isEmpty else { return }
    let least = options.gradings.count + 2
    lines.append("Field[\(least)] = Min; Field[\(least)].FieldsList = {\(list(fields))};")
    lines.append("Background Field = \(least); Mesh.MeshSizeExtendFromBoundary = 0;")
  }

  private func list(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: ", ") }
}
