#ifndef PARSEVAL_SUITESPARSE_SHIM_H
#define PARSEVAL_SUITESPARSE_SHIM_H

#include <malloc.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <suitesparse/SuiteSparseQR_C.h>
#include <suitesparse/cholmod.h>
#include <suitesparse/klu.h>
#include <suitesparse/umfpack.h>
#include <suitesparse/RBio.h>

/// One of the orderings that an analysis tries: the array of nested structures does not reach Swift in a usable form.
static inline void parseval_cholmod_set_method(cholmod_common *common, int slot, int ordering) {
  common->method[slot].ordering = ordering;
}

/// The largest |L(i, k)| of all blocks of KLU's factor: where it is below 1/tolerance and all pivots are on the
/// diagonal, a fresh factorisation would choose the same pivots.
static inline double parseval_klu_largest_multiplier(const klu_l_symbolic *symbolic,
                                                     const klu_l_numeric *numeric) {
  double largest = 0;
  for (SuiteSparse_long block = 0; block < symbolic->nblocks; block++) {
    SuiteSparse_long first = symbolic->R[block], last = symbolic->R[block + 1];
    if (last - first < 2) continue;
    const double *factors = (const double *)numeric->LUbx[block];
    for (SuiteSparse_long k = first; k < last; k++) {
      // A column is its row numbers and then its entries, both of eight bytes.
      SuiteSparse_long length = numeric->Llen[k];
      const double *entries = factors + numeric->Lip[k] + length;
      for (SuiteSparse_long i = 0; i < length; i++) {
        double size = fabs(entries[i]);
        if (!(size <= largest)) largest = size;
      }
    }
  }
  return largest;
}

/// What `parseval_cholmod_baseline` measured.
typedef struct {
  double analyze_seconds, factorize_seconds, refactorize_seconds, solve_seconds;
  size_t peak_bytes;
  int ok;
} parseval_cholmod_times;

/// Seconds that this thread has computed: other processes do not count.
static inline double parseval_cholmod_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/// Bare CHOLMOD on the upper half of a symmetric matrix: analysis, factorisation, the same again into the same
/// storage, and a solve with `n` numbers of `b` into `x`. The yardstick of what the Swift layer adds.
static inline parseval_cholmod_times parseval_cholmod_baseline(SuiteSparse_long n, SuiteSparse_long *starts,
                                                               SuiteSparse_long *indices, double *values,
                                                               double *b, double *x) {
  parseval_cholmod_times times;
  memset(&times, 0, sizeof times);
  cholmod_common common;
  cholmod_l_start(&common);
  common.print = 0;
  cholmod_sparse A;
  memset(&A, 0, sizeof A);
  A.nrow = A.ncol = (size_t)n;
  A.nzmax = (size_t)starts[n];
  A.p = starts, A.i = indices, A.x = values;
  A.stype = 1, A.itype = CHOLMOD_LONG, A.xtype = CHOLMOD_REAL, A.dtype = CHOLMOD_DOUBLE;
  A.sorted = A.packed = 1;
  cholmod_dense B;
  memset(&B, 0, sizeof B);
  B.nrow = B.nzmax = B.d = (size_t)n, B.ncol = 1, B.x = b, B.xtype = CHOLMOD_REAL, B.dtype = CHOLMOD_DOUBLE;
  double start = parseval_cholmod_now();
  cholmod_factor *L = cholmod_l_analyze(&A, &common);
  times.analyze_seconds = parseval_cholmod_now() - start;
  start = parseval_cholmod_now();
  times.ok = L && cholmod_l_factorize(&A, L, &common) && common.status == CHOLMOD_OK;
  times.factorize_seconds = parseval_cholmod_now() - start;
  start = parseval_cholmod_now();
  times.ok = times.ok && cholmod_l_factorize(&A, L, &common) && common.status == CHOLMOD_OK;
  times.refactorize_seconds = parseval_cholmod_now() - start;
  start = parseval_cholmod_now();
  cholmod_dense *X = times.ok ? cholmod_l_solve(CHOLMOD_A, L, &B, &common) : NULL;
  times.solve_seconds = parseval_cholmod_now() - start;
  times.ok = X != NULL;
  if (X) memcpy(x, X->x, (size_t)n * sizeof(double));
  times.peak_bytes = common.memory_usage;
  cholmod_l_free_dense(&X, &common);
  cholmod_l_free_factor(&L, &common);
  cholmod_l_finish(&common);
  return times;
}

#endif
