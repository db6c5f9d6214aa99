#ifndef PVK_SPARSE_H
#define PVK_SPARSE_H
#include <stddef.h>
#include <stdint.h>

/// What a job on the rows of a matrix computes. The dot products are the sums over the job's rows that each chunk
/// leaves in its partial.
typedef enum : int32_t {
  pvk_rows_product = 0,       // y = A x
  pvk_rows_product_dot = 1,   // y = A x, and x . y; A is square
  pvk_rows_residual_norm = 2, // y = b - A x, and y . y; y may be b
} pvk_rows_kind;

/// Work on the rows of a matrix in chunks: chunk i has the rows bounds[i]..<bounds[i + 1].
typedef struct {
  const void *_Nonnull starts;
  const void *_Nonnull indices;
  const double *_Nonnull values;
  const int64_t *_Nonnull bounds;
  const double *_Nonnull x;
  const double *_Nullable b;
  double *_Nonnull y;
  double *_Nullable partials;
  pvk_rows_kind kind;
} pvk_rows_job;

/// Kernels over compressed rows, once for each type of index. Row i has the nonzeros starts[i]..<starts[i + 1].
/// All work on the rows first..<last, so that workers can share a matrix.
#define PVK_SPARSE_DECLARATIONS(INDEX, NAME)                                                                        \
  /** y = A x. */                                                                                                   \
  void pvk_rows_multiply_##NAME(size_t first, size_t last, const INDEX *_Nonnull starts,                            \
                                const INDEX *_Nonnull indices, const double *_Nonnull values,                       \
                                const double *_Nonnull x, double *_Nonnull y);                                      \
  /** One chunk of a job; a `pvk_chunk` for the pool, context a `pvk_rows_job`. */                                  \
  void pvk_rows_job_chunk_##NAME(void *_Nullable job, int32_t chunk, int32_t worker);                               \
  /** r = b - A x; r may be b. */                                                                                   \
  void pvk_rows_residual_##NAME(size_t first, size_t last, const INDEX *_Nonnull starts,                            \
                                const INDEX *_Nonnull indices, const double *_Nonnull values,                       \
                                const double *_Nonnull x, const double *_Nonnull b, double *_Nonnull r);            \
  /** y += A' x, where y is not shared with other workers. */                                                       \
  void pvk_rows_multiply_transpose_##NAME(size_t first, size_t last, const INDEX *_Nonnull starts,                  \
                                          const INDEX *_Nonnull indices, const double *_Nonnull values,             \
                                          const double *_Nonnull x, double *_Nonnull y);                            \
  /** One sweep of x[i] += factors[i] * (b - A x)[i] in place, rows upwards or downwards: Gauss-Seidel with         \
      factors 1 / a[i][i], SOR with omega / a[i][i]. */                                                             \
  void pvk_rows_relax_##NAME(size_t first, size_t last, int32_t downwards, const INDEX *_Nonnull starts,            \
                             const INDEX *_Nonnull indices, const double *_Nonnull values,                          \
                             const double *_Nonnull factors, const double *_Nonnull b, double *_Nonnull x);

PVK_SPARSE_DECLARATIONS(int32_t, i32)
PVK_SPARSE_DECLARATIONS(int64_t, i64)
#endif
