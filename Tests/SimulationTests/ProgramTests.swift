import Arrays
import Equations
import Foundation
import Simulation
import Spectral
import Testing

/// Numbers that look random and never change.
private func numbers(_ count: Int, _ purpose: String, in range: ClosedRange<Double> = -1...1) -> [Double] {
  let stream = RandomStream(seed: 1, purpose: purpose)
  return (0..<count).map {
    range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniforms(at: UInt64($0)).x
  }
}

@Suite("Pointwise programs")
struct ProgramTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var operation: PointProgram.Operation
    var operands: Int
    var range: ClosedRange<Double> = -2...2
    var function: @Sendable (Double, Double, Double) -> Double
    var testDescription: String { "\(operation)" }
  }

  static let cases: [Case] = [
    Case(operation: .add, operands: 2) { x, y, _ in x + y },
    Case(operation: .subtract, operands: 2) { x, y, _ in x - y },
    Case(operation: .multiply, operands: 2) { x, y, _ in x * y },
    Case(operation: .divide, operands: 2) { x, y, _ in x / y },
    Case(operation: .power, operands: 2, range: 0.1...3) { x, y, _ in pow(x, y) },
    Case(operation: .min, operands: 2) { x, y, _ in Swift.min(x, y) },
    Case(operation: .max, operands: 2) { x, y, _ in Swift.max(x, y) },
    Case(operation: .atan2, operands: 2) { x, y, _ in Foundation.atan2(x, y) },
    Case(operation: .less, operands: 2) { x, y, _ in x < y ? 1 : 0 },
    Case(operation: .lessOrEqual, operands: 2) { x, y, _ in x <= y ? 1 : 0 },
    Case(operation: .multiplyAdd, operands: 3) { x, y, z in x * y + z },
    Case(operation: .select, operands: 3) { x, y, z in x != 0 ? y : z },
    Case(operation: .negate, operands: 1) { x, _, _ in -x },
    Case(operation: .sqrt, operands: 1, range: 0...9) { x, _, _ in x.squareRoot() },
    Case(operation: .abs, operands: 1) { x, _, _ in Swift.abs(x) },
    Case(operation: .sign, operands: 1) { x, _, _ in x > 0 ? 1 : x < 0 ? -1 : 0 },
    Case(operation: .floor, operands: 1, range: -9...9) { x, _, _ in x.rounded(.down) },
    Case(operation: .sin, operands: 1, range: -90...90) { x, _, _ in Foundation.sin(x) },
    Case(operation: .cos, operands: 1, range: -90...90) { x, _, _ in Foundation.cos(x) },
    Case(operation: .tan, operands: 1) { x, _, _ in Foundation.tan(x) },
    Case(operation: .asin, operands: 1, range: -1...1) { x, _, _ in Foundation.asin(x) },
    Case(operation: .acos, operands: 1, range: -1...1) { x, _, _ in Foundation.acos(x) },
    Case(operation: .atan, operands: 1) { x, _, _ in Foundation.atan(x) },
    Case(operation: .sinh, operands: 1) { x, _, _ in Foundation.sinh(x) },
    Case(operation: .cosh, operands: 1) { x, _, _ in Foundation.cosh(x) },
    Case(operation: .tanh, operands: 1) { x, _, _ in Foundation.tanh(x) },
    Case(operation: .asinh, operands: 1) { x, _, _ in Foundation.asinh(x) },
    Case(operation: .acosh, operands: 1, range: 1...9) { x, _, _ in Foundation.acosh(x) },
    Case(operation: .atanh, operands: 1, range: -0.99...0.99) { x, _, _ in Foundation.atanh(x) },
    Case(operation: .exp, operands: 1, range: -30...30) { x, _, _ in Foundation.exp(x) },
    Case(operation: .log, operands: 1, range: 1e-9...9) { x, _, _ in Foundation.log(x) },
    Case(operation: .erf, operands: 1) { x, _, _ in Foundation.erf(x) },
    Case(operation: .erfc, operands: 1) { x, _, _ in Foundation.erfc(x) },
    Case(operation: .besselj0, operands: 1, range: 0...20) { x, _, _ in j0(x) },
    Case(operation: .besselj1, operands: 1, range: 0...20) { x, _, _ in j1(x) },
    Case(operation: .copy, operands: 1) { x, _, _ in x },
  ]

  @Test("Every operation has a row in the next test")
  func everyOperation() {
    #expect(Set(Self.cases.map(\.operation)) == Set(PointProgram.Operation.allCases))
  }

  @Test("Operations are the functions they are named for, whatever the operands are", arguments: cases)
  func operations(_ item: Case) {
    for count in [1, 2, 3, 7, 8, 9, 31, 64, 101] {
      let values = (0..<3).map { numbers(count, "operand\($0)", in: item.range) }
      let constants = (0..<3).map { numbers(1, "scalar\($0)", in: item.range)[0] }
      for scalars in 0..<(1 << item.operands) {
        // The result goes to a fresh register, or over an operand.
        for destination in [3] + (0..<item.operands) {
          var program = PointProgram(inputCount: 3, statics: [], scalarCount: 3)
          program.temporaryCount = 1
          func operand(_ number: Int) -> PointProgram.Operand {
            scalars & (1 << number) != 0 ? .scalar(number) : .register(number)
          }
          program.append(item.operation, destination, operand(0), operand(1), operand(2))
          let registers = (0..<4).map { _ in AlignedStorage<Double>(count: count) }
          for (register, numbers) in zip(registers, values) {
            _ = register.buffer.update(fromContentsOf: numbers)
          }
          program.run(registers: registers.map(\.baseAddress), scalars: constants, count: count)
          for index in 0..<count {
            let x = (0..<3).map { scalars & (1 << $0) != 0 ? constants[$0] : values[$0][index] }
            let exact = item.function(x[0], x[1], x[2])
            let found = registers[destination].baseAddress[index]
            // Where a product and a sum are fused, or libm has another variant, a last place may differ.
            let size = Swift.max(Swift.abs(exact), Swift.abs(x[0] * x[1]), Swift.abs(x[2]))
            #expect(Swift.abs(found - exact) <= 4.5e-16 * (item.operands == 3 ? size : Swift.abs(exact)))
          }
        }
      }
    }
  }

  @Test(
    "Compiled expressions give what the expressions mean",
    arguments: [
      "a*b + 2*sin(a) - b^3/(1 + a^2)", "if(a > b, a*exp(-b), min(a, 0.3) + max(b, x))",
      "a^2*b - a*b^2 + a*b + 7", "-(a + b)", "-a*x*t + cos(t)*b", "a - b - x - t - 1", "sqrt(abs(a))*x^(-2)",
      "atan2(a, b) + tanh(a*b)^5 - sign(a)*floor(3*b)", "(a + b)^7*(a - b)", "exp(x)*sin(x) + t", "x", "a",
      "(a*b)*(a*b) + (a*b)", "1/(2 + a)", "if(a <= 0, 1, if(b >= 0, 2, 3))",
    ], [false, true])
  func compiler(text: String, overwritesInputs: Bool) throws {
    let count = 37
    let parsed = try ExpressionParser(axes: ["x"]).parse(text)
    let (a, b) = (numbers(count, "a"), numbers(count, "b"))
    let x = numbers(count, "x", in: 0.5...2)
    let time = 0.7
    let expression = parsed.replacingLeaves { leaf in
      leaf == .symbol("a") ? .input(0) : leaf == .symbol("b") ? .input(1) : leaf
    }
    let functions = GridFunctions(axes: [("x", x)])
    // Twice, so that results must not share a register.
    let compiled = try ProgramCompiler.compile(
      [expression, expression], inputCount: 2, spatialNames: ["x"], overwritesInputs: overwritesInputs
    ) { try functions.values(of: $0) }
    let scalars = AlignedStorage<Double>(count: compiled.scalars.count)
    compiled.evaluateScalars(time: time, into: scalars.baseAddress)
    let inputs = [a, b].map { values in
      let storage = AlignedStorage<Double>(count: count)
      _ = storage.buffer.update(fromContentsOf: values)
      return storage
    }
    let temporaries = (0..<compiled.program.temporaryCount).map { _ in AlignedStorage<Double>(count: count) }
    let storage = inputs + compiled.program.statics + temporaries
    defer { withExtendedLifetime(storage) {} }
    let registers = storage.map(\.baseAddress)
    compiled.program.run(registers: registers, scalars: scalars.baseAddress, count: count)
    #expect(Set(compiled.program.outputs).count == 2)
    let statics = 2..<compiled.program.firstTemporary
    #expect(
      compiled.program.outputs.allSatisfy { !statics.contains($0) && ($0 >= 2 || overwritesInputs) })
    for index in 0..<count {
      let numbers = parsed.replacingLeaves { leaf in
        switch leaf {
        case .symbol("a"): .number(a[index])
        case .symbol("b"): .number(b[index])
        case .symbol("x"): .number(x[index])
        default: leaf
        }
      }
      let exact = try ScalarExpression(numbers).value(time: time)
      for output in compiled.program.outputs {
        let found = registers[output][index]
        #expect(abs(found - exact) <= 1e-14 * max(1, abs(exact)), "\(text) at \(index)")
      }
      if !overwritesInputs { #expect(inputs[0].baseAddress[index] == a[index]) }
    }
  }
}

