import Arrays
import CFFTW
import COpenBLAS

extension Double: TransformScalar {
  public static var transformEngine: TransformEngine<Double> { engine }
}

private func complex(_ data: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<fftw_complex> {
  UnsafeMutableRawPointer(data).assumingMemoryBound(to: fftw_complex.self)
}

private let engine = TransformEngine<Double>(
  planReal: { dimensions, batch, kinds, input, output, flags in
    fftw_plan_guru64_r2r(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, input, output, kinds, flags)
  },
  planComplex: { dimensions, batch, sign, input, output, flags in
    fftw_plan_guru64_dft(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, complex(input), complex(output), sign,
      flags)
  },
  planRealToComplex: { dimensions, batch, input, output, flags in
    fftw_plan_guru64_dft_r2c(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, input, complex(output), flags)
  },
  planComplexToReal: { dimensions, batch, input, output, flags in
    fftw_plan_guru64_dft_c2r(
      Int32(dimensions.count), dimensions, Int32(batch.count), batch, complex(input), output, flags)
  },
  executeReal: { fftw_execute_r2r($0, $1, $2) },
  executeComplex: { fftw_execute_dft($0, complex($1), complex($2)) },
  executeRealToComplex: { fftw_execute_dft_r2c($0, $1, complex($2)) },
  executeComplexToReal: { fftw_execute_dft_c2r($0, complex($1), $2) },
  destroy: { fftw_destroy_plan($0) },
  multiply: { shape, alpha, left, right, beta, result in
    OneBLASThread.ensure()
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, shape.isRightTransposed ? CblasTrans : CblasNoTrans, blasint(shape.rows),
      blasint(shape.columns), blasint(shape.inner), alpha, left, blasint(shape.inner), right,
      blasint(shape.isRightTransposed ? shape.inner : shape.columns), beta, result, blasint(shape.columns))
  },
  multiplyComplex: { shape, left, right, result in
    let (one, zero): ([Double], [Double]) = ([1, 0], [0, 0])
    OneBLASThread.ensure()
    cblas_zgemm(
      CblasRowMajor, CblasNoTrans, shape.isRightTransposed ? CblasTrans : CblasNoTrans, blasint(shape.rows),
      blasint(shape.columns), blasint(shape.inner), one, left, blasint(shape.inner), right,
      blasint(shape.isRightTransposed ? shape.inner : shape.columns), zero, result, blasint(shape.columns))
  }
)
