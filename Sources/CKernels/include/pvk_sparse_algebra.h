#ifndef PVK_SPARSE_ALGEBRA_H
#define PVK_SPARSE_ALGEBRA_H
#include <stddef.h>
#include <stdint.h>

/// Rows that are being written, in order: memory that grows.
typedef struct pvk_rows_piece {
  int32_t *_Nullable indices;
  double *_Nullable values;
  size_t count, capacity;
} pvk_rows_piece;

/// Makes room for `more` entries; 0 when there is no memory.
int32_t pvk_piece_reserve(pvk_rows_piece *_Nonnull piece, size_t more);
void pvk_piece_free(pvk_rows_piece *_Nonnull piece);

/// Appends rows first..<last of A B to a piece, columns increasing if `sorted`, and writes ends[row + 1], the piece's
/// count after the row. `marker` is scratch of one number per column of B, zero at first. 0 when there is no memory.
int32_t pvk_rows_times_rows(size_t first, size_t last, const int32_t *_Nonnull a_starts,
                         const int32_t *_Nonnull a_indices, const double *_Nonnull a_values,
                         const int32_t *_Nonnull b_starts, const int32_t *_Nonnull b_indices,
                         const double *_Nonnull b_values, int32_t *_Nonnull marker, size_t columns, int32_t sorted,
                         int32_t *_Nonnull ends, pvk_rows_piece *_Nonnull piece);

/// Counts the entries of each column in rows first..<last.
void pvk_columns_count(size_t first, size_t last, const int32_t *_Nonnull starts, const int32_t *_Nonnull indices,
                       int32_t *_Nonnull counts, size_t columns);
/// Turns counts, chunk after chunk, into the positions where each chunk writes its entries of each column, and
/// writes the starts of the transpose.
void pvk_columns_offsets(size_t columns, size_t chunks, int32_t *_Nonnull counts, int32_t *_Nonnull starts);

#define PVK_SPARSE_ALGEBRA_DECLARATIONS(REAL, NAME)                                                                 \
  /** Writes rows first..<last into their places of the transpose. */                                               \
  void pvk_columns_fill_##NAME(size_t first, size_t last, const int32_t *_Nonnull starts,                           \
                               const int32_t *_Nonnull indices, const REAL *_Nonnull values,                        \
                               int32_t *_Nonnull next, int32_t *_Nonnull to_indices, REAL *_Nonnull to_values);     \
  /** Appends rows first..<last of R A P to a piece, columns increasing, as pvk_rows_times_rows does. `fine_marker` and \
      `coarse_marker` are scratch of one number per row and per column of P, zero at first; `row` holds a row of    \
      R A while it grows. 0 when there is no memory. */                                                             \
  int32_t pvk_rows_galerkin_##NAME(size_t first, size_t last, const int32_t *_Nonnull r_starts,                     \
                                   const int32_t *_Nonnull r_indices, const REAL *_Nonnull r_values,                \
                                   const int32_t *_Nonnull a_starts, const int32_t *_Nonnull a_indices,             \
                                   const double *_Nonnull a_values, const int32_t *_Nonnull p_starts,               \
                                   const int32_t *_Nonnull p_indices, const REAL *_Nonnull p_values,                \
                                   int32_t *_Nonnull fine_marker, int32_t *_Nonnull coarse_marker, size_t columns,  \
                                   pvk_rows_piece *_Nonnull row, int32_t *_Nonnull ends,                            \
                                   pvk_rows_piece *_Nonnull piece);                                                 \
  /** to = from. */                                                                                                 \
  void pvk_copy_doubles_##NAME(size_t count, const double *_Nonnull from, REAL *_Nonnull to);

PVK_SPARSE_ALGEBRA_DECLARATIONS(float, f32)
PVK_SPARSE_ALGEBRA_DECLARATIONS(double, f64)
#endif