@Suite("Kernels on coefficients")
struct MultiplierTests {
  private static let kinds: [Multiplier.Kind] = [.scale, .real, .imaginary, .complex]

  private func multiplier(_ kind: Multiplier.Kind, modes: Int) -> Multiplier {
    let table = numbers(2 * modes, "table\(kind)")
    let made = Multiplier.tabulated(modes: modes) { mode in
      switch kind {
      case .scale: (1, 0)
      case .real: (table[mode], 0)
      case .imaginary: (0, table[mode])
      case .complex: (table[2 * mode], table[2 * mode + 1])
      }
    }
    return made?.scaled(by: 0.7) ?? .scale(0)
  }

  @Test("Multiplication by every kind of table, odd lengths, from any mode", arguments: kinds, [true, false])
  func multiply(kind: Multiplier.Kind, isComplex: Bool) {
    if !isComplex && (kind == .imaginary || kind == .complex) { return }
    let width = isComplex ? 2 : 1
    for (first, count) in [(0, 1), (0, 5), (3, 17), (1, 256), (7, 1021)] {
      let operator_ = multiplier(kind, modes: first + count)
      let source = numbers(width * count, "source")
      for accumulate in [false, true] {
        var result = numbers(width * count, "old")
        let old = result
        operator_.apply(
          to: source, into: &result, mode: first, count: count, isComplex: isComplex, scale: 3,
          accumulate: accumulate)
        for k in 0..<count {
          let value = operator_.value(at: first + k)
          let x = Complex(source[width * k], isComplex ? source[2 * k + 1] : 0)
          let product = 3 * (Complex(value.re, value.im) * x)
          #expect(abs(result[width * k] - (accumulate ? old[width * k] : 0) - product.re) < 2e-15)
          if isComplex {
            #expect(abs(result[2 * k + 1] - (accumulate ? old[2 * k + 1] : 0) - product.im) < 2e-15)
          }
        }
      }
    }
  }

