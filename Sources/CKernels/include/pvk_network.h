#ifndef PVK_NETWORK_H
#define PVK_NETWORK_H
#include <stddef.h>
#include <stdint.h>

/// Functions that are applied number by number.
typedef enum {
  pvk_identity,
  pvk_gelu,
  pvk_relu,
  pvk_silu,
  pvk_tanh,
  pvk_sine,
} pvk_activation;

/// One product of a matrix A, whose numbers stand at a[row * a_row + k * a_column], and a matrix B with contiguous rows
/// b_row apart; `inner` is how many k there are. Distances are in numbers.
///
/// With `offsets` the columns of A come in `segments` of `inner` each, where number s begins at a + offsets[s] and the
/// rows of B go on: the taps of a convolution.
typedef struct pvk_product {
  const void *_Nullable a;
  ptrdiff_t a_row, a_column, a_batch;
  const void *_Nullable b;
  ptrdiff_t b_row, b_batch;
  int32_t inner;
  int32_t segments;
  const ptrdiff_t *_Nullable offsets;
} pvk_product;

/// What is known of A in the first product, and saves half of it: cosines and sines, at points on both sides of zero.
typedef enum {
  pvk_asymmetric,
  /// Columns k and inner - k, from 1 on, are equal in even rows and opposite in odd ones; column 0 is zero in odd rows.
  pvk_folded,
  /// Rows r and rows - r, from 1 on, are equal in even columns and opposite in odd ones.
  pvk_mirrored,
} pvk_symmetry;

/// result = f(bias + first + second [+ result]) for each of `batch` matrices of rows x columns; `second` may have no
/// inner, and has no segments. Where `derivative` is given it receives f' in the layout of the result.
typedef struct pvk_products {
  int32_t batch, rows, columns;
  pvk_product first, second;
  const void *_Nullable bias;
  void *_Nonnull result;
  void *_Nullable derivative;
  ptrdiff_t result_row, result_batch;
  int32_t accumulates;
  pvk_activation activation;
  pvk_symmetry symmetry;
} pvk_products;

void pvk_multiply_f32(const pvk_products *_Nonnull products);
void pvk_multiply_f64(const pvk_products *_Nonnull products);

/// values = f(values), and f' where `derivative` is given.
void pvk_activate_f32(pvk_activation f, size_t count, float *_Nonnull values, float *_Nullable derivative);
void pvk_activate_f64(pvk_activation f, size_t count, double *_Nonnull values, double *_Nullable derivative);

/// Values with their derivatives along straight lines: channels `distance` numbers apart, each of `count` numbers. The first has the
/// values; for each line there follow the derivatives of order 1 ... orders[line], and at the end, if any are summed, the sum of the
/// second derivatives along the first `summed` lines.
typedef struct pvk_jet {
  size_t count, distance;
  int32_t channels, lines;
  const int32_t *_Nonnull orders;
  int32_t summed;
  /// The highest order: at least 2 if any are summed, at most 4.
  int32_t top;
} pvk_jet;

/// The jet `a` of f(z). What the other function needs is left in place of the values of z. Not for pvk_relu.
void pvk_jet_forward_f32(pvk_activation f, const pvk_jet *_Nonnull jet, float *_Nonnull z, float *_Nonnull a);
void pvk_jet_forward_f64(pvk_activation f, const pvk_jet *_Nonnull jet, double *_Nonnull z, double *_Nonnull a);
/// The gradient of a to that of z, in its place.
void pvk_jet_back_f32(pvk_activation f, const pvk_jet *_Nonnull jet, const float *_Nonnull z, const float *_Nonnull a,
                      float *_Nonnull gradient);
void pvk_jet_back_f64(pvk_activation f, const pvk_jet *_Nonnull jet, const double *_Nonnull z,
                      const double *_Nonnull a, double *_Nonnull gradient);

/// Points of a jet whose every channel has `inner` numbers before a layer and `width` after it.
typedef struct pvk_outer_rows {
  int32_t points, channels, inner, width;
  /// Between the rows of two points.
  ptrdiff_t distance;
} pvk_outer_rows;

/// row[p][i * width + j] += the sum over channels of x[c][p][i] gradient[c][p][j]: the gradient of a layer's matrix for every point
/// by itself.
void pvk_outer_rows_f32(pvk_outer_rows outer, const float *_Nonnull x, const float *_Nonnull gradient,
                        float *_Nonnull rows);
