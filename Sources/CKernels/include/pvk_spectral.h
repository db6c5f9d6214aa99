#ifndef PVK_SPECTRAL_H
#define PVK_SPECTRAL_H
#include <stddef.h>
#include <stdint.h>

/// How a table multiplies coefficients. Complex numbers are (re, im) pairs.
typedef enum : int32_t {
  pvk_scale = 0,        // by the factor alone
  pvk_table_real = 1,   // by factor * table[k], table real
  pvk_table_imaginary = 2, // by factor * i * table[k], table real; complex data only
  pvk_table_complex = 3, // by factor * table[k], table of complex pairs; complex data only
} pvk_multiplier_kind;

/// One summand of a linear combination: multiplier times vector.
typedef struct {
  const double *_Nullable vector;
  const double *_Nullable table;
  double factor;
  int32_t kind;
} pvk_summand;

/// out[k] = sum of the summands at coefficients first..<first+count. `complex` says whether vectors hold pairs.
/// out may be one of the vectors.
void pvk_combine(double *_Nonnull out, const pvk_summand *_Nonnull summands, int32_t summand_count,
                 size_t first, size_t count, int32_t complex);

/// destination[k] (+)= factor * multiplier[k] * source[k] for the `count` coefficients of each of `rows` rows,
/// whose starts are the given numbers of doubles apart; the pointers are at the first.
void pvk_multiply_rows(double *_Nonnull destination, ptrdiff_t destination_stride, const double *_Nonnull source,
                       ptrdiff_t source_stride, const double *_Nullable table, ptrdiff_t table_stride,
                       double factor, int32_t kind, size_t rows, size_t count, int32_t complex,
                       int32_t accumulate);

/// Sum of weight * |x - y|^2 over count doubles, in an order that depends on count alone; y may be NULL (zero).
double pvk_sum_squares(const double *_Nonnull x, const double *_Nullable y, size_t count);
/// 1 when every one of count doubles is finite.
int32_t pvk_all_finite(const double *_Nonnull x, size_t count);
#endif
