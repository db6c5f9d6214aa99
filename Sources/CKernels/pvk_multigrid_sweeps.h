// The kernels of a multigrid cycle on compressed rows, for one type of numbers: included once for each, with REAL and
// PVK_NAMED defined.

typedef struct PVK_NAMED(triangle) {
  const int32_t *restrict starts, *restrict indices;
  const REAL *restrict values;
} PVK_NAMED(triangle);

PVK_INLINE PVK_NAMED(triangle) PVK_NAMED(lower)(const pvk_split_matrix *A) {
  return (PVK_NAMED(triangle)){A->lower_starts, A->lower_indices, A->lower_values};
}

PVK_INLINE PVK_NAMED(triangle) PVK_NAMED(upper)(const pvk_split_matrix *A) {
  return (PVK_NAMED(triangle)){A->upper_starts, A->upper_indices, A->upper_values};
}

// s minus the row's product with x.
PVK_INLINE REAL PVK_NAMED(less)(REAL s, PVK_NAMED(triangle) T, int32_t row, const REAL *x) {
  for (int32_t k = T.starts[row]; k < T.starts[row + 1]; k++) s -= T.values[k] * x[T.indices[k]];
  return s;
}

void PVK_NAMED(pvk_split_fill)(int32_t first, int32_t last, const int32_t *restrict starts,
                               const int32_t *restrict indices, const double *restrict values,
                               const double *restrict scale, pvk_split_counts at, int32_t *restrict lower_starts,
                               int32_t *restrict lower_indices, REAL *restrict lower_values,
                               int32_t *restrict upper_starts, int32_t *restrict upper_indices,
                               REAL *restrict upper_values, int32_t *restrict border_rows,
                               int32_t *restrict border_starts, int32_t *restrict border_indices,
                               REAL *restrict border_values) {
  for (int32_t row = first; row < last; row++) {
    lower_starts[row] = at.lower;
    upper_starts[row] = at.upper;
    int32_t border = at.border;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      int32_t column = indices[k];
      double value = values[k] * scale[row] * scale[column];
      if (column == row) {
        if (value > 1 - 1e-9) continue;
        border_indices[at.border] = column;
        border_values[at.border++] = (REAL)(value - 1);
      } else if (column < first || column >= last) {
        border_indices[at.border] = column;
        border_values[at.border++] = (REAL)value;
      } else if (column < row) {
        lower_indices[at.lower] = column;
        lower_values[at.lower++] = (REAL)value;
      } else {
        upper_indices[at.upper] = column;
        upper_values[at.upper++] = (REAL)value;
      }
    }
    if (at.border > border) {
      border_rows[at.border_rows] = row;
      border_starts[at.border_rows++] = border;
    }
  }
}

// The same for a row of the lower triangle whose last entry is mostly the row before: its new value is at hand, and
// reading it from memory right after it was written would be the longest wait of the sweep.
PVK_INLINE REAL PVK_NAMED(less_lower)(REAL s, PVK_NAMED(triangle) L, int32_t row, const REAL *x, REAL previous) {
  int32_t start = L.starts[row], end = L.starts[row + 1];
  if (end > start && L.indices[end - 1] == row - 1) {
    end--;
    for (int32_t k = start; k < end; k++) s -= L.values[k] * x[L.indices[k]];
    return s - L.values[end] * previous;
  }
  for (int32_t k = start; k < end; k++) s -= L.values[k] * x[L.indices[k]];
  return s;
}

// And for the upper triangle, from below.
PVK_INLINE REAL PVK_NAMED(less_upper)(REAL s, PVK_NAMED(triangle) U, int32_t row, const REAL *x, REAL previous) {
  int32_t start = U.starts[row], end = U.starts[row + 1];
  if (end > start && U.indices[start] == row + 1) {
    for (int32_t k = end - 1; k > start; k--) s -= U.values[k] * x[U.indices[k]];
    return s - U.values[start] * previous;
  }
  for (int32_t k = end - 1; k >= start; k--) s -= U.values[k] * x[U.indices[k]];
  return s;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_forward)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b, REAL *restrict x) {
  PVK_NAMED(triangle) L = PVK_NAMED(lower)(A);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk]; row < A->chunk_rows[chunk + 1]; row++)
    x[row] = solved = PVK_NAMED(less_lower)(b[row], L, row, x, solved);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_forward_residual)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b,
                                     REAL *restrict x, REAL *restrict r) {
  PVK_NAMED(triangle) L = PVK_NAMED(lower)(A);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk]; row < A->chunk_rows[chunk + 1]; row++) {
    x[row] = solved = PVK_NAMED(less_lower)(b[row], L, row, x, solved);
    r[row] = 0;
    for (int32_t k = L.starts[row]; k < L.starts[row + 1]; k++) r[L.indices[k]] -= L.values[k] * solved;
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_backward)(const pvk_split_matrix *A, int32_t chunk, const REAL *g, REAL *x) {
  PVK_NAMED(triangle) U = PVK_NAMED(upper)(A);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk + 1] - 1; row >= A->chunk_rows[chunk]; row--)
    x[row] = solved = PVK_NAMED(less_upper)(g[row], U, row, x, solved);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_backward_residual)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b,
                                      REAL *restrict x, REAL *restrict r) {
  PVK_NAMED(triangle) U = PVK_NAMED(upper)(A);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk + 1] - 1; row >= A->chunk_rows[chunk]; row--) {
    REAL before = x[row];
    x[row] = solved = PVK_NAMED(less_upper)(before, U, row, x, solved);
    r[row] = b[row] - before;
    for (int32_t k = U.starts[row]; k < U.starts[row + 1]; k++) r[U.indices[k]] -= U.values[k] * solved;
  }
}

