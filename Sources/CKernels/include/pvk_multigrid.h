#ifndef PVK_MULTIGRID_H
#define PVK_MULTIGRID_H
#include <stddef.h>
#include <stdint.h>
#include "pvk_sparse_algebra.h"

/// A square matrix A = I + L + U + E of compressed rows, scaled to a unit diagonal. Rows are cut into chunks; L and U
/// are the strict triangles of the diagonal blocks of the chunks, E is what couples chunks (and what the scaling
/// left on the diagonal). Sweeps go through a chunk's own rows in order and use old values of other chunks, so that
/// chunks are independent. Values and vectors are float or double, as the function says.
typedef struct pvk_split_matrix {
  const int32_t *_Nullable chunk_rows;
  const int32_t *_Nullable lower_starts, *_Nullable lower_indices;
  const void *_Nullable lower_values;
  const int32_t *_Nullable upper_starts, *_Nullable upper_indices;
  const void *_Nullable upper_values;
  /// The first border row of each chunk; their row numbers; their entries.
  const int32_t *_Nullable border_chunks, *_Nullable border_rows, *_Nullable border_starts, *_Nullable border_indices;
  const void *_Nullable border_values;
} pvk_split_matrix;

/// How many entries a chunk has in L, U and E, and how many rows of it have some in E.
typedef struct pvk_split_counts {
  int32_t lower, upper, border, border_rows;
} pvk_split_counts;

/// Writes scale[i] = 1 / sqrt(d[i]) with the diagonal d of rows first..<last, enlarged where entries outside of
/// these columns are so large that sweeps would diverge (Baker, Falgout, Kolev, Yang 2011), and diagonal[i]. Counts
/// entries. Returns -1, or a row whose diagonal is not positive. `ratio` becomes the largest sum of absolute values
/// in a row over its diagonal entry, `positive` whether an entry beside the diagonal is.
int32_t pvk_split_measure(int32_t first, int32_t last, const int32_t *_Nonnull starts,
                          const int32_t *_Nonnull indices, const double *_Nonnull values, double *_Nonnull diagonal,
                          double *_Nonnull scale, pvk_split_counts *_Nonnull counts, double *_Nonnull ratio,
                          int32_t *_Nonnull positive);

/// Prolongator smoothing of scalar unknowns: appends rows first..<last of (I - omega D^-1 A_F) T, where T has one
/// entry per row, mode[i] inverse_norms[aggregates[i]] in column aggregates[i] (none below 0; without mode 1), and A_F
/// is A without weak entries, those with a[i][j]^2 <= threshold^2 d[i] d[j], which are added to its diagonal D. 0 when
/// there is no memory.
int32_t pvk_smooth_prolongator(int32_t first, int32_t last, const int32_t *_Nonnull starts,
                               const int32_t *_Nonnull indices, const double *_Nonnull values,
                               const double *_Nonnull diagonal, double threshold, double omega,
                               const int32_t *_Nonnull aggregates, const double *_Nullable mode,
                               const double *_Nonnull inverse_norms, int32_t *_Nonnull ends,
                               pvk_rows_piece *_Nonnull piece);

/// Gathers nodes into aggregates by strong connections, as pvk_smooth_prolongator names them, in three passes (Vanek,
/// Mandel, Brezina 1996): whole neighbourhoods, what is left beside them, the rest. Writes the number of each node's
/// aggregate, -1 for nodes without strong connections; returns how many there are. Entries may not be strong one
/// way only.
int32_t pvk_aggregate(int32_t count, const int32_t *_Nonnull starts, const int32_t *_Nonnull indices,
                      const double *_Nonnull values, const double *_Nonnull diagonal, double threshold,
                      int32_t *_Nonnull aggregates);

/// Classical strength (Ruge, Stueben 1987): writes strong[k] = 1 for entries of rows first..<last, beside the diagonal,
/// with -a[i][j] >= threshold max(-a[i][k]) > 0, and 0 for others.
void pvk_classical_strength(int32_t first, int32_t last, const int32_t *_Nonnull starts,
                            const int32_t *_Nonnull indices, const double *_Nonnull values, double threshold,
                            uint8_t *_Nonnull strong);

/// The first pass of Ruge and Stueben: takes coarse nodes in the order of how many undecided nodes depend on them, those
/// that depend on fine ones counting more. Writes kinds[i] = 1 for coarse nodes and 0 for fine ones. With a second
/// pass every two fine nodes that depend on each other have a coarse node in common. 0 when there is no memory.
int32_t pvk_classical_splitting(int32_t count, const int32_t *_Nonnull starts, const int32_t *_Nonnull indices,
                                const uint8_t *_Nonnull strong, int32_t second_pass, uint8_t *_Nonnull kinds);

/// Appends rows first..<last of the interpolation from coarse nodes, whose numbers on the coarse level are `numbers`: of
/// a fine node i from the coarse nodes that it depends on, either directly (weights in proportion to a[i][j]) or with
/// the fine nodes it depends on replaced by what they have in common with it. `marker` is scratch of one number per
/// node, zero at first. 0 when there is no memory.
int32_t pvk_classical_interpolation(int32_t first, int32_t last, const int32_t *_Nonnull starts,
                                    const int32_t *_Nonnull indices, const double *_Nonnull values,
                                    const uint8_t *_Nonnull strong, const uint8_t *_Nonnull kinds,
                                    const int32_t *_Nonnull numbers, int32_t direct, int32_t *_Nonnull marker,
                                    int32_t *_Nonnull ends, pvk_rows_piece *_Nonnull piece);

