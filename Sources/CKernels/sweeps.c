// A sweep over rows in their natural order is a chain: row i waits for row i - 1. Three things keep the chain
// short: the neighbour i - 1 (or i + 1 downwards) comes last in each sum, it is taken from a register instead of
// memory that was just written, and divisions depend on the matrix only, so that they run ahead.
#include "pvk_sweeps.h"
#include "pvk_targets.h"

// How many nonzeros ahead rows are fetched: the processor's own prefetching finds these short loops too late,
// which halves the bandwidth. One line per row and array: more cost more than they gave. Addresses beyond the
// ends are harmless.
#define PVK_AHEAD 384
#define PVK_FETCH_LINE(direction, array, position)                                                                  \
  __builtin_prefetch((const char *)(array) + ((int64_t)(position) + (direction)*PVK_AHEAD) * (int64_t)sizeof *(array))
#define PVK_FETCH(direction, values, indices, position)                                                             \
  PVK_FETCH_LINE(direction, values, position);                                                                      \
  PVK_FETCH_LINE(direction, indices, position);

#define PVK_SWEEPS_DEFINITIONS(INDEX, NAME)                                                                         \
  /* Upwards. `monitored` is a constant at every call. */                                                           \
  PVK_INLINE double sweep_up_##NAME(size_t first, size_t last, int monitored, double omega,                         \
                                    const INDEX *starts, const INDEX *indices, const double *values,                \
                                    const double *b, const double *old, double *next) {                             \
    double norm = 0, previous = 0;                                                                                  \
    INDEX linked = -1;                                                                                              \
    for (size_t n = first; n < last; n++) {                                                                         \
      INDEX row = (INDEX)n, k = starts[n + 1] - 1, start = starts[n];                                               \
      PVK_FETCH(1, values, indices, start)                                                                          \
      double sum = b[n];                                                                                            \
      for (; indices[k] > row; k--) sum -= values[k] * old[indices[k]];                                             \
      double factor = omega / values[k];                                                                            \
      double here = old[n], residual = sum -= values[k] * here;                                                     \
      if (monitored)                                                                                                \
        for (INDEX j = start; j < k; j++) residual -= values[j] * old[indices[j]];                                  \
      norm += residual * residual;                                                                                  \
      INDEX stop = k;                                                                                               \
      int takes = stop > start && indices[stop - 1] == linked;                                                      \
      if (takes) stop--;                                                                                            \
      for (INDEX j = start; j < stop; j++) sum -= values[j] * next[indices[j]];                                     \
      if (takes) sum -= values[stop] * previous;                                                                    \
      previous = here + factor * sum;                                                                               \
      linked = row;                                                                                                 \
      next[n] = previous;                                                                                           \
    }                                                                                                               \
    return norm;                                                                                                    \
  }                                                                                                                 \
  /* Rows of one colour wait for none of each other: both sums share their loads. */                                \
  PVK_INLINE double sweep_color_##NAME(size_t first, size_t last, int monitored, double omega, const INDEX *starts, \
                                       const INDEX *indices, const double *values, const double *b,                 \
                                       const double *old, double *next) {                                           \
    double norm = 0;                                                                                                \
    for (size_t n = first; n < last; n++) {                                                                         \
      INDEX row = (INDEX)n, k = starts[n], end = starts[n + 1];                                                     \
      PVK_FETCH(1, values, indices, k)                                                                              \
      double here = old[n], lower_old = 0, lower_new = 0;                                                           \
      for (; indices[k] < row; k++) {                                                                               \
        double value = values[k];                                                                                   \
        lower_new += value * next[indices[k]];                                                                      \
        if (monitored) lower_old += value * old[indices[k]];                                                        \
      }                                                                                                             \
      double diagonal = values[k], rest = b[n] - diagonal * here;                                                   \
      for (k++; k < end; k++) rest -= values[k] * old[indices[k]];                                                  \
      norm += (rest - lower_old) * (rest - lower_old);                                                              \
      next[n] = here + omega / diagonal * (rest - lower_new);                                                       \
    }                                                                                                               \
    return norm;                                                                                                    \
  }                                                                                                                 \
  PVK_INLINE void sweep_down_##NAME(size_t first, size_t last, double omega, const INDEX *starts,                   \
                                    const INDEX *indices, const double *values, const double *b, double *x) {       \
    double previous = 0;                                                                                            \
    INDEX linked = -1;                                                                                              \
    for (size_t n = last; n-- > first;) {                                                                           \
      INDEX row = (INDEX)n, k = starts[n], end = starts[n + 1];                                                     \
      PVK_FETCH(-1, values, indices, k)                                                                             \
      double sum = b[n];                                                                                            \
      for (; indices[k] < row; k++) sum -= values[k] * x[indices[k]];                                               \
      double factor = omega / values[k], here = x[n];                                                               \
      sum -= values[k] * here;                                                                                      \
      INDEX stop = k + 1;                                                                                           \
      int takes = stop < end && indices[stop] == linked;                                                            \
      if (takes) stop++;                                                                                            \
      for (INDEX j = end - 1; j >= stop; j--) sum -= values[j] * x[indices[j]];                                     \
      if (takes) sum -= values[stop - 1] * previous;                                                                \
      previous = here + factor * sum;                                                                               \
      linked = row;                                                                                                 \
      x[n] = previous;                                                                                              \
    }                                                                                                               \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  double pvk_sweep_monitored_##NAME(size_t first, size_t last, double omega, const INDEX *starts,                   \
                                    const INDEX *indices, const double *values, const double *b,                    \
                                    const double *old, double *next) {                                              \
    return sweep_up_##NAME(first, last, 1, omega, starts, indices, values, b, old, next);                           \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  double pvk_sweep_color_monitored_##NAME(size_t first, size_t last, double omega, const INDEX *starts,             \
                                          const INDEX *indices, const double *values, const double *b,              \
                                          const double *old, double *next) {                                        \
    return sweep_color_##NAME(first, last, 1, omega, starts, indices, values, b, old, next);                        \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  double pvk_sweep_jacobi_##NAME(size_t first, size_t last, double omega, const INDEX *restrict starts,             \
                                 const INDEX *restrict indices, const double *restrict values,                      \
                                 const double *restrict b, const double *restrict old, double *restrict next) {     \
    double norm = 0;                                                                                                \
    for (size_t n = first; n < last; n++) {                                                                         \
      PVK_FETCH(1, values, indices, starts[n])                                                                      \
      double sum = b[n], diagonal = 1;                                                                              \
      for (INDEX k = starts[n]; k < starts[n + 1]; k++) {                                                           \
        sum -= values[k] * old[indices[k]];                                                                         \
        diagonal = indices[k] == (INDEX)n ? values[k] : diagonal;                                                   \
      }                                                                                                             \
      norm += sum * sum;                                                                                            \
      next[n] = old[n] + omega / diagonal * sum;                                                                    \
    }                                                                                                               \
    return norm;                                                                                                    \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_sweep_##NAME(size_t first, size_t last, int32_t downwards, double omega, const INDEX *starts,            \
                        const INDEX *indices, const double *values, const double *b, double *x) {                   \
    if (downwards)                                                                                                  \
      sweep_down_##NAME(first, last, omega, starts, indices, values, b, x);                                         \
    else                                                                                                            \
      sweep_up_##NAME(first, last, 0, omega, starts, indices, values, b, x, x);                                     \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_sweep_color_##NAME(size_t first, size_t last, double omega, const INDEX *starts, const INDEX *indices,   \
                              const double *values, const double *b, double *x) {                                   \
    sweep_color_##NAME(first, last, 0, omega, starts, indices, values, b, x, x);                                    \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  double pvk_ssor_solve_##NAME(size_t count, double omega, double scale, const INDEX *restrict starts,              \
                               const INDEX *restrict indices, const double *restrict values,                        \
                               const double *restrict reciprocals, const double *restrict r, double *restrict z) {  \
    double previous = 0;                                                                                            \
    for (size_t n = 0; n < count; n++) {                                                                            \
      double factor = reciprocals[n], sum = factor * scale * r[n];                                                  \
      factor *= omega;                                                                                              \
      INDEX k = starts[n], row = (INDEX)n;                                                                          \
      PVK_FETCH(1, values, indices, k)                                                                              \
      for (; indices[k] < row - 1; k++) sum -= factor * values[k] * z[indices[k]];                                  \
      if (indices[k] == row - 1) sum -= factor * values[k] * previous;                                              \
      z[n] = previous = sum;                                                                                        \
    }                                                                                                               \
    double product = 0;                                                                                             \
    previous = 0;                                                                                                   \
    for (size_t n = count; n-- > 0;) {                                                                              \
      double factor = omega * reciprocals[n], sum = z[n];                                                           \
      INDEX k = starts[n + 1] - 1, row = (INDEX)n;                                                                  \
      PVK_FETCH(-1, values, indices, starts[n])                                                                     \
      for (; indices[k] > row + 1; k--) sum -= factor * values[k] * z[indices[k]];                                  \
      if (indices[k] == row + 1) sum -= factor * values[k] * previous;                                              \
      z[n] = previous = sum;                                                                                        \
      product += sum * r[n];                                                                                        \
    }                                                                                                               \
    return product;                                                                                                 \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  double pvk_rows_multiply_dot_##NAME(size_t count, const INDEX *restrict starts, const INDEX *restrict indices,    \
                                      const double *restrict values, const double *restrict p,                      \
                                      double *restrict q) {                                                         \
    double product = 0;                                                                                             \
    for (size_t n = 0; n < count; n++) {                                                                            \
      double sum = 0;                                                                                               \
      PVK_FETCH(1, values, indices, starts[n])                                                                      \
      for (INDEX k = starts[n]; k < starts[n + 1]; k++) sum += values[k] * p[indices[k]];                           \
      q[n] = sum;                                                                                                   \
      product += sum * p[n];                                                                                        \
    }                                                                                                               \
    return product;                                                                                                 \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_symmetric_factor_solve_##NAME(size_t count, const INDEX *restrict starts,                                \
                                         const INDEX *restrict indices, const double *restrict upper,               \
                                         const double *restrict reciprocals, const double *restrict r,              \
                                         double *restrict z) {                                                      \
    for (size_t n = 0; n < count; n++) z[n] = r[n];                                                                 \
    double carried = 0;                                                                                             \
    for (size_t n = 0; n < count; n++) {                                                                            \
      INDEX k = starts[n], end = starts[n + 1], neighbour = (INDEX)n + 1;                                           \
      PVK_FETCH(1, upper, indices, k)                                                                               \
      double here = z[n] - carried;                                                                                 \
      carried = 0;                                                                                                  \
      if (k < end && indices[k] == neighbour) carried = upper[k++] * here;                                          \
      for (; k < end; k++) z[indices[k]] -= upper[k] * here;                                                        \
      z[n] = here * reciprocals[n];                                                                                 \
    }                                                                                                               \
    double previous = 0;                                                                                            \
    for (size_t n = count; n-- > 0;) {                                                                              \
      INDEX k = starts[n + 1] - 1, start = starts[n], neighbour = (INDEX)n + 1;                                     \
      PVK_FETCH(-1, upper, indices, start)                                                                          \
      double sum = z[n];                                                                                            \
      for (; k > start; k--) sum -= upper[k] * z[indices[k]];                                                       \
      if (k == start) sum -= upper[k] * (indices[k] == neighbour ? previous : z[indices[k]]);                       \
      z[n] = previous = sum;                                                                                        \
    }                                                                                                               \
  }                                                                                                                 \
  PVK_MULTIVERSION                                                                                                  \
  void pvk_factor_solve_##NAME(size_t count, const INDEX *restrict lower_starts,                                    \
                               const INDEX *restrict lower_indices, const double *restrict lower,                   \
                               const INDEX *restrict upper_starts, const INDEX *restrict upper_indices,             \
                               const double *restrict upper, const double *restrict reciprocals,                    \
                               const double *restrict r, double *restrict z) {                                      \
    double previous = 0;                                                                                            \
    for (size_t n = 0; n < count; n++) {                                                                            \
      INDEX k = lower_starts[n], end = lower_starts[n + 1];                                                         \
      PVK_FETCH(1, lower, lower_indices, k)                                                                         \
      double sum = r[n];                                                                                            \
      for (; k < end - 1; k++) sum -= lower[k] * z[lower_indices[k]];                                               \
      if (k < end) sum -= lower[k] * (lower_indices[k] == (INDEX)n - 1 ? previous : z[lower_indices[k]]);           \
      z[n] = previous = sum;                                                                                        \
    }                                                                                                               \
    previous = 0;                                                                                                   \
    for (size_t n = count; n-- > 0;) {                                                                              \
      INDEX k = upper_starts[n + 1] - 1, start = upper_starts[n];                                                   \
      PVK_FETCH(-1, upper, upper_indices, start)                                                                    \
      double sum = z[n], factor = reciprocals[n];                                                                   \
      for (; k > start; k--) sum -= upper[k] * z[upper_indices[k]];                                                 \
      if (k == start) sum -= upper[k] * (upper_indices[k] == (INDEX)n + 1 ? previous : z[upper_indices[k]]);        \
      z[n] = previous = factor * sum;                                                                               \
    }                                                                                                               \
  }

