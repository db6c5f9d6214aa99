// The set-up of algebraic multigrid: scaling, aggregates, smoothed prolongators.
#include "pvk_multigrid.h"
#include <math.h>

int32_t pvk_split_measure(int32_t first, int32_t last, const int32_t *restrict starts,
                          const int32_t *restrict indices, const double *restrict values, double *restrict diagonal,
                          double *restrict scale, pvk_split_counts *counts, double *ratio, int32_t *positive) {
  pvk_split_counts found = {0};
  double largest = 0, above = 0;
  for (int32_t row = first; row < last; row++) {
    double d = 0, sum = 0, outside = 0;
    int32_t border = found.border;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      int32_t column = indices[k];
      double value = values[k], size = fabs(value);
      sum += size;
      if (column == row) {
        d = value;
        continue;
      }
      above = value > above ? value : above;
      int inside = column >= first && column < last;
      found.lower += inside & (column < row);
      found.upper += inside & (column > row);
      found.border += !inside;
      outside += inside ? 0 : size;
    }
    if (!(d > 0) || !(d < INFINITY)) return row;
    diagonal[row] = d;
    largest = sum > largest * d ? sum / d : largest;
    if (d < 1.5 * outside) {
      d += outside / 2;
      found.border++;
    }
    scale[row] = 1 / sqrt(d);
    found.border_rows += found.border > border;
  }
  *counts = found;
  *ratio = largest;
  *positive = above > 0;
  return -1;
}

static inline int is_strong(double value, double square, double d_row, double d_column) {
  return value * value > square * fabs(d_row * d_column);
}

int32_t pvk_smooth_prolongator(int32_t first, int32_t last, const int32_t *restrict starts,
                               const int32_t *restrict indices, const double *restrict values,
                               const double *restrict diagonal, double threshold, double omega,
                               const int32_t *restrict aggregates, const double *restrict mode,
                               const double *restrict inverse_norms, int32_t *restrict ends,
                               pvk_rows_piece *piece) {
  double square = threshold * threshold;
  int32_t count = (int32_t)piece->count;
  for (int32_t row = first; row < last; row++) {
    piece->count = (size_t)count;
    size_t bound = (size_t)(starts[row + 1] - starts[row]) + 1;
    if ((size_t)count + bound > INT32_MAX || !pvk_piece_reserve(piece, bound)) return 0;
    int32_t *restrict to = piece->indices;
    double *restrict weights = piece->values;
    double d = diagonal[row];
    if (threshold > 0) {
      for (int32_t k = starts[row]; k < starts[row + 1]; k++)
        if (indices[k] != row && !is_strong(values[k], square, diagonal[row], diagonal[indices[k]])) d += values[k];
      if (!(d > 0)) d = diagonal[row];
    }
    double factor = -omega / d;
    int32_t start = count;
    if (aggregates[row] >= 0) {
      to[count] = aggregates[row];
      weights[count++] = (1 - omega) * inverse_norms[aggregates[row]] * (mode ? mode[row] : 1);
    }
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      int32_t column = indices[k], aggregate = aggregates[column];
      if (column == row || aggregate < 0) continue;
      if (threshold > 0 && !is_strong(values[k], square, diagonal[row], diagonal[column])) continue;
      double weight = factor * values[k] * inverse_norms[aggregate] * (mode ? mode[column] : 1);
      int32_t m = start;
      while (m < count && to[m] != aggregate) m++;
      if (m == count) {
        to[count] = aggregate;
        weights[count++] = weight;
      } else {
        weights[m] += weight;
      }
    }
    ends[row + 1] = count;
  }
  piece->count = (size_t)count;
  return 1;
}

enum { isolated = -1, open = -2 };

int32_t pvk_aggregate(int32_t count, const int32_t *restrict starts, const int32_t *restrict indices,
                      const double *restrict values, const double *restrict diagonal, double threshold,
                      int32_t *restrict aggregates) {
  double square = threshold * threshold;
  int all = threshold <= 0;
  int32_t found = 0;
  for (int32_t node = 0; node < count; node++) aggregates[node] = open;
#define STRONG(k) (all || is_strong(values[k], square, diagonal[node], diagonal[indices[k]]))
  for (int32_t node = 0; node < count; node++) {
    if (aggregates[node] != open) continue;
    int has_strong = 0, is_free = 1;
    for (int32_t k = starts[node]; k < starts[node + 1] && is_free; k++) {
      if (indices[k] == node || !STRONG(k)) continue;
      has_strong = 1;
      is_free = aggregates[indices[k]] < 0;
    }
    if (!has_strong) {
      aggregates[node] = isolated;
    } else if (is_free) {
      aggregates[node] = found;
      for (int32_t k = starts[node]; k < starts[node + 1]; k++)
        if (indices[k] != node && STRONG(k)) aggregates[indices[k]] = found;
      found++;
    }
  }
  // Those that are taken up now are marked apart: nothing joins them, or aggregates would grow into chains.
  for (int32_t node = 0; node < count; node++) {
    if (aggregates[node] != open) continue;
    double strongest = 0;
    for (int32_t k = starts[node]; k < starts[node + 1]; k++) {
      int32_t other = indices[k];
      if (other == node || aggregates[other] < 0 || !STRONG(k)) continue;
      double strength = fabs(values[k]);
      if (strength <= strongest) continue;
      strongest = strength;
      aggregates[node] = open - 1 - aggregates[other];
    }
  }
  for (int32_t node = 0; node < count; node++)
    if (aggregates[node] < open) aggregates[node] = open - 1 - aggregates[node];
  for (int32_t node = 0; node < count; node++) {
    if (aggregates[node] != open) continue;
    aggregates[node] = found;
    for (int32_t k = starts[node]; k < starts[node + 1]; k++)
      if (aggregates[indices[k]] == open && STRONG(k)) aggregates[indices[k]] = found;
    found++;
  }
#undef STRONG
  return found;
}
