import Arrays

/// Draws points on the boundary of a region.
struct BoundarySampler {
  /// A rule for points: conditions, or the primitives that have a name.
  private enum Filter {
    case conditions([(condition: BoundaryPart.Condition, scale: Double)])
    case primitives([Bool])
  }
  private static let limit = 1_000_000

  private let shape: Shape
  private let primitives: [Primitive]
  private let pieces: [(piece: SurfacePiece, primitive: Int)]
  /// The sums of the pieces' bounds up to and with each.
  private let sums: [Double]
  private let extent: Double
  /// How far a point may be from a primitive's boundary that it lies on.
  private let tolerance: Double
  private let stream: RandomStream
  private var wanted: Filter?
  private var unwanted: [Filter] = []

  init(_ region: Region, _ selection: BoundarySelection, _ stream: RandomStream) throws(GeometryError) {
    shape = region.shape
    try shape.validate()
    primitives = shape.primitives
    var pieces: [(piece: SurfacePiece, primitive: Int)] = []
    for (number, primitive) in primitives.enumerated() {
      for piece in SurfacePiece.pieces(of: primitive.shape) { pieces.append((piece, number)) }
    }
    self.pieces = pieces
    var sum = 0.0
    sums = pieces.map {
      sum += $0.piece.bound
      return sum
    }
    let box = shape.boundingBox
    extent = zip(box.lower, box.upper).reduce(0) { max($0, $1.1 - $1.0) }
    tolerance = 1e-12 * extent + 16 * (box.lower + box.upper).reduce(0) { max($0, abs($1)) }.ulp
    self.stream = stream
    // Both before either is set: the scales of conditions are those of the whole boundary.
    let first = try selection.part.map { name throws(GeometryError) in try filter(name, region) }
    var others: [Filter] = []
    for name in selection.excluded { others.append(try filter(name, region)) }
    (wanted, unwanted) = (first, others)
  }

  private func filter(_ name: String, _ region: Region) throws(GeometryError) -> Filter {
    if let part = region.parts.first(where: { $0.name == name }) {
      return .conditions(part.conditions.map { ($0, scale(of: $0)) })
    }
    let isNamed = primitives.map { $0.names.contains(name) }
    guard isNamed.contains(true) else {
      var known = region.parts.map(\.name)
      known += shape.names.filter { !known.contains($0) }
      throw .unknownPart(name: name, known: known)
    }
    return .primitives(isNamed)
  }

  /// The largest size of a condition's function on some points of the boundary, which tolerances are in proportion to.
  private func scale(of condition: BoundaryPart.Condition) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * shape.dimension) { scratch in
      let point = scratch.baseAddress!
      return (0..<256).reduce(0) { largest, trial in
        guard draw(trial, into: point, normal: point + shape.dimension) else { return largest }
        let value = condition.function(point)
        return value.isFinite ? max(largest, abs(value)) : largest
      }
    }
  }

  /// Writes a point of the selection and its normal.
  ///
  /// - Returns: whether there was one.
  func draw(
    _ point: Int, into target: UnsafeMutablePointer<Double>, normal: UnsafeMutablePointer<Double>
  ) -> Bool {
    var numbers = RandomNumbers(stream, of: point)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * shape.dimension) { scratch in
      for _ in 0..<Self.limit {
        let (piece, primitive) = pieces[index(at: numbers.uniform() * sums[sums.count - 1])]
        guard piece.draw(&numbers, target, normal) else { continue }
        if isSelected(target, primitive), turnsOutward(target, normal, scratch.baseAddress!),
          owner(of: target, scratch.baseAddress!) == primitive
        {
          return true
        }
      }
      return false
    }
  }

  /// The piece whose share of the sum of bounds holds a number.
  private func index(at number: Double) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func isSelected(_ point: UnsafePointer<Double>, _ primitive: Int) -> Bool {
    func passes(_ filter: Filter) -> Bool {
      switch filter {
      case .primitives(let isNamed): isNamed[primitive]
      case .conditions(let conditions):
        conditions.allSatisfy { $0.condition.holds($0.condition.function(point), scale: $0.scale) }
      }
    }
    return (wanted.map(passes) ?? true) && !unwanted.contains(where: passes)
  }

  /// Turns the normal out of the shape; `false` where its boundary is not.
  private func turnsOutward(
    _ point: UnsafePointer<Double>, _ normal: UnsafeMutablePointer<Double>,
    _ scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    let dimension = shape.dimension
    func isInside(_ step: Double) -> Bool {
      for axis in 0..<dimension { scratch[axis] = point[axis] + step * normal[axis] }
      return shape.signedDistance(scratch, scratch + dimension) < 0
    }
    let (before, after) = (isInside(-1e-7 * extent), isInside(1e-7 * extent))
    if after { for axis in 0..<dimension { normal[axis] = 0 - normal[axis] } }
    return before != after
  }

  /// The primitive that a point of several boundaries belongs to: the first with a name, else the first.
  private func owner(of point: UnsafePointer<Double>, _ scratch: UnsafeMutablePointer<Double>) -> Int? {
    var first: Int?
    for (number, primitive) in primitives.enumerated() {
      guard abs(primitive.nearestBoundaryPoint(to: point, into: scratch)) <= tolerance else { continue }
      if !primitive.names.isEmpty { return number }
      first = first ?? number
    }
    return first
  }
}
