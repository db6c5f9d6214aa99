#ifndef PVK_SPARSE_H
#define PVK_SPARSE_H
#include <stddef.h>
#include <stdint.h>

/// Kernels over compressed rows, once for each type of index. Row i has the nonzeros starts[i]..<starts[i + 1].
/// All work on the rows first..<last, so that workers can share a matrix.
#define PVK_SPARSE_DECLARATIONS(INDEX, NAME)                                                                        \
  /** y = A x. */                                                                                                   \
  void pvk_rows_multiply_##NAME(size_t first, size_t last, const INDEX *_Nonnull starts,                            \
                                const INDEX *_Nonnull indices, const double *_Nonnull values,                       \
                                const double *_Nonnull x, double *_Nonnull y);                                      \
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
