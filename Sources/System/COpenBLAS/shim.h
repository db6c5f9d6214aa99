#include <cblas.h>
#include <lapacke.h>

/// LAPACKE_zgeev without vectors, row-major, over (re, im) pairs: C's complex type does not reach Swift.
static inline int parseval_eigenvalues(int n, double *matrix, double *values) {
  return LAPACKE_zgeev(LAPACK_ROW_MAJOR, 'N', 'N', n, (lapack_complex_double *)matrix, n,
                       (lapack_complex_double *)values, 0, n, 0, n);
}
