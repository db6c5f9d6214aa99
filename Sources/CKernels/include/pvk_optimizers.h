#ifndef PVK_OPTIMIZERS_H
#define PVK_OPTIMIZERS_H
#include <stddef.h>
#include <stdint.h>

enum { pvk_most_gradients = 1024 };

/// Neighbours in a block of parameters that one chunk of an update deals with.
typedef struct {
  int64_t start;
  int32_t count;
  /// Whether weight decay acts on them.
  int32_t decays;
} pvk_parameter_range;

/// One pass of an update over a block of parameters; every pointer leads to a block of the same layout, of floats or
/// doubles as the function's name says. Context of the `pvk_chunk`s below, chunk k does ranges[k].
typedef struct {
  const pvk_parameter_range *_Nullable ranges;
  int32_t range_count;
  /// The gradient is gradient_scale times the sum of these blocks, which is taken in a fixed tree: neighbours first.
  int32_t gradient_count;
  void *_Nullable const *_Nullable gradients;
  double gradient_scale;
  /// The gradient's elements are cut to this size, behind the scale; infinity for none.
  double gradient_limit;
  void *_Nullable parameters;
  void *_Nullable first;
  void *_Nullable second;
  void *_Nullable largest;
  /// Takes (1 - average_decay) of the new parameters; none for NULL.
  void *_Nullable average;
  double average_decay;
  double rate;
  /// Added to the gradient, times the parameter.
  double coupled_decay;
  /// The parameter is multiplied by one minus this.
  double decoupled_decay;
  double first_decay;
  double second_decay;
  /// The rate over the bias correction of the first moment.
  double corrected_rate;
  /// One over the square root of the bias correction of the second moment.
  double second_correction;
  double epsilon;
  int32_t nesterov;
  /// Per range the sum of squares of the scaled gradient before it is cut; written by every function that reads gradients.
  double *_Nullable partials;
} pvk_update_job;

#define PVK_UPDATE_CHUNK(NAME)                                                                                      \
  void NAME##_f32(void *_Nullable job, int32_t chunk, int32_t worker);                                              \
  void NAME##_f64(void *_Nullable job, int32_t chunk, int32_t worker)

/// The sum of the gradients, scaled and cut, into the first of them.
PVK_UPDATE_CHUNK(pvk_gradient_sum_chunk);
/// Momentum in `first`, plain descent without it.
PVK_UPDATE_CHUNK(pvk_momentum_chunk);
/// Adam's rule; with `largest` AMSGrad's.
PVK_UPDATE_CHUNK(pvk_adam_chunk);
/// Lion's rule.
PVK_UPDATE_CHUNK(pvk_lion_chunk);
/// The average alone.
PVK_UPDATE_CHUNK(pvk_average_chunk);
#undef PVK_UPDATE_CHUNK

/// Every chunk on the calling thread.
void pvk_update_serially(void (*_Nonnull chunk)(void *_Nullable, int32_t, int32_t), pvk_update_job *_Nonnull job);

/// Per range the sum of a * b in doubles.
typedef struct {
  const pvk_parameter_range *_Nonnull ranges;
  const void *_Nonnull a;
  const void *_Nonnull b;
  /// target = factor * a + b where there is one; partials are not written then.
  void *_Nullable target;
  double factor;
  double *_Nonnull partials;
} pvk_block_job;
void pvk_block_chunk_f32(void *_Nullable job, int32_t chunk, int32_t worker);
void pvk_block_chunk_f64(void *_Nullable job, int32_t chunk, int32_t worker);

/// Matrices of Adafactor, `count` of `rows` times `columns`, one behind the other.
typedef struct {
  void *_Nullable parameters;
  const void *_Nullable gradients;
  /// Running means of the squares over columns and over rows: `rows` and `columns` numbers per matrix. Without
  /// factors `row_means` has a number for each parameter, and `column_means` is NULL.
  void *_Nullable row_means;
  void *_Nullable column_means;
  size_t count, rows, columns;
  double gradient_scale, gradient_limit, second_decay, square_floor;
} pvk_factored_job;

#define PVK_FACTORED(SUFFIX)                                                                                        \
  /** Updates the means and returns the sum of squares of the updates g / sqrt(v), before they are clipped. */      \
  double pvk_factored_means_##SUFFIX(const pvk_factored_job *_Nonnull job);                                         \
  /** parameters = keep * parameters - step * g / sqrt(v). */                                                       \
  void pvk_factored_apply_##SUFFIX(const pvk_factored_job *_Nonnull job, double step, double keep);                 \
  double pvk_sum_of_squares_##SUFFIX(const void *_Nonnull values, size_t count)
PVK_FACTORED(f32);
PVK_FACTORED(f64);
#undef PVK_FACTORED

#define PVK_MATRIX_UPDATES(SUFFIX, REAL)                                                                            \
  /** target = left * a + right * b; the target may be one of the two. */                                           \
  void pvk_blend_##SUFFIX(size_t count, double left, const REAL *_Nonnull a, double right, const REAL *_Nonnull b,  \
                          REAL *_Nonnull target);                                                                   \
  /** squares = decay * squares + (1 - decay) * gradient^2, then target = mean / (correction * sqrt(squares) +      \
      epsilon). The target may be the mean or the gradient. */                                                      \
  void pvk_adaptive_direction_##SUFFIX(size_t count, double decay, double correction, double epsilon,               \
                                       const REAL *_Nonnull gradient, REAL *_Nonnull squares,                       \
                                       const REAL *_Nonnull mean, REAL *_Nonnull target)
PVK_MATRIX_UPDATES(f32, float);
PVK_MATRIX_UPDATES(f64, double);
#undef PVK_MATRIX_UPDATES
#endif
