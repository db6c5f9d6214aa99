package import Arrays
package import Equations
package import Spectral

/// A compiled list of pointwise expressions and the numbers it needs at a time.
package struct CompiledProgram: Sendable {
  package var program: PointProgram
  /// The scalars: constants and expressions of `t`.
  package var scalars: [ScalarExpression]
  /// Whether any result depends on time beyond what its inputs do.
  package var isTimeDependent: Bool

  /// Writes the scalars' values at a time.
  ///
  /// Allocates nothing.
  package func evaluateScalars(time: Double, into numbers: UnsafeMutablePointer<Double>) {
    for index in scalars.indices { numbers[index] = scalars[index].value(time: time) }
  }
}

/// Turns expressions into straight-line code over blocks of grid points.
///
/// What depends on neither inputs nor space becomes a scalar, what depends on space alone becomes an array
/// that is filled once, equal subexpressions are computed once, and products are fused into the sums around
/// them. Temporaries are reused as soon as their value is no longer needed.
package struct ProgramCompiler {
  /// Gives the values on the grid of an expression that depends on space alone.
  package typealias GridValues = (Expression) throws -> AlignedStorage<Double>

  /// Names that vary in space: coordinates and coefficient fields.
  private let spatialNames: Set<String>
  private let inputCount: Int
  private let overwritesInputs: Bool
  private let gridValues: GridValues

  private enum Value: Hashable {
    case input(Int)
    case constant(Int)
    case scalar(Int)
    case temporary(Int)
  }

  private struct Step {
    var operation: PointProgram.Operation
    var operands: [Value]
  }

  private struct Dependence {
    var onInputs = false
    var onSpace = false
  }

  private var known: [Expression: Value] = [:]
  private var statics: [AlignedStorage<Double>] = []
  private var scalars: [ScalarExpression] = []
  private var steps: [Step] = []
  private var isTimeDependent = false

  private init(
    inputCount: Int, spatialNames: Set<String>, overwritesInputs: Bool, gridValues: @escaping GridValues
  ) {
    self.inputCount = inputCount
    self.overwritesInputs = overwritesInputs
    self.spatialNames = spatialNames
    self.gridValues = gridValues
  }

  /// Compiles one product per expression.
  ///
  /// - Parameters:
  ///   - spatialNames: symbols that vary in space.
  ///   - overwritesInputs: whether the registers of inputs may be used again once they have been read.
  ///   - gridValues: evaluates what depends on space alone.
  package static func compile(
    _ expressions: [Expression], inputCount: Int, spatialNames: Set<String>, overwritesInputs: Bool = false,
    gridValues: @escaping GridValues
  ) throws -> CompiledProgram {
    var compiler = ProgramCompiler(
      inputCount: inputCount, spatialNames: spatialNames, overwritesInputs: overwritesInputs,
      gridValues: gridValues)
    let results = try expressions.map { try compiler.value(of: $0) }
    return compiler.assemble(results)
  }

  // MARK: Expressions to steps

  private mutating func value(of expression: Expression) throws -> Value {
    if let value = known[expression] { return value }
    let dependence = dependence(of: expression)
    let value: Value
    if !dependence.onInputs && !dependence.onSpace {
      value = try scalar(expression)
    } else if !dependence.onInputs && !expression.mentions("t") {
      statics.append(try gridValues(expression))
      value = .constant(statics.count - 1)
    } else {
      value = try emit(expression)
    }
    known[expression] = value
    return value
  }

  private mutating func scalar(_ expression: Expression) throws -> Value {
    let compiled = try ScalarExpression(expression)
    if compiled.dependsOnTime { isTimeDependent = true }
    if let index = scalars.firstIndex(of: compiled) { return .scalar(index) }
    scalars.append(compiled)
    return .scalar(scalars.count - 1)
  }

  private mutating func step(_ operation: PointProgram.Operation, _ operands: Value...) -> Value {
    steps.append(Step(operation: operation, operands: operands))
    return .temporary(steps.count - 1)
  }

  private mutating func emit(_ expression: Expression) throws -> Value {
    switch expression {
    case .input(let number): return .input(number)
    case .sum(let terms): return try emitSum(terms)
    case .product(let factors): return try emitProduct(factors)
    case .power(let base, let exponent): return try emitPower(base, exponent)
    case .call(let function, let arguments): return try emitCall(function, arguments)
    case .comparison(let comparison, let left, let right):
      let (a, b) = (try value(of: left), try value(of: right))
      return switch comparison {
      case .less: step(.less, a, b)
      case .lessOrEqual: step(.lessOrEqual, a, b)
      case .greater: step(.less, b, a)
      case .greaterOrEqual: step(.lessOrEqual, b, a)
      }
    case .conditional(let condition, let then, let otherwise):
      return step(
        .select, try value(of: condition), try value(of: then), try value(of: otherwise))
    case .number, .imaginaryUnit, .symbol, .derivative, .vectorOperator, .vector:
      throw SimulationError.notEvaluable("\(expression)")
    }
  }

  /// `Σ cᵢ aᵢ` as fused multiply-adds.
  private mutating func emitSum(_ terms: [Expression]) throws -> Value {
    // What varies least goes first: one scalar and one static array for the whole constant part.
    let fixed = terms.filter { !dependence(of: $0).onInputs }
    let moving = terms.filter { dependence(of: $0).onInputs }
    var sum: Value?
    let isMixed = !moving.isEmpty && !fixed.isEmpty
    if isMixed { sum = try value(of: fixed.count == 1 ? fixed[0] : .sum(fixed)) }
    for term in moving.isEmpty ? fixed : moving {
      let (factor, rest) = Self.splitSign(term)
      guard let current = sum else {
        sum = try value(of: term)
        continue
      }
      if factor == -1 {
        sum = step(.subtract, current, try value(of: rest))
      } else if case .product(let factors) = term, factors.count > 1 {
        let first = try value(of: factors[0])
        let others = Array(factors.dropFirst())
        let second = try value(of: others.count == 1 ? others[0] : .product(others))
        sum = step(.multiplyAdd, first, second, current)
      } else {
        sum = step(.add, current, try value(of: term))
      }
    }
    return sum!
  }

  private static func splitSign(_ term: Expression) -> (Double, Expression) {
    if case .product(let factors) = term, factors.first == .number(-1) {
      let rest = Array(factors.dropFirst())
      return (-1, rest.count == 1 ? rest[0] : .product(rest))
    }
    return (1, term)
  }

  private mutating func emitProduct(_ factors: [Expression]) throws -> Value {
    let (sign, rest) = Self.splitSign(.product(factors))
    if sign == -1 {
      let inner = try value(of: rest)
      return step(.negate, inner)
    }
    // Scalars first, then static arrays, so that they are folded before the moving factors.
    let scalarPart = factors.filter { !dependence(of: $0).onInputs && !dependence(of: $0).onSpace }
    let spatialPart = factors.filter { !dependence(of: $0).onInputs && dependence(of: $0).onSpace }
    let moving = factors.filter { dependence(of: $0).onInputs }
    var values: [Value] = []
    for part in [scalarPart, spatialPart] where !part.isEmpty {
      let isWhole = part.count == factors.count
      if isWhole {
        values += try part.map { try value(of: $0) }
      } else {
        values.append(try value(of: part.count == 1 ? part[0] : .product(part)))
      }
    }
    values += try moving.map { try value(of: $0) }
    // Scalars are cheapest when they meet one vector only.
    var product = values.removeLast()
    for value in values.reversed() { product = step(.multiply, value, product) }
    return product
  }

  private mutating func emitPower(_ base: Expression, _ exponent: Expression) throws -> Value {
    let a = try value(of: base)
    if case .number(let power) = exponent {
      if power == 0.5 { return step(.sqrt, a) }
      if power == power.rounded(), abs(power) <= 64, power != 0 {
        let positive = integerPower(a, Int(abs(power)))
        if power > 0 { return positive }
        let one = try value(of: .number(1))
        return step(.divide, one, positive)
      }
    }
    return step(.power, a, try value(of: exponent))
  }

  private mutating func integerPower(_ base: Value, _ power: Int) -> Value {
    if power == 1 { return base }
    let half = integerPower(base, power / 2)
    let square = step(.multiply, half, half)
    return power % 2 == 0 ? square : step(.multiply, square, base)
  }

  private mutating func emitCall(_ function: Function, _ arguments: [Expression]) throws -> Value {
    guard let operation = function.pointOperation else {
      throw SimulationError.notEvaluable("\(Expression.call(function, arguments))")
    }
    let values = try arguments.map { try value(of: $0) }
    return values.count == 2 ? step(operation, values[0], values[1]) : step(operation, values[0])
  }

  private func dependence(of expression: Expression) -> Dependence {
    var result = Dependence()
    expression.forEachLeaf { leaf in
      switch leaf {
      case .input: result.onInputs = true
      case .symbol(let name) where spatialNames.contains(name): result.onSpace = true
      default: break
      }
    }
    return result
  }

  // MARK: Steps to registers

  private mutating func assemble(_ results: [Value]) -> CompiledProgram {
    // Every product needs a register of its own, since the forward transform destroys it.
    var outputs: [Int] = []
    var taken: Set<Int> = []
    for result in results {
      if case .temporary(let number) = result, taken.insert(number).inserted {
        outputs.append(number)
      } else {
        steps.append(Step(operation: .copy, operands: [result]))
        outputs.append(steps.count - 1)
        taken.insert(steps.count - 1)
      }
    }
    if scalars.isEmpty { scalars.append(.zero) }
    var program = PointProgram(inputCount: inputCount, statics: statics, scalarCount: scalars.count)
    var lastUse: [Value: Int] = [:]
    for (index, step) in steps.enumerated() {
      for operand in step.operands { lastUse[operand] = index }
    }
    for output in outputs { lastUse[.temporary(output)] = .max }
    var register = Array(repeating: -1, count: steps.count)
    func place(_ value: Value) -> PointProgram.Operand {
      switch value {
      case .input(let number): .register(number)
      case .constant(let number): .register(inputCount + number)
      case .scalar(let number): .scalar(number)
      case .temporary(let number): .register(register[number])
      }
    }
    var free: [Int] = []
    var used = 0
    for (index, step) in steps.enumerated() {
      // The kernels read operand j before they write result j, so a dying operand's register can be reused.
      for operand in Set(step.operands) where lastUse[operand] == index {
        switch operand {
        case .input(let number): if overwritesInputs { free.append(number) }
        case .temporary(let number): free.append(register[number])
        case .constant, .scalar: break
        }
      }
      free.sort(by: >)
      let operands = step.operands.map(place)
      if let reused = free.popLast() {
        register[index] = reused
      } else {
        register[index] = program.firstTemporary + used
        used += 1
      }
      if lastUse[.temporary(index)] == nil { lastUse[.temporary(index)] = index }
      if step.operation == .copy, operands == [.register(register[index])] { continue }
      program.append(
        step.operation, register[index], operands[0], operands.count > 1 ? operands[1] : .scalar(0),
        operands.count > 2 ? operands[2] : .scalar(0))
    }
    program.temporaryCount = used
    program.outputs = outputs.map { register[$0] }
    return CompiledProgram(program: program, scalars: scalars, isTimeDependent: isTimeDependent)
  }
}

extension Function {
  /// The kernel operation; `nil` for functions of complex numbers, which are expanded before.
  fileprivate var pointOperation: PointProgram.Operation? {
    switch self {
    case .sin: .sin
    case .cos: .cos
    case .tan: .tan
    case .asin: .asin
    case .acos: .acos
    case .atan: .atan
    case .sinh: .sinh
    case .cosh: .cosh
    case .tanh: .tanh
    case .asinh: .asinh
    case .acosh: .acosh
    case .atanh: .atanh
    case .exp: .exp
    case .log: .log
    case .sqrt: .sqrt
    case .abs: .abs
    case .sign: .sign
    case .floor: .floor
    case .erf: .erf
    case .erfc: .erfc
    case .min: .min
    case .max: .max
    case .atan2: .atan2
    case .besselj0: .besselj0
    case .besselj1: .besselj1
    case .re, .im, .conj, .mean, .integral: nil
    }
  }
}
