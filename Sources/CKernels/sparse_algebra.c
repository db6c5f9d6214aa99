// Sparse products and transposes on compressed rows with 32-bit numbers. A product writes each row once, into
// memory that grows, instead of counting first: the count costs as much as the product.
#include "pvk_sparse_algebra.h"
#include <stdlib.h>
#include <string.h>

int32_t pvk_piece_reserve(pvk_rows_piece *piece, size_t more) {
  size_t needed = piece->count + more;
  if (needed <= piece->capacity) return 1;
  size_t capacity = piece->capacity + piece->capacity / 2;
  if (capacity < needed) capacity = needed;
  int32_t *indices = realloc(piece->indices, capacity * sizeof *indices);
  if (!indices) return 0;
  piece->indices = indices;
  double *values = realloc(piece->values, capacity * sizeof *values);
  if (!values) return 0;
  piece->values = values;
  piece->capacity = capacity;
  return 1;
}

void pvk_piece_free(pvk_rows_piece *piece) {
  free(piece->indices);
  free(piece->values);
  *piece = (pvk_rows_piece){0};
}

// Shell sort: rows are short, mostly some ten entries.
static void sort_row(int32_t *indices, double *values, int32_t count) {
  int32_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3) {
    for (int32_t k = gap; k < count; k++) {
      int32_t index = indices[k], m = k;
      double value = values[k];
      for (; m >= gap && indices[m - gap] > index; m -= gap) {
        indices[m] = indices[m - gap];
        values[m] = values[m - gap];
      }
      indices[m] = index;
      values[m] = value;
    }
  }
}

// Whether a column has an entry among those from start on, at the position that the marker names. A marker may hold
// anything from rows before: the entry itself is looked at, so that markers need no clearing.
static inline int is_present(int32_t position, int32_t column, int32_t start, int32_t count, const int32_t *indices) {
  return position >= start && position < count && indices[position] == column;
}

int32_t pvk_rows_times_rows(size_t first, size_t last, const int32_t *restrict a_starts,
                         const int32_t *restrict a_indices, const double *restrict a_values,
                         const int32_t *restrict b_starts, const int32_t *restrict b_indices,
                         const double *restrict b_values, int32_t *restrict marker, size_t columns, int32_t sorted,
                         int32_t *restrict ends, pvk_rows_piece *piece) {
  int32_t count = (int32_t)piece->count;
  for (size_t row = first; row < last; row++) {
    size_t bound = 0;
    for (int32_t k = a_starts[row]; k < a_starts[row + 1]; k++)
      bound += (size_t)(b_starts[a_indices[k] + 1] - b_starts[a_indices[k]]);
    if (bound > columns) bound = columns;
    piece->count = (size_t)count;
    if ((size_t)count + bound > INT32_MAX || !pvk_piece_reserve(piece, bound)) return 0;
    int32_t *restrict indices = piece->indices;
    double *restrict values = piece->values;
    int32_t start = count;
    for (int32_t k = a_starts[row]; k < a_starts[row + 1]; k++) {
      int32_t middle = a_indices[k];
      double factor = a_values[k];
      for (int32_t m = b_starts[middle]; m < b_starts[middle + 1]; m++) {
        int32_t column = b_indices[m], position = marker[column];
        if (is_present(position, column, start, count, indices)) {
          values[position] += factor * b_values[m];
        } else {
          marker[column] = count;
          indices[count] = column;
          values[count++] = factor * b_values[m];
        }
      }
    }
    if (sorted) sort_row(indices + start, values + start, count - start);
    ends[row + 1] = count;
  }
  piece->count = (size_t)count;
  return 1;
}

void pvk_columns_count(size_t first, size_t last, const int32_t *restrict starts, const int32_t *restrict indices,
                       int32_t *restrict counts, size_t columns) {
  memset(counts, 0, columns * sizeof *counts);
  for (int32_t k = starts[first]; k < starts[last]; k++) counts[indices[k]]++;
}

void pvk_columns_offsets(size_t columns, size_t chunks, int32_t *restrict counts, int32_t *restrict starts) {
  int32_t position = 0;
  for (size_t column = 0; column < columns; column++) {
    starts[column] = position;
    for (size_t chunk = 0; chunk < chunks; chunk++) {
      int32_t count = counts[chunk * columns + column];
      counts[chunk * columns + column] = position;
      position += count;
    }
  }
  starts[columns] = position;
}

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "pvk_sparse_numbers.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "pvk_sparse_numbers.h"