// g = b - e on the rows of a chunk.
PVK_INLINE void PVK_NAMED(without_border)(const pvk_split_matrix *A, int32_t chunk, const REAL *b, const REAL *e,
                                          REAL *g) {
  int32_t first = A->chunk_rows[chunk], last = A->chunk_rows[chunk + 1];
  memcpy(g + first, b + first, (size_t)(last - first) * sizeof *g);
  for (int32_t m = A->border_chunks[chunk]; m < A->border_chunks[chunk + 1]; m++) g[A->border_rows[m]] -= e[m];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_forward_sweep)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b,
                                  const REAL *restrict e, REAL *restrict x, REAL *restrict g) {
  PVK_NAMED(triangle) L = PVK_NAMED(lower)(A), U = PVK_NAMED(upper)(A);
  PVK_NAMED(without_border)(A, chunk, b, e, g);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk]; row < A->chunk_rows[chunk + 1]; row++) {
    // The old values first: they do not wait for the row before.
    REAL others = PVK_NAMED(less)(0, U, row, x), left = PVK_NAMED(less_lower)(g[row], L, row, x, solved);
    g[row] = left;
    x[row] = solved = left + others;
  }
  for (int32_t m = A->border_chunks[chunk]; m < A->border_chunks[chunk + 1]; m++) g[A->border_rows[m]] += e[m];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_backward_sweep)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b,
                                   const REAL *restrict e, REAL *restrict x, REAL *restrict g) {
  PVK_NAMED(triangle) L = PVK_NAMED(lower)(A), U = PVK_NAMED(upper)(A);
  PVK_NAMED(without_border)(A, chunk, b, e, g);
  REAL solved = 0;
  for (int32_t row = A->chunk_rows[chunk + 1] - 1; row >= A->chunk_rows[chunk]; row--) {
    REAL others = PVK_NAMED(less)(g[row], L, row, x);
    x[row] = solved = PVK_NAMED(less_upper)(others, U, row, x, solved);
  }
}

PVK_INLINE REAL PVK_NAMED(border_row)(const pvk_split_matrix *A, int32_t m, const REAL *restrict x) {
  const REAL *restrict values = A->border_values;
  REAL sum = 0;
  for (int32_t k = A->border_starts[m]; k < A->border_starts[m + 1]; k++) sum += values[k] * x[A->border_indices[k]];
  return sum;
}

void PVK_NAMED(pvk_border_product)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict x,
                                   REAL *restrict e) {
  for (int32_t m = A->border_chunks[chunk]; m < A->border_chunks[chunk + 1]; m++)
    e[m] = PVK_NAMED(border_row)(A, m, x);
}

void PVK_NAMED(pvk_border_subtract)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict e,
                                    REAL *restrict v) {
  for (int32_t m = A->border_chunks[chunk]; m < A->border_chunks[chunk + 1]; m++) v[A->border_rows[m]] -= e[m];
}

void PVK_NAMED(pvk_border_residual)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict x,
                                    REAL *restrict r) {
  for (int32_t m = A->border_chunks[chunk]; m < A->border_chunks[chunk + 1]; m++)
    r[A->border_rows[m]] -= PVK_NAMED(border_row)(A, m, x);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_split_residual)(const pvk_split_matrix *A, int32_t chunk, const REAL *restrict b,
                                   const REAL *restrict x, REAL *restrict r) {
  PVK_NAMED(triangle) L = PVK_NAMED(lower)(A), U = PVK_NAMED(upper)(A);
  for (int32_t row = A->chunk_rows[chunk]; row < A->chunk_rows[chunk + 1]; row++)
    r[row] = PVK_NAMED(less)(PVK_NAMED(less)(b[row] - x[row], L, row, x), U, row, x);
  PVK_NAMED(pvk_border_residual)(A, chunk, x, r);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_transfer)(size_t first, size_t last, const int32_t *restrict starts,
                             const int32_t *restrict indices, const REAL *restrict values, const REAL *restrict x,
                             int32_t adds, REAL *restrict y) {
  for (size_t row = first; row < last; row++) {
    REAL sum = 0;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) sum += values[k] * x[indices[k]];
    y[row] = adds ? y[row] + sum : sum;
  }
}

void PVK_NAMED(pvk_transfer_scale)(size_t first, size_t last, const int32_t *restrict starts,
                                   const int32_t *restrict indices, const double *restrict fine,
                                   const double *restrict coarse, int32_t rows_are_coarse, REAL *restrict values) {
  for (size_t row = first; row < last; row++) {
    double own = rows_are_coarse ? coarse[row] : 1 / fine[row];
    for (int32_t k = starts[row]; k < starts[row + 1]; k++)
      values[k] = (REAL)((double)values[k] * (rows_are_coarse ? own / fine[indices[k]] : own * coarse[indices[k]]));
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_scale_in)(size_t first, size_t last, const double *restrict scale, const double *restrict x,
                             double factor, REAL *restrict y) {
  for (size_t i = first; i < last; i++) y[i] = (REAL)(factor * scale[i] * x[i]);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_scale_out)(size_t first, size_t last, const double *restrict scale, const REAL *restrict x,
                              double factor, double *restrict y) {
  for (size_t i = first; i < last; i++) y[i] = factor * scale[i] * (double)x[i];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_add)(size_t first, size_t last, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = first; i < last; i++) y[i] += x[i];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_dense_multiply)(size_t count, const double *restrict matrix, const REAL *restrict x,
                                   REAL *restrict y) {
#pragma clang fp reassociate(on)
  for (size_t row = 0; row < count; row++) {
    const double *entries = matrix + row * count;
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += entries[k] * (double)x[k];
    y[row] = (REAL)sum;
  }
}