void pvk_outer_rows_f64(pvk_outer_rows outer, const double *_Nonnull x, const double *_Nonnull gradient,
                        double *_Nonnull rows);

/// target[column * target_row + row] = source[row * source_row + column].
void pvk_transpose_f32(int32_t rows, int32_t columns, const float *_Nonnull source, ptrdiff_t source_row,
                       float *_Nonnull target, ptrdiff_t target_row);
void pvk_transpose_f64(int32_t rows, int32_t columns, const double *_Nonnull source, ptrdiff_t source_row,
                       double *_Nonnull target, ptrdiff_t target_row);

/// x *= y.
void pvk_scale_by_f32(size_t count, const float *_Nonnull y, float *_Nonnull x);
void pvk_scale_by_f64(size_t count, const double *_Nonnull y, double *_Nonnull x);
/// y += x.
void pvk_add_to_f32(size_t count, const float *_Nonnull x, float *_Nonnull y);
void pvk_add_to_f64(size_t count, const double *_Nonnull x, double *_Nonnull y);
/// sums[column] += the sum of a column of rows x columns contiguous numbers, after x *= y where y is given.
void pvk_add_columns_f32(size_t rows, int32_t columns, const float *_Nullable y, float *_Nonnull x,
                         float *_Nonnull sums);
void pvk_add_columns_f64(size_t rows, int32_t columns, const double *_Nullable y, double *_Nonnull x,
                         double *_Nonnull sums);

/// One complex axis of a truncated Fourier transform, after or before the products with cosines and sines.
///
/// Sums are of shape (2 (modes + 1), inner, 2, width): with cosines of frequencies 0 ... modes, then with sines.
/// Coefficients of shape (2 modes, inner), `stride` numbers apart, each (2, width); frequencies 0 ... modes - 1, then
/// -modes ... -1.
typedef struct pvk_axis {
  int32_t modes, inner, width;
  ptrdiff_t stride;
} pvk_axis;

/// Sums to coefficients, cosines - i sines of k and cosines + i sines of -k. `doubled` writes (re, -im, im, re).
void pvk_combine_f32(pvk_axis axis, const float *_Nonnull sums, float *_Nonnull coefficients, int32_t doubled);
void pvk_combine_f64(pvk_axis axis, const double *_Nonnull sums, double *_Nonnull coefficients, int32_t doubled);
/// Coefficients to what cosines, a + b, and sines, i (a - b), are multiplied with.
void pvk_separate_f32(pvk_axis axis, const float *_Nonnull coefficients, float *_Nonnull sums);
void pvk_separate_f64(pvk_axis axis, const double *_Nonnull coefficients, double *_Nonnull sums);

/// One complex matrix per mode for a few samples.
///
/// Weights of a slot are (2, inputs, outputs), `x` of a mode (samples, 2, 2, inputs) as pvk_combine doubles it, `y`
/// (samples, 2, outputs), `dx` (samples, 2, inputs). The slot of a mode is slots[mode], or the mode itself without
/// slots; a negative one is a mode that is dropped.
typedef struct pvk_mixing {
  int32_t modes, samples, inputs, outputs;
  const int32_t *_Nullable slots;
  /// Modes of memory between two samples' worth of x and y: the samples that there is room for.
  int32_t capacity;
} pvk_mixing;

void pvk_mix_f32(pvk_mixing mixing, const float *_Nonnull weights, const float *_Nonnull x, float *_Nonnull y);
void pvk_mix_f64(pvk_mixing mixing, const double *_Nonnull weights, const double *_Nonnull x, double *_Nonnull y);
/// The adjoint: dweights = or += x* dy, dx = dy weights*. `scratch` has room for (2, inputs, outputs) and for
/// (samples, 2, 2, outputs).
void pvk_mix_back_f32(pvk_mixing mixing, const float *_Nonnull weights, const float *_Nonnull x,
                      const float *_Nonnull dy, float *_Nonnull dweights, int32_t accumulates, float *_Nonnull dx,
                      float *_Nonnull scratch);
void pvk_mix_back_f64(pvk_mixing mixing, const double *_Nonnull weights, const double *_Nonnull x,
                      const double *_Nonnull dy, double *_Nonnull dweights, int32_t accumulates, double *_Nonnull dx,
                      double *_Nonnull scratch);
#endif
