import CFFTW

/// A floating-point type that the transforms exist for: `Float` and `Double`, no other.
public protocol TransformScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// FFTW and BLAS in this precision.
  static var transformEngine: TransformEngine<Self> { get }
}

/// One axis of a transform or of its batch: how many, and how far apart, in elements of the type transformed.
struct TransformDimension {
  var count: Int
  var inputStride: Int
  var outputStride: Int

  init(_ count: Int, _ inputStride: Int, _ outputStride: Int) {
    self.count = count
    self.inputStride = inputStride
    self.outputStride = outputStride
  }

  init(_ count: Int, _ stride: Int) { self.init(count, stride, stride) }

  var fftw: fftw_iodim64 { fftw_iodim64(n: count, is: inputStride, os: outputStride) }
}

/// The entry points of FFTW and BLAS in one precision; opaque outside this target.
public struct TransformEngine<Scalar>: Sendable {
  typealias Data = UnsafeMutablePointer<Scalar>
  typealias Dimensions = [fftw_iodim64]

  let planReal:
    @Sendable (Dimensions, Dimensions, [fftw_r2r_kind], _ input: Data, _ output: Data, UInt32) ->
      OpaquePointer?
  let planComplex:
    @Sendable (Dimensions, Dimensions, _ sign: Int32, _ input: Data, _ output: Data, UInt32) -> OpaquePointer?
  let planRealToComplex: @Sendable (Dimensions, Dimensions, Data, Data, UInt32) -> OpaquePointer?
  let planComplexToReal: @Sendable (Dimensions, Dimensions, Data, Data, UInt32) -> OpaquePointer?
  let executeReal: @Sendable (OpaquePointer, Data, Data) -> Void
  let executeComplex: @Sendable (OpaquePointer, Data, Data) -> Void
  let executeRealToComplex: @Sendable (OpaquePointer, Data, Data) -> Void
  let executeComplexToReal: @Sendable (OpaquePointer, Data, Data) -> Void
  let destroy: @Sendable (OpaquePointer) -> Void
  /// `C(m × n) = α·A(m × k)·op(B) + β·C`, all row-major; `op(B)` is B (k × n), or the transpose of B (n × k).
  let multiply:
    @Sendable (GEMMShape, Scalar, UnsafePointer<Scalar>, UnsafePointer<Scalar>, Scalar, Data) -> Void
  /// The same for interleaved complex numbers, with α = 1 and β = 0.
  let multiplyComplex: @Sendable (GEMMShape, UnsafePointer<Scalar>, UnsafePointer<Scalar>, Data) -> Void
}

/// The sizes of a matrix product.
struct GEMMShape {
  var rows: Int
  var columns: Int
  var inner: Int
  var isRightTransposed = false
}
