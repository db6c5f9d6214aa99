#include "pvk_sparse.h"
#include "pvk_targets.h"

#define PVK_SPARSE_DEFINITIONS(INDEX, NAME)                                                                         \
  PVK_INLINE double row_product_##NAME(size_t row, const INDEX *restrict starts, const INDEX *restrict indices,     \
                                       const double *restrict values, const double *restrict x) {                   \
    double sum = 0;                                                                                                 \
    for (INDEX k = starts[row]; k < starts[row + 1]; k++) sum += values[k] * x[indices[k]];                         \
    return sum;                                                                                                     \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_rows_multiply_##NAME(size_t first, size_t last, const INDEX *restrict starts,                            \
                                const INDEX *restrict indices, const double *restrict values,                       \
                                const double *restrict x, double *restrict y) {                                     \
    for (size_t row = first; row < last; row++) y[row] = row_product_##NAME(row, starts, indices, values, x);       \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_rows_residual_##NAME(size_t first, size_t last, const INDEX *restrict starts,                            \
                                const INDEX *restrict indices, const double *restrict values,                       \
                                const double *restrict x, const double *b, double *r) {                             \
    for (size_t row = first; row < last; row++)                                                                     \
      r[row] = b[row] - row_product_##NAME(row, starts, indices, values, x);                                        \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_rows_multiply_transpose_##NAME(size_t first, size_t last, const INDEX *restrict starts,                  \
                                          const INDEX *restrict indices, const double *restrict values,             \
                                          const double *restrict x, double *restrict y) {                           \
    for (size_t row = first; row < last; row++)                                                                     \
      for (INDEX k = starts[row]; k < starts[row + 1]; k++) y[indices[k]] += values[k] * x[row];                    \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_rows_relax_##NAME(size_t first, size_t last, int32_t downwards, const INDEX *restrict starts,            \
                             const INDEX *restrict indices, const double *restrict values,                          \
                             const double *restrict factors, const double *restrict b, double *restrict x) {        \
    for (size_t n = first; n < last; n++) {                                                                         \
      size_t row = downwards ? first + last - 1 - n : n;                                                            \
      x[row] += factors[row] * (b[row] - row_product_##NAME(row, starts, indices, values, x));                      \
    }                                                                                                               \
  }

PVK_SPARSE_DEFINITIONS(int32_t, i32)
PVK_SPARSE_DEFINITIONS(int64_t, i64)
