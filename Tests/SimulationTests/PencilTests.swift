import Arrays
import Spectral
import TestSupport
import Testing

@Suite("Pencils")
struct PencilTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var points: [Int]
    var kept: [Int]
    /// Functions of the first and the second input along every axis.
    var first: [AxisFunctions]
    var second: [AxisFunctions]
    var testDescription: String {
      "\(points) keeping \(kept): \(first.map(\.rawValue)), \(second.map(\.rawValue))"
    }

    /// In storage order: bounded axes first.
    var layout: PencilLayout {
      PencilLayout(
        axes: points.indices.map {
          .init(
            points: points[$0], kept: kept[$0], lower: 0.3 * Double($0), length: 1.5 + Double($0),
            isPeriodic: first[$0] == .fourier, userIndex: $0)
        })
    }

    /// The functions of the product of the two inputs.
    var product: [AxisFunctions] {
      zip(first, second).map { a, b in
        a == .fourier
          ? .fourier
          : AxisFunctions(
            oddAtLower: a.isOddAtLower != b.isOddAtLower, oddAtUpper: a.isOddAtUpper != b.isOddAtUpper)
      }
    }
  }

  /// All pairs of functions an axis may have, and sizes that are odd, even, prime, and barely enough.
  static let cases: [Case] = {
    let bounded: [AxisFunctions] = [.sine, .cosine, .sineCosine, .cosineSine]
    var cases: [Case] = []
    for (points, kept) in [(8, 3), (9, 4), (9, 2), (16, 5), (4, 1), (5, 0), (64, 21)] {
      cases.append(Case(points: [points], kept: [kept], first: [.fourier], second: [.fourier]))
      for (n, a) in bounded.enumerated() {
        let b = bounded[(n + points) % 4]
        cases.append(Case(points: [points], kept: [min(points - 1, 2 * kept)], first: [a], second: [b]))
      }
    }
    for (points, kept) in [
      ([6, 8], [2, 3]), ([7, 5], [3, 1]), ([13, 12], [4, 4]), ([40, 24], [6, 7]),
    ] {
      cases.append(
        Case(points: points, kept: kept, first: [.fourier, .fourier], second: [.fourier, .fourier]))
      for a in bounded {
        for b in bounded {
          cases.append(Case(points: points, kept: kept, first: [a, .fourier], second: [b, .fourier]))
        }
        let (b, c) = (bounded.member(after: a), bounded.member(after: a, by: 2))
        cases.append(Case(points: points, kept: kept, first: [a, b], second: [b, c]))
        cases.append(Case(points: points, kept: kept, first: [a, c], second: [a, a]))
      }
    }
    for (points, kept) in [([6, 4, 5], [2, 1, 2]), ([5, 6, 8], [2, 2, 3]), ([4, 7, 6], [1, 3, 2])] {
      let f = AxisFunctions.fourier
      cases.append(Case(points: points, kept: kept, first: [f, f, f], second: [f, f, f]))
      for a in bounded {
        let (b, c) = (bounded.member(after: a), bounded.member(after: a, by: 2))
        cases.append(Case(points: points, kept: kept, first: [a, f, f], second: [b, f, f]))
        cases.append(Case(points: points, kept: kept, first: [a, b, f], second: [c, a, f]))
        cases.append(Case(points: points, kept: kept, first: [a, b, c], second: [b, b, a]))
      }
    }
    return cases
  }()

  /// Two inputs a and 2b − a/2 (where they are alike), three products: the product, its square's remainder
  /// a² b, and the second input alone.
  private func evaluator(_ item: Case, workers: Workers?) -> PencilEvaluator {
    let layout = item.layout
    var program = PointProgram(inputCount: 2, statics: [], scalarCount: 1)
    let t = program.firstTemporary
    program.append(.multiply, t, .register(0), .register(1))
    program.append(.multiply, t + 1, .register(0), .register(t))
    program.append(.multiply, t + 1, .scalar(0), .register(t + 1))
    program.append(.copy, t + 2, .register(1))
    program.temporaryCount = 3
    program.outputs = [t, t + 1, t + 2]
    let isAlike = item.first == item.second
    let table = Multiplier.tabulated(modes: layout.modes) { (1 + Double($0 % 7), 0) }
    var second: [(component: Int, multiplier: Multiplier)] = [(1, .scale(2))]
    if isAlike { second.append((0, .scale(-0.5))) }
    return PencilEvaluator(
      layout: layout,
      inputs: [
        .init(functions: item.first, sources: [(0, .scale(1))]),
        .init(functions: item.second, sources: second),
      ],
      products: [
        .init(functions: item.product, targets: [(0, .scale(1)), (1, table ?? .scale(0))]),
        .init(functions: item.second, targets: [(1, .scale(1))]),
        .init(functions: item.second, targets: [(2, .scale(-3))]),
      ], program: program, outputComponents: 3, workers: workers)
  }

  private func run(_ item: Case, workers: Workers?) -> (result: [Double], grids: [[Double]]) {
    let laws = PencilLaws(item.layout)
    let evaluator = evaluator(item, workers: workers)
    let a = laws.coefficients(item.first, purpose: "a")
    let b = laws.coefficients(item.second, purpose: "b")
    // Results are overwritten whatever they were.
    var result = Array(repeating: Double.nan, count: 3 * item.layout.length)
    let grids = (0..<3).map { _ in AlignedStorage<Double>(count: item.layout.gridPoints) }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return }
        for _ in 0..<2 { evaluator.evaluate([first, second], into: &result, scalars: [0.5]) }
        evaluator.sample([first, second], into: grids.map(\.baseAddress), scalars: [0.5])
        evaluator.evaluate([first, second], into: &result, scalars: [0.5])
      }
    }
    return (result, grids.map { Array($0.buffer) })
  }

  @Test("Products are what plain sums over modes and points give", arguments: cases)
  func againstPlainSums(_ item: Case) {
    let layout = item.layout
    let laws = PencilLaws(layout)
    let a = laws.coefficients(item.first, purpose: "a")
    var b = laws.coefficients(item.second, purpose: "b")
    for index in b.indices { b[index] = 2 * b[index] - (item.first == item.second ? 0.5 * a[index] : 0) }
    let (x, y) = (laws.values(a, item.first), laws.values(b, item.second))
    let product = zip(x, y).map { $0 * $1 }
    let square = zip(x, product).map { 0.5 * $0 * $1 }
    let one = laws.analysis(product, item.product)
    let two = laws.analysis(square, item.second)
    let table = one.indices.map { (1 + Double($0 / layout.width % layout.modes % 7)) * one[$0] }
    let exact = one + zip(table, two).map { $0 + $1 } + laws.analysis(y, item.second).map { -3 * $0 }
    let found = run(item, workers: nil)
    #expect(relativeDistance(found.result, exact) < 1e-13)
    for (grid, values) in zip(found.grids, [product, square, y]) {
      #expect(relativeDistance(grid, values) < 1e-13)
    }
    // What is kept of a function that was in the space is the function.
    let linear = found.result[(2 * layout.length)...].map { $0 / -3 }
    #expect(relativeDistance(linear, b) < 1e-13)
  }

  @Test("Workers change no bit", arguments: cases, 2...3)
  func workers(_ item: Case, count: Int) {
    let serial = run(item, workers: nil)
    let parallel = run(item, workers: Workers(count: count))
    #expect(serial.result.map(\.bitPattern) == parallel.result.map(\.bitPattern))
    #expect(serial.grids == parallel.grids)
  }

  @Test("Workers change no bit where there are many blocks")
  func manyBlocks() {
    let f = AxisFunctions.fourier
    let item = Case(points: [200, 162], kept: [60, 50], first: [f, f], second: [f, f])
    let space = Case(
      points: [20, 24, 30], kept: [9, 7, 8], first: [.sine, f, f], second: [.cosine, f, f])
    for item in [item, space] {
      let serial = run(item, workers: nil)
      let parallel = run(item, workers: Workers(count: 2))
      #expect(serial.result.map(\.bitPattern) == parallel.result.map(\.bitPattern))
      #expect(serial.grids == parallel.grids)
    }
  }
}

extension [AxisFunctions] {
  /// Another member, some places further.
  fileprivate func member(after element: AxisFunctions, by distance: Int = 1) -> AxisFunctions {
    self[((firstIndex(of: element) ?? 0) + distance) % count]
  }
}
