import Arrays
import CFFTW
import COpenBLAS

extension Float: TransformScalar {
  public static var transformEngine: TransformEngine<Float> { engine }
}

private func complex(_ data: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<fftwf_complex> {
  UnsafeMutableRawPointer(data).assumingMemoryBound(to: fftwf_complex.self)
}

private let engine = TransformEngine<Float>(
  planReal: { dimensions, batch, kinds, input, output, flags in
    fftwf_plan_guru64_r2r(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, input, output, kinds, flags)
  },
  planComplex: { dimensions, batch, sign, input, output, flags in
    fftwf_plan_guru64_dft(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, complex(input), complex(output), sign,
      flags)
  },
  planRealToComplex: { dimensions, batch, input, output, flags in
    fftwf_plan_guru64_dft_r2c(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, input, complex(output), flags)
  },
  planComplexToReal: { dimensions, batch, input, output, flags in
    fftwf_plan_guru64_dft_c2r(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, complex(input), output, flags)
  },
  executeReal: { fftwf_execute_r2r($0, $1, $2) },
  executeComplex: { fftwf_execute_dft($0, complex($1), complex($2)) },
  executeRealToComplex: { fftwf_execute_dft_r2c($0, $1, complex($2)) },
  executeComplexToReal: { fftwf_execute_dft_c2r($0, complex($1), $2) },
  destroy: { fftwf_destroy_plan($0) },
  multiply: { shape, alpha, left, right, beta, result in
    OneBLASThread.ensure()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, shape.isRightTransposed ? CblasTrans : CblasNoTrans, blasint(shape.rows),
      blasint(shape.columns), blasint(shape.inner), alpha, left, blasint(shape.inner), right,
      blasint(shape.isRightTransposed ? shape.inner : shape.columns), beta, result, blasint(shape.columns))
  },
  multiplyComplex: { shape, left, right, result in
    let (one, zero): ([Float], [Float]) = ([1, 0], [0, 0])
    OneBLASThread.ensure()
    cblas_cgemm(
      CblasRowMajor, CblasNoTrans, shape.isRightTransposed ? CblasTrans : CblasNoTrans, blasint(shape.rows),
      blasint(shape.columns), blasint(shape.inner), one, left, blasint(shape.inner), right,
      blasint(shape.isRightTransposed ? shape.inner : shape.columns), zero, result, blasint(shape.columns))
  }
)
