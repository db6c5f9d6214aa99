#ifndef PVK_BOXES_H
#define PVK_BOXES_H
#include <stddef.h>
#include <stdint.h>

/// A 3, 5 or 7-point operator -div(a grad u) + shift u on one level of a box, for floats in padded arrays: every row
/// of x stands between ghosts, and so do the rows of a plane and, where there are several, the planes. Ghosts are
/// zero, or copies of the other end on periodic axes. Axes are x, y, z; missing ones have one unknown.
typedef struct pvk_box {
  int32_t count_x, count_y, count_z;
  /// From an unknown to its neighbours, in elements.
  size_t row_stride, plane_stride;
  /// The first unknown.
  size_t origin;
  /// Constant coefficients: the couplings of each number along an axis with the ones below and above, per volume.
  const float *_Nullable lower_x, *_Nullable upper_x, *_Nullable lower_y, *_Nullable upper_y, *_Nullable lower_z,
      *_Nullable upper_z;
  float shift;
  /// Inverses of the diagonal along x where couplings along y and z and the shift add up to common_rest, in this order,
  /// as they do nearly everywhere.
  const float *_Nullable common_inverse;
  float common_rest;
  /// Variable coefficients, or none: the conductance of every unknown's lower face in x, y and z, and the inverse of
  /// the diagonal; padded like the unknowns.
  const float *_Nullable faces_x, *_Nullable faces_y, *_Nullable faces_z, *_Nullable inverse_diagonal;
  int32_t periodic_x, periodic_y, periodic_z;
  /// What corrections of a relaxation are multiplied by.
  float relaxation;
} pvk_box;

/// Linear interpolation along an axis, and its transpose. With ratio 2 fine number 2I lies between the coarse numbers
/// I - 1 and I, 2I + 1 between I and I + 1; with ratio 1 the axis is not coarsened.
typedef struct pvk_box_transfer {
  int32_t ratio;
  /// Weights of I - 1 and I in 2I, of I and I + 1 in 2I + 1.
  const float *_Nullable even_below, *_Nullable even_above, *_Nullable odd_below, *_Nullable odd_above;
  /// Weights of 2I - 1 to 2I + 2 in I.
  const float *_Nullable first, *_Nullable second, *_Nullable third, *_Nullable fourth;
} pvk_box_transfer;

typedef struct pvk_box_transfers {
  pvk_box_transfer x, y, z;
} pvk_box_transfers;

/// Rows are numbered z-major; all work on rows first..<last.
/// Solves for the unknowns of a colour, those with (x + y + z) % 2 == colour, with the others as they are.
void pvk_box_relax(const pvk_box *_Nonnull box, int32_t first, int32_t last, int32_t colour, const float *_Nonnull f,
                   float *_Nonnull u);
/// r = f - A u.
void pvk_box_residual(const pvk_box *_Nonnull box, int32_t first, int32_t last, const float *_Nonnull f,
                      const float *_Nonnull u, float *_Nonnull r);
/// coarse = R r on coarse rows.
void pvk_box_restrict(const pvk_box *_Nonnull fine, const pvk_box *_Nonnull coarse,
                      const pvk_box_transfers *_Nonnull transfers, int32_t first, int32_t last,
                      const float *_Nonnull r, float *_Nonnull coarse_f);
/// u += P coarse_u on fine rows.
void pvk_box_prolong(const pvk_box *_Nonnull fine, const pvk_box *_Nonnull coarse,
                     const pvk_box_transfers *_Nonnull transfers, int32_t first, int32_t last,
                     const float *_Nonnull coarse_u, float *_Nonnull u);
/// Copies the ends of periodic axes to the ghosts.
void pvk_box_wrap(const pvk_box *_Nonnull box, float *_Nonnull u);
/// Clears rows.
void pvk_box_clear(const pvk_box *_Nonnull box, int32_t first, int32_t last, float *_Nonnull u);
/// u += v.
void pvk_box_add(const pvk_box *_Nonnull box, int32_t first, int32_t last, const float *_Nonnull v, float *_Nonnull u);
/// From and to dense arrays of doubles: f = factor b x_factors[x] y_factors[y] z_factors[z], x = factor u.
void pvk_box_load(const pvk_box *_Nonnull box, int32_t first, int32_t last, const double *_Nonnull b,
                  const double *_Nonnull x_factors, const double *_Nonnull y_factors,
                  const double *_Nonnull z_factors, double factor, float *_Nonnull f);
void pvk_box_store(const pvk_box *_Nonnull box, int32_t first, int32_t last, const float *_Nonnull u,
                   double factor, double *_Nonnull x);

/// The operator itself in double precision, on dense arrays.
typedef struct pvk_box_operator {
  int32_t count_x, count_y, count_z;
  /// Couplings per volume, as above; the volume of an unknown is the product of its widths.
  const double *_Nullable lower_x, *_Nullable upper_x, *_Nullable lower_y, *_Nullable upper_y, *_Nullable lower_z,
      *_Nullable upper_z;
  const double *_Nullable width_x, *_Nullable width_y, *_Nullable width_z;
  double shift;
  /// Variable coefficients, or none: conductances of all faces of an axis, one more than unknowns along it.
  const double *_Nullable faces_x, *_Nullable faces_y, *_Nullable faces_z;
  int32_t periodic_x, periodic_y, periodic_z;
  /// A row of zeros.
  const double *_Nullable zeros;
} pvk_box_operator;

/// y = A x on rows first..<last.
void pvk_box_apply(const pvk_box_operator *_Nonnull box, int32_t first, int32_t last, const double *_Nonnull x,
                   double *_Nonnull y);
#endif