PVK_SWEEPS_DEFINITIONS(int32_t, i32)
PVK_SWEEPS_DEFINITIONS(int64_t, i64)

PVK_MULTIVERSION
double pvk_conjugate_step(size_t count, double a, const double *restrict p, const double *restrict q,
                          double *restrict x, double *restrict r) {
#pragma clang fp reassociate(on)
  double norm = 0;
  for (size_t i = 0; i < count; i++) {
    x[i] += a * p[i];
    double rest = r[i] - a * q[i];
    r[i] = rest;
    norm += rest * rest;
  }
  return norm;
}

PVK_MULTIVERSION
void pvk_conjugate_direction(size_t count, double b, const double *restrict z, double *restrict p) {
  for (size_t i = 0; i < count; i++) p[i] = z[i] + b * p[i];
}

PVK_MULTIVERSION
void pvk_scale_rows(size_t count, const double *restrict d, const double *restrict r, double *restrict z) {
  for (size_t i = 0; i < count; i++) z[i] = d[i] * r[i];
}

PVK_MULTIVERSION
void pvk_block_diagonal_multiply(size_t first, size_t last, size_t size, const double *restrict blocks,
                                 const double *restrict r, double *restrict z) {
  for (size_t block = first; block < last; block++)
    for (size_t i = 0; i < size; i++) {
      const double *row = blocks + (block * size + i) * size;
      double sum = 0;
      for (size_t j = 0; j < size; j++) sum += row[j] * r[block * size + j];
      z[block * size + i] = sum;
    }
}
