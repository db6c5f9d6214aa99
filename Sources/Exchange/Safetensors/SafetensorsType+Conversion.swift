extension SafetensorsType {
  /// Converts numbers of this type, which may lie at any address.
  func convert<Scalar: BinaryFloatingPoint>(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    func integers<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) {
      let size = MemoryLayout<Number>.size
      for index in 0..<count {
        target[index] = Scalar(
          Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: type)))
      }
    }
    func bits<Number: FixedWidthInteger & BitwiseCopyable>(
      _ type: Number.Type, _ value: (Number) -> Scalar
    ) {
      let size = MemoryLayout<Number>.size
      for index in 0..<count {
        target[index] = value(
          Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: type)))
      }
    }
    switch self {
    case .float64: bits(UInt64.self) { Scalar(Double(bitPattern: $0)) }
    case .float32: bits(UInt32.self) { Scalar(Float(bitPattern: $0)) }
    case .float16: bits(UInt16.self) { Scalar(Self.float(half: $0)) }
    case .brainFloat16: bits(UInt16.self) { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    case .int64: integers(Int64.self)
    case .int32: integers(Int32.self)
    case .int16: integers(Int16.self)
    case .int8: integers(Int8.self)
    case .uint64: integers(UInt64.self)
    case .uint32: integers(UInt32.self)
    case .uint16: integers(UInt16.self)
    case .uint8: integers(UInt8.self)
    case .boolean: bits(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  /// A number of IEEE 754 binary16, exactly; not every processor has the type.
  static func float(half bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}
