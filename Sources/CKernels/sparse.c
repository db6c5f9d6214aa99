#include "pvk_sparse.h"
#include "pvk_targets.h"

// Short rows are read too unevenly for the hardware to prefetch at memory speed: 4 kB ahead of both arrays.
enum { values_ahead = 512, indices_ahead = 1024 };

// The sum of a row is always taken in the same order, which depends on its length alone. Five and seven nonzeros, the
// stencils of boxes, have no loop.
#define PVK_SPARSE_DEFINITIONS(INDEX, NAME)                                                                         \
  PVK_INLINE double row_product_##NAME(size_t row, const INDEX *restrict starts, const INDEX *restrict indices,     \
                                       const double *restrict values, const double *restrict x) {                   \
    INDEX first = starts[row], count = starts[row + 1] - first;                                                     \
    const double *v = values + first;                                                                               \
    const INDEX *j = indices + first;                                                                               \
    __builtin_prefetch(v + values_ahead, 0, 3);                                                                     \
    __builtin_prefetch(j + indices_ahead, 0, 3);                                                                    \
    if (__builtin_expect(count == 5, 1))                                                                            \
      return ((v[0] * x[j[0]] + v[1] * x[j[1]]) + (v[2] * x[j[2]] + v[3] * x[j[3]])) + v[4] * x[j[4]];              \
    if (count == 7)                                                                                                 \
      return ((v[0] * x[j[0]] + v[1] * x[j[1]]) + (v[2] * x[j[2]] + v[3] * x[j[3]])) +                              \
             ((v[4] * x[j[4]] + v[5] * x[j[5]]) + v[6] * x[j[6]]);                                                  \
    double even = 0, odd = 0;                                                                                       \
    INDEX k = 0;                                                                                                    \
    for (; k + 8 <= count; k += 8) {                                                                                \
      __builtin_prefetch(v + k + 8 + values_ahead, 0, 3);                                                           \
      __builtin_prefetch(j + k + 8 + indices_ahead, 0, 3);                                                          \
      even += (v[k] * x[j[k]] + v[k + 2] * x[j[k + 2]]) + (v[k + 4] * x[j[k + 4]] + v[k + 6] * x[j[k + 6]]);        \
      odd += (v[k + 1] * x[j[k + 1]] + v[k + 3] * x[j[k + 3]]) +                                                    \
             (v[k + 5] * x[j[k + 5]] + v[k + 7] * x[j[k + 7]]);                                                     \
    }                                                                                                               \
    for (; k + 2 <= count; k += 2) {                                                                                \
      even += v[k] * x[j[k]];                                                                                       \
      odd += v[k + 1] * x[j[k + 1]];                                                                                \
    }                                                                                                               \
    if (k < count) even += v[k] * x[j[k]];                                                                          \
    return even + odd;                                                                                              \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_rows_multiply_##NAME(size_t first, size_t last, const INDEX *restrict starts,                            \
                                const INDEX *restrict indices, const double *restrict values,                       \
                                const double *restrict x, double *restrict y) {                                     \
    for (size_t row = first; row < last; row++) y[row] = row_product_##NAME(row, starts, indices, values, x);       \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  static double rows_multiply_dot_##NAME(size_t first, size_t last, const INDEX *restrict starts,                   \
                                         const INDEX *restrict indices, const double *restrict values,              \
                                         const double *restrict x, double *restrict y) {                            \
    double dot = 0;                                                                                                 \
    for (size_t row = first; row < last; row++) {                                                                   \
      double sum = row_product_##NAME(row, starts, indices, values, x);                                             \
      y[row] = sum;                                                                                                 \
      dot += sum * x[row];                                                                                          \
    }                                                                                                               \
    return dot;                                                                                                     \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  static double rows_residual_norm_##NAME(size_t first, size_t last, const INDEX *restrict starts,                  \
                                          const INDEX *restrict indices, const double *restrict values,             \
                                          const double *restrict x, const double *b, double *r) {                   \
    double square = 0;                                                                                              \
    for (size_t row = first; row < last; row++) {                                                                   \
      double rest = b[row] - row_product_##NAME(row, starts, indices, values, x);                                   \
      r[row] = rest;                                                                                                \
      square += rest * rest;                                                                                        \
    }                                                                                                               \
    return square;                                                                                                  \
  }                                                                                                                 \
  void pvk_rows_job_chunk_##NAME(void *context, int32_t chunk, int32_t worker) {                                    \
    (void)worker;                                                                                                   \
    const pvk_rows_job *job = context;                                                                              \
    size_t first = (size_t)job->bounds[chunk], last = (size_t)job->bounds[chunk + 1];                               \
    const INDEX *starts = job->starts, *indices = job->indices;                                                     \
    switch (job->kind) {                                                                                            \
    case pvk_rows_product:                                                                                          \
      pvk_rows_multiply_##NAME(first, last, starts, indices, job->values, job->x, job->y);                          \
      break;                                                                                                        \
    case pvk_rows_product_dot:                                                                                      \
      job->partials[chunk] = rows_multiply_dot_##NAME(first, last, starts, indices, job->values, job->x, job->y);   \
      break;                                                                                                        \
    case pvk_rows_residual_norm:                                                                                    \
      job->partials[chunk] =                                                                                        \
          rows_residual_norm_##NAME(first, last, starts, indices, job->values, job->x, job->b, job->y);             \
      break;                                                                                                        \
    }                                                                                                               \
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
      double sum = 0;                                                                                               \
      for (INDEX k = starts[row]; k < starts[row + 1]; k++) sum += values[k] * x[indices[k]];                       \
      x[row] += factors[row] * (b[row] - sum);                                                                      \
    }                                                                                                               \
  }

PVK_SPARSE_DEFINITIONS(int32_t, i32)
PVK_SPARSE_DEFINITIONS(int64_t, i64)