/// The largest |weights[i] x[i]|, weights being 1 where there are none; infinite where one is undefined.
double pvk_largest(size_t first, size_t last, const double *_Nonnull x, const double *_Nullable weights);

#define PVK_MULTIGRID_DECLARATIONS(REAL, NAME)                                                                      \
  /** Fills the parts of rows of a chunk, from given positions in L, U, E and border rows on. */                    \
  void pvk_split_fill_##NAME(int32_t first, int32_t last, const int32_t *_Nonnull starts,                           \
                             const int32_t *_Nonnull indices, const double *_Nonnull values,                        \
                             const double *_Nonnull scale, pvk_split_counts at, int32_t *_Nonnull lower_starts,     \
                             int32_t *_Nonnull lower_indices, REAL *_Nonnull lower_values,                          \
                             int32_t *_Nonnull upper_starts, int32_t *_Nonnull upper_indices,                       \
                             REAL *_Nonnull upper_values, int32_t *_Nonnull border_rows,                            \
                             int32_t *_Nonnull border_starts, int32_t *_Nonnull border_indices,                     \
                             REAL *_Nonnull border_values);                                                         \
  /** x = (I + L)^-1 b. */                                                                                          \
  void pvk_forward_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,                \
                          REAL *_Nonnull x);                                                                        \
  /** The same, and r = -U x for U = L'. */                                                                         \
  void pvk_forward_residual_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,       \
                                   REAL *_Nonnull x, REAL *_Nonnull r);                                             \
  /** x = (I + U)^-1 g; g may be x. */                                                                              \
  void pvk_backward_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull g,               \
                           REAL *_Nonnull x);                                                                       \
  /** x = (I + U)^-1 g with g = x from before, and r = b - g - L x for L = U'. */                                   \
  void pvk_backward_residual_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,      \
                                    REAL *_Nonnull x, REAL *_Nonnull r);                                            \
  /** One forward sweep on A x = b with e = E x from before; leaves g = b - L x. */                                 \
  void pvk_forward_sweep_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,          \
                                const REAL *_Nonnull e, REAL *_Nonnull x, REAL *_Nonnull g);                        \
  /** One backward sweep; g is scratch. */                                                                          \
  void pvk_backward_sweep_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,         \
                                 const REAL *_Nonnull e, REAL *_Nonnull x, REAL *_Nonnull g);                       \
  /** e = E x, one number per border row of the chunk. */                                                           \
  void pvk_border_product_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull x,         \
                                 REAL *_Nonnull e);                                                                 \
  /** v -= e on the border rows. */                                                                                 \
  void pvk_border_subtract_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull e,        \
                                  REAL *_Nonnull v);                                                                \
  /** r -= E x. */                                                                                                  \
  void pvk_border_residual_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull x,        \
                                  REAL *_Nonnull r);                                                                \
  /** r = b - A x on a chunk. */                                                                                    \
  void pvk_split_residual_##NAME(const pvk_split_matrix *_Nonnull A, int32_t chunk, const REAL *_Nonnull b,         \
                                 const REAL *_Nonnull x, REAL *_Nonnull r);                                         \
  /** y (+)= P x on rows first..<last of compressed rows. */                                                        \
  void pvk_transfer_##NAME(size_t first, size_t last, const int32_t *_Nonnull starts,                               \
                           const int32_t *_Nonnull indices, const REAL *_Nonnull values, const REAL *_Nonnull x,    \
                           int32_t adds, REAL *_Nonnull y);                                                         \
  /** values[k] *= coarse[indices[k]] / fine[row], or with rows and columns exchanged where rows are coarse. */     \
  void pvk_transfer_scale_##NAME(size_t first, size_t last, const int32_t *_Nonnull starts,                         \
                                 const int32_t *_Nonnull indices, const double *_Nonnull fine,                      \
                                 const double *_Nonnull coarse, int32_t rows_are_coarse, REAL *_Nonnull values);    \
  /** y = factor scale x, into and out of the precision of a cycle. */                                              \
  void pvk_scale_in_##NAME(size_t first, size_t last, const double *_Nonnull scale, const double *_Nonnull x,       \
                           double factor, REAL *_Nonnull y);                                                                       \
  void pvk_scale_out_##NAME(size_t first, size_t last, const double *_Nonnull scale, const REAL *_Nonnull x,        \
                            double factor, double *_Nonnull y);                                                                    \
  /** y += x. */                                                                                                    \
  void pvk_add_##NAME(size_t first, size_t last, const REAL *_Nonnull x, REAL *_Nonnull y);                         \
  /** y = M x with a dense row-major matrix of doubles. */                                                          \
  void pvk_dense_multiply_##NAME(size_t count, const double *_Nonnull matrix, const REAL *_Nonnull x,               \
                                 REAL *_Nonnull y);

PVK_MULTIGRID_DECLARATIONS(float, f32)
PVK_MULTIGRID_DECLARATIONS(double, f64)
#endif
