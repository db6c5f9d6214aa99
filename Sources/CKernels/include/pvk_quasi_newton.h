#ifndef PVK_QUASI_NEWTON_H
#define PVK_QUASI_NEWTON_H
#include <stddef.h>
#include <stdint.h>

/// A symmetric matrix as the rows of its lower triangle, one behind the other, times a vector. Context of the
/// `pvk_chunk`s below: chunk k does the rows from rows[k] to rows[k + 1].
typedef struct {
  const int32_t *_Nonnull rows;
  int32_t chunk_count;
  int32_t size;
  const void *_Nonnull matrix;
  const void *_Nonnull vector;
  /// What each chunk adds to the product: `size` numbers for each of them.
  double *_Nonnull partials;
} pvk_triangle_product_job;

/// matrix = keep * matrix + first * u uᵀ + mixed * (u wᵀ + w uᵀ) + second * w wᵀ, on the same triangle.
typedef struct {
  const int32_t *_Nonnull rows;
  void *_Nonnull matrix;
  const void *_Nonnull u;
  const void *_Nonnull w;
  double keep, first, mixed, second;
} pvk_triangle_update_job;

#define PVK_TRIANGLE(SUFFIX)                                                                                        \
  void pvk_triangle_product_chunk_##SUFFIX(void *_Nullable job, int32_t chunk, int32_t worker);                     \
  /** The sum over the chunks, in their order. */                                                                   \
  void pvk_triangle_product_sum_##SUFFIX(const pvk_triangle_product_job *_Nonnull job, void *_Nonnull target);      \
  void pvk_triangle_update_chunk_##SUFFIX(void *_Nullable job, int32_t chunk, int32_t worker)
PVK_TRIANGLE(f32);
PVK_TRIANGLE(f64);
#undef PVK_TRIANGLE

#define PVK_CURVATURE(SUFFIX, REAL)                                                                                 \
  /** One or minus one for each of up to 128 bits. */                                                               \
  void pvk_signs_##SUFFIX(size_t count, const uint32_t *_Nonnull bits, REAL *_Nonnull target);                      \
  /** product = signs * product, and then the mean of `block` neighbours each. */                                   \
  void pvk_probed_diagonal_##SUFFIX(size_t count, size_t block, const REAL *_Nonnull signs, REAL *_Nonnull product); \
  /** scale = scale * (1 - rate * (a^2 - b^2) / (a^2 + b^2)) with a = scale * product and b = probe / scale. */      \
  void pvk_fit_scales_##SUFFIX(size_t count, double rate, const REAL *_Nonnull probe, const REAL *_Nonnull product, \
                               REAL *_Nonnull scale);                                                               \
  /** target = scale^2 * x. */                                                                                      \
  void pvk_apply_scales_##SUFFIX(size_t count, const REAL *_Nonnull scale, const REAL *_Nonnull x,                  \
                                 REAL *_Nonnull target);                                                            \
  /** The upper triangle of rate * (left - right) / (the largest diagonal entry of left + right), zeros below, into \
      the left one of two square row-major matrices. */                                                             \
  void pvk_triangular_step_##SUFFIX(size_t side, double rate, REAL *_Nonnull left, const REAL *_Nonnull right)
PVK_CURVATURE(f32, float);
PVK_CURVATURE(f64, double);
#undef PVK_CURVATURE
#endif
