#ifndef PVK_SWEEPS_H
#define PVK_SWEEPS_H
#include <stddef.h>
#include <stdint.h>

/// Sweeps and triangular solves over compressed rows whose column numbers increase, once for each type of index.
/// Where an entry on the diagonal is needed it must be stored.
#define PVK_SWEEPS_DECLARATIONS(INDEX, NAME)                                                                        \
  /** One upward sweep of SOR from old to another vector, next, over the rows first..<last:                         \
      next[i] = old[i] + omega / a[i][i] * (b - L next - (D + U) old)[i]. Returns the square of the norm of         \
      b - A old on these rows, which costs no further pass over the matrix. */                                      \
  double pvk_sweep_monitored_##NAME(size_t first, size_t last, double omega, const INDEX *_Nonnull starts,          \
                                    const INDEX *_Nonnull indices, const double *_Nonnull values,                   \
                                    const double *_Nonnull b, const double *_Nonnull old, double *_Nonnull next);   \
  /** The same where no row of first..<last has entries in the columns of the others (rows of one colour). */       \
  double pvk_sweep_color_monitored_##NAME(size_t first, size_t last, double omega, const INDEX *_Nonnull starts,    \
                                          const INDEX *_Nonnull indices, const double *_Nonnull values,             \
                                          const double *_Nonnull b, const double *_Nonnull old,                     \
                                          double *_Nonnull next);                                                   \
  /** The same of Jacobi's method: every row sees old values only. */                                               \
  double pvk_sweep_jacobi_##NAME(size_t first, size_t last, double omega, const INDEX *_Nonnull starts,             \
                                 const INDEX *_Nonnull indices, const double *_Nonnull values,                      \
                                 const double *_Nonnull b, const double *_Nonnull old, double *_Nonnull next);      \
  /** One sweep of SOR in place, rows upwards or downwards. */                                                      \
  void pvk_sweep_##NAME(size_t first, size_t last, int32_t downwards, double omega, const INDEX *_Nonnull starts,   \
                        const INDEX *_Nonnull indices, const double *_Nonnull values, const double *_Nonnull b,     \
                        double *_Nonnull x);                                                                        \
  /** The same over rows of one colour. */                                                                          \
  void pvk_sweep_color_##NAME(size_t first, size_t last, double omega, const INDEX *_Nonnull starts,                \
                              const INDEX *_Nonnull indices, const double *_Nonnull values,                         \
                              const double *_Nonnull b, double *_Nonnull x);                                        \
  /** Solves (D + omega L) D^-1 (D + omega U) z = scale r, with the lower and upper parts of the rows of A and the  \
      reciprocals of D. Returns r'z. */                                                                             \
  double pvk_ssor_solve_##NAME(size_t count, double omega, double scale, const INDEX *_Nonnull starts,              \
                               const INDEX *_Nonnull indices, const double *_Nonnull values,                        \
                               const double *_Nonnull reciprocals, const double *_Nonnull r, double *_Nonnull z);   \
  /** q = A p for all rows; returns p'q. */                                                                         \
  double pvk_rows_multiply_dot_##NAME(size_t count, const INDEX *_Nonnull starts, const INDEX *_Nonnull indices,    \
                                      const double *_Nonnull values, const double *_Nonnull p, double *_Nonnull q); \
  /** Solves (1 + U') D (1 + U) z = r, with the rows of the strictly upper U and the reciprocals of D. */           \
  void pvk_symmetric_factor_solve_##NAME(size_t count, const INDEX *_Nonnull starts,                                \
                                         const INDEX *_Nonnull indices, const double *_Nonnull upper,               \
                                         const double *_Nonnull reciprocals, const double *_Nonnull r,              \
                                         double *_Nonnull z);                                                       \
  /** Solves (1 + L) (D + U) z = r, rows of the strict triangles apart, with the reciprocals of D. */               \
  void pvk_factor_solve_##NAME(size_t count, const INDEX *_Nonnull lower_starts,                                    \
                               const INDEX *_Nonnull lower_indices, const double *_Nonnull lower,                   \
                               const INDEX *_Nonnull upper_starts, const INDEX *_Nonnull upper_indices,             \
                               const double *_Nonnull upper, const double *_Nonnull reciprocals,                    \
                               const double *_Nonnull r, double *_Nonnull z);

PVK_SWEEPS_DECLARATIONS(int32_t, i32)
PVK_SWEEPS_DECLARATIONS(int64_t, i64)

/// x += a p, r -= a q; returns the square of the norm of r.
double pvk_conjugate_step(size_t count, double a, const double *_Nonnull p, const double *_Nonnull q,
                          double *_Nonnull x, double *_Nonnull r);
/// p = z + b p.
void pvk_conjugate_direction(size_t count, double b, const double *_Nonnull z, double *_Nonnull p);
/// z[i] = d[i] * r[i].
void pvk_scale_rows(size_t count, const double *_Nonnull d, const double *_Nonnull r, double *_Nonnull z);
/// z = B r with dense row-major blocks of size x size on the diagonal, for the blocks first..<last.
void pvk_block_diagonal_multiply(size_t first, size_t last, size_t size, const double *_Nonnull blocks,
                                 const double *_Nonnull r, double *_Nonnull z);
#endif
