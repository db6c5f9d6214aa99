package import Arrays
import CKernels

/// Straight-line code that is run over blocks of grid points.
///
/// Registers are numbered: first the inputs, then the static arrays (functions of the grid, in storage
/// order), then temporaries. Scalars are numbers that may change from call to call, such as those that
/// depend on time.
package struct PointProgram: Sendable {
  /// An operand of an instruction.
  package enum Operand: Sendable, Hashable {
    case register(Int)
    case scalar(Int)

    internal var code: Int32 {
      switch self {
      case .register(let number): Int32(number)
      case .scalar(let number): Int32(-1 - number)
      }
    }
  }

  /// The operations, in the order of the kernel's enumeration.
  package enum Operation: Int32, Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide, power, min, max, atan2
    case less, lessOrEqual
    case multiplyAdd, select
    case negate, sqrt, abs, sign, floor
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
    case exp, log, erf, erfc, besselj0, besselj1
    case copy
  }

  internal var instructions: [pvk_instruction] = []
  package let inputCount: Int
  package let statics: [AlignedStorage<Double>]
  /// Temporaries in use.
  package var temporaryCount = 0
  package let scalarCount: Int
  /// The register of each product; inputs' or temporaries', all different.
  package var outputs: [Int] = []

  package init(inputCount: Int, statics: [AlignedStorage<Double>], scalarCount: Int) {
    self.inputCount = inputCount
    self.statics = statics
    self.scalarCount = scalarCount
  }

  package var registerCount: Int { inputCount + statics.count + temporaryCount }
  package var firstTemporary: Int { inputCount + statics.count }
  package var length: Int { instructions.count }

  /// Appends an instruction.
  package mutating func append(
    _ operation: Operation, _ destination: Int, _ a: Operand, _ b: Operand = .scalar(0),
    _ c: Operand = .scalar(0)
  ) {
    instructions.append(
      pvk_instruction(
        operation: operation.rawValue, destination: Int32(destination), a: a.code, b: b.code, c: c.code))
  }

  /// Runs over `count` points; `registers` points at the block's values, `scalars` at the current numbers.
  @inline(__always)
  package func run(
    registers: UnsafePointer<UnsafeMutablePointer<Double>>, scalars: UnsafePointer<Double>, count: Int
  ) {
    instructions.withUnsafeBufferPointer { code in
      guard let base = code.baseAddress else { return }
      pvk_program_run(base, Int32(code.count), registers, scalars, count)
    }
  }
}