  @Test(
    "Linear combinations of vectors, the target among them, with and without workers",
    arguments: [1, 2, 3], [true, false])
  func combine(components: Int, isPeriodic: Bool) {
    let axis = { (points: Int, kept: Int, number: Int) in
      PencilLayout.Axis(
        points: points, kept: kept, lower: 0, length: 1, isPeriodic: isPeriodic, userIndex: number)
    }
    let layout = PencilLayout(axes: [axis(128, 60, 0), axis(128, 53, 1)])
    let width = layout.width
    let workers = Workers(count: 2)
    var results: [[UInt64]] = []
    for pool in [nil, workers] {
      let vectors = (0..<3).map { number in
        let vector = StateVector(count: components * layout.length)
        _ = vector.buffer.update(fromContentsOf: numbers(vector.count, "vector\(number)"))
        return vector
      }
      let copies = vectors.map(\.elements)
      var blocks: [BlockMultiplier] = []
      for number in 0..<3 {
        var entries: [BlockMultiplier.Entry] = []
        for row in 0..<components {
          for column in 0..<components where number < 2 || row != column || components == 1 {
            let kinds = isPeriodic ? Self.kinds : [.scale, .real]
            let kind = kinds[(row + 2 * column + number) % kinds.count]
            entries.append(
              .init(row: row, column: column, multiplier: multiplier(kind, modes: layout.modes)))
          }
        }
        blocks.append(BlockMultiplier(entries))
      }
      let target = vectors[1]
      let combination = Combination(
        layout: layout, components: components, target: target, Array(zip(blocks, vectors)),
        workers: pool?.count ?? 1)
      combination.run(pool)
      var worst = 0.0
      for row in 0..<components {
        for mode in 0..<layout.modes {
          var exact = Complex.zero
          for (block, copy) in zip(blocks, copies) {
            for entry in block.entries where entry.row == row {
              let value = entry.multiplier.value(at: mode)
              let place = entry.column * layout.length + width * mode
              exact += Complex(value.re, value.im) * Complex(copy[place], width == 2 ? copy[place + 1] : 0)
            }
          }
          let place = row * layout.length + width * mode
          worst = max(worst, abs(target.baseAddress[place] - exact.re))
          if width == 2 { worst = max(worst, abs(target.baseAddress[place + 1] - exact.im)) }
        }
      }
      #expect(worst < 1e-14)
      results.append(target.elements.map(\.bitPattern))
    }
    #expect(results[0] == results[1])
  }

  @Test("Tables take the smallest form")
  func tabulated() {
    #expect(Multiplier.tabulated(modes: 4) { _ in (0, 0) } == nil)
    let forms: [(Multiplier.Kind, @Sendable (Int) -> (Double, Double))] = [
      (.scale, { _ in (2, 0) }), (.real, { (Double($0), 0) }), (.imaginary, { (0, Double($0)) }),
      (.imaginary, { _ in (0, 1) }), (.complex, { (1, Double($0)) }),
    ]
    for (kind, value) in forms {
      let made = Multiplier.tabulated(modes: 5, value)
      #expect(made?.kind == kind)
      for mode in 0..<5 {
        #expect(made.map { $0.value(at: mode).re } == value(mode).0)
        #expect(made.map { $0.scaled(by: 2).value(at: mode).im } == 2 * value(mode).1)
      }
    }
  }
}
