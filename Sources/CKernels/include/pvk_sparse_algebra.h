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

/// Appends rows first..<last of A B to a piece, columns increasing, and writes ends[row + 1], the piece's count after
/// the row. `marker` is scratch of one number per column of B. 0 when there is no memory.
int32_t pvk_rows_product(size_t first, size_t last, const int32_t *_Nonnull a_starts,
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
/// Writes rows first..<last into their places of the transpose.
void pvk_columns_fill(size_t first, size_t last, const int32_t *_Nonnull starts, const int32_t *_Nonnull indices,
                      const double *_Nonnull values, int32_t *_Nonnull next, int32_t *_Nonnull to_indices,
                      double *_Nonnull to_values);
#endif
