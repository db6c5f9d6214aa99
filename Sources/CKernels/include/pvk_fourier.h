#ifndef PVK_FOURIER_H
#define PVK_FOURIER_H
#include <stddef.h>
#include <stdint.h>

/// Complex transforms of many columns at once, vectorised across them: Stockham's self-sorting passes of
/// radix 2, 3, 4, 5 and 8. Nothing is scaled; forward is exp(-ikx). Complex numbers are (re, im) pairs.
typedef struct pvk_columns pvk_columns;

/// NULL when `points` has a prime factor above 5, or there is no memory.
pvk_columns *_Nullable pvk_columns_create(size_t points);
void pvk_columns_destroy(pvk_columns *_Nonnull columns);
/// Transforms `width` / 2 columns. Rows of `width` doubles, a multiple of eight, lie `source_step` and
/// `destination_step` doubles apart; source and destination may be the same. `work` holds 2 * points * width
/// doubles.
void pvk_columns_transform(const pvk_columns *_Nonnull columns, int32_t inverse, const double *_Nonnull source,
                           size_t source_step, double *_Nonnull destination, size_t destination_step,
                           size_t width, double *_Nonnull work);

/// Transforms of real lines, each vectorised along itself: a complex transform of half the length.
typedef struct pvk_lines pvk_lines;

/// NULL unless `points` is 32 times a number without prime factors above 5, or there is no memory.
pvk_lines *_Nullable pvk_lines_create(size_t points);
void pvk_lines_destroy(pvk_lines *_Nonnull lines);
/// Doubles of work space that the transforms need.
size_t pvk_lines_work(size_t points);
/// scale * sum of x[j] exp(-2 pi i jk / n) for the first `kept` <= n/2 wavenumbers k of `count` lines, whose
/// values are destroyed.
void pvk_lines_analyze(const pvk_lines *_Nonnull lines, double *_Nonnull values, size_t value_step,
                       double *_Nonnull coefficients, size_t coefficient_step, size_t kept, double scale,
                       size_t count, double *_Nonnull work);
/// The values of the real functions with the first `kept` <= n/2 coefficients; the others are zero, and so is
/// the imaginary part of the mean.
void pvk_lines_synthesize(const pvk_lines *_Nonnull lines, const double *_Nonnull coefficients,
                          size_t coefficient_step, size_t kept, double *_Nonnull values, size_t value_step,
                          size_t count, double *_Nonnull work);
#endif
