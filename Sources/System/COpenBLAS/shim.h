#include <cblas.h>
#include <lapacke.h>

/// Ends OpenBLAS's own threads; absent from its serial build.
extern int blas_thread_shutdown_(void) __attribute__((weak));

/// One thread for all calls. Loading the library has started others, which spin for a tenth of a second in
/// wait of work, on processors that our workers want: they are ended.
static inline void parseval_single_blas_thread(void) {
  openblas_set_num_threads(1);
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

/// LAPACKE_zgeev without vectors, row-major, over (re, im) pairs: C's complex type does not reach Swift.
static inline int parseval_eigenvalues(int n, double *matrix, double *values) {
  return LAPACKE_zgeev(LAPACK_ROW_MAJOR, 'N', 'N', n, (lapack_complex_double *)matrix, n,
                       (lapack_complex_double *)values, 0, n, 0, n);
}
