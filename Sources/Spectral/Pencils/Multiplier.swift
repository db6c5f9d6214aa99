package import Arrays
import CKernels

/// A diagonal operator on coefficients: a number, or a table of one number per kept mode.
package struct Multiplier: Sendable {
  package enum Kind: Sendable {
    case scale, real, imaginary, complex

    /// The number that the kernels know this kind by.
    package var kernelCode: Int32 { code.rawValue }

    private var code: pvk_multiplier_kind {
      switch self {
      case .scale: pvk_scale
      case .real: pvk_table_real
      case .imaginary: pvk_table_imaginary
      case .complex: pvk_table_complex
      }
    }
  }
  package var kind: Kind
  package var factor: Double
  package var table: AlignedStorage<Double>?

  /// Multiplication by a real number.
  package static func scale(_ factor: Double) -> Multiplier {
    Multiplier(kind: .scale, factor: factor, table: nil)
  }

  /// The smallest form of a table given by its value at every mode; `nil` when it is zero everywhere.
  ///
  /// - Parameter value: the real and imaginary part at a mode.
  package static func tabulated(modes: Int, _ value: (Int) -> (Double, Double)) -> Multiplier? {
    var isReal = true
    var isImaginary = true
    var isConstant = true
    let first = value(0)
    for mode in 0..<modes {
      let (re, im) = value(mode)
      if im != 0 { isReal = false }
      if re != 0 { isImaginary = false }
      if re != first.0 || im != first.1 { isConstant = false }
    }
    if isReal && isImaginary { return nil }
    if isReal && isConstant { return .scale(first.0) }
    if isReal || isImaginary {
      let table = AlignedStorage<Double>(count: modes)
      for mode in 0..<modes {
        let (re, im) = value(mode)
        table.baseAddress[mode] = isReal ? re : im
      }
      return Multiplier(kind: isReal ? .real : .imaginary, factor: 1, table: table)
    }
    let table = AlignedStorage<Double>(count: 2 * modes)
    for mode in 0..<modes {
      (table.baseAddress[2 * mode], table.baseAddress[2 * mode + 1]) = value(mode)
    }
    return Multiplier(kind: .complex, factor: 1, table: table)
  }

  /// The same operator times a number; the table is shared.
  package func scaled(by factor: Double) -> Multiplier {
    Multiplier(kind: kind, factor: self.factor * factor, table: table)
  }

  /// The value at a mode.
  package func value(at mode: Int) -> (re: Double, im: Double) {
    switch kind {
    case .scale: (factor, 0)
    case .real: (factor * table!.baseAddress[mode], 0)
    case .imaginary: (0, factor * table!.baseAddress[mode])
    case .complex: (factor * table!.baseAddress[2 * mode], factor * table!.baseAddress[2 * mode + 1])
    }
  }

  /// Bytes of the table.
  package var bytes: Int { 8 * (table?.count ?? 0) }

  /// The table at a mode, for kernels.
  internal func table(from mode: Int) -> UnsafePointer<Double>? {
    table.map { UnsafePointer($0.baseAddress + mode * (kind == .complex ? 2 : 1)) }
  }

  /// `destination (+)= self · source` for `count` modes from `mode` on; the pointers are at that mode already.
  @inline(__always)
  package func apply(
    to source: UnsafePointer<Double>, into destination: UnsafeMutablePointer<Double>, mode: Int, count: Int,
    isComplex: Bool, scale: Double = 1, accumulate: Bool
  ) {
    pvk_multiply_rows(
      destination, 0, source, 0, table(from: mode), 0, factor * scale, kind.kernelCode, 1, count,
      isComplex ? 1 : 0, accumulate ? 1 : 0)
  }
}

/// A matrix of multipliers between lists of functions, by its entries that are not zero.
package struct BlockMultiplier: Sendable {
  package struct Entry: Sendable {
    package var row: Int
    package var column: Int
    package var multiplier: Multiplier

    package init(row: Int, column: Int, multiplier: Multiplier) {
      self.row = row
      self.column = column
      self.multiplier = multiplier
    }
  }
  package var entries: [Entry]

  package init(_ entries: [Entry] = []) { self.entries = entries }

  /// A number times the identity on `size` functions.
  package static func scale(_ factor: Double, size: Int) -> BlockMultiplier {
    BlockMultiplier((0..<size).map { Entry(row: $0, column: $0, multiplier: .scale(factor)) })
  }

  package func scaled(by factor: Double) -> BlockMultiplier {
    BlockMultiplier(
      entries.map { Entry(row: $0.row, column: $0.column, multiplier: $0.multiplier.scaled(by: factor)) })
  }

  package var bytes: Int { entries.reduce(0) { $0 + $1.multiplier.bytes } }
}
