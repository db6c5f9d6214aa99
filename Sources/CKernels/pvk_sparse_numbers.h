// Kernels of sparse algebra for one type of numbers: included once for each, with REAL and PVK_NAMED defined.

void PVK_NAMED(pvk_columns_fill)(size_t first, size_t last, const int32_t *restrict starts,
                                 const int32_t *restrict indices, const REAL *restrict values, int32_t *restrict next,
                                 int32_t *restrict to_indices, REAL *restrict to_values) {
  for (size_t row = first; row < last; row++)
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      int32_t position = next[indices[k]]++;
      to_indices[position] = (int32_t)row;
      to_values[position] = values[k];
    }
}

void PVK_NAMED(pvk_copy_doubles)(size_t count, const double *restrict from, REAL *restrict to) {
  for (size_t k = 0; k < count; k++) to[k] = (REAL)from[k];
}

// A P is never stored: a row of R A is short, and it is multiplied by P while it is in the cache.
int32_t PVK_NAMED(pvk_rows_galerkin)(size_t first, size_t last, const int32_t *restrict r_starts,
                                     const int32_t *restrict r_indices, const REAL *restrict r_values,
                                     const int32_t *restrict a_starts, const int32_t *restrict a_indices,
                                     const double *restrict a_values, const int32_t *restrict p_starts,
                                     const int32_t *restrict p_indices, const REAL *restrict p_values,
                                     int32_t *restrict fine_marker, int32_t *restrict coarse_marker, size_t columns,
                                     pvk_rows_piece *row, int32_t *restrict ends, pvk_rows_piece *piece) {
  int32_t count = (int32_t)piece->count;
  for (size_t coarse = first; coarse < last; coarse++) {
    size_t bound = 0;
    for (int32_t k = r_starts[coarse]; k < r_starts[coarse + 1]; k++)
      bound += (size_t)(a_starts[r_indices[k] + 1] - a_starts[r_indices[k]]);
    row->count = 0;
    if (bound > INT32_MAX || !pvk_piece_reserve(row, bound)) return 0;
    int32_t *restrict middles = row->indices;
    double *restrict factors = row->values;
    int32_t length = 0;
    for (int32_t k = r_starts[coarse]; k < r_starts[coarse + 1]; k++) {
      int32_t fine = r_indices[k];
      double factor = (double)r_values[k];
      for (int32_t m = a_starts[fine]; m < a_starts[fine + 1]; m++) {
        int32_t middle = a_indices[m], position = fine_marker[middle];
        if (is_present(position, middle, 0, length, middles)) {
          factors[position] += factor * a_values[m];
        } else {
          fine_marker[middle] = length;
          middles[length] = middle;
          factors[length++] = factor * a_values[m];
        }
      }
    }
    bound = 0;
    for (int32_t k = 0; k < length; k++) bound += (size_t)(p_starts[middles[k] + 1] - p_starts[middles[k]]);
    if (bound > columns) bound = columns;
    piece->count = (size_t)count;
    if ((size_t)count + bound > INT32_MAX || !pvk_piece_reserve(piece, bound)) return 0;
    int32_t *restrict indices = piece->indices;
    double *restrict values = piece->values;
    int32_t start = count;
    for (int32_t k = 0; k < length; k++) {
      double factor = factors[k];
      for (int32_t m = p_starts[middles[k]]; m < p_starts[middles[k] + 1]; m++) {
        int32_t column = p_indices[m], position = coarse_marker[column];
        if (is_present(position, column, start, count, indices)) {
          values[position] += factor * (double)p_values[m];
        } else {
          coarse_marker[column] = count;
          indices[count] = column;
          values[count++] = factor * (double)p_values[m];
        }
      }
    }
    sort_row(indices + start, values + start, count - start);
    ends[coarse + 1] = count;
  }
  piece->count = (size_t)count;
  return 1;
}
