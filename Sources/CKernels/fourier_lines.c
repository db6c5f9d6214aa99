#include "pvk_factors.h"
#include "pvk_fourier.h"
#include <stdlib.h>

// The first pass of a line has stride 1: it works on four neighbouring groups at once and transposes.
struct pvk_lines {
  size_t half; // complex points
  int32_t passes;
  pvk_pass pass[pvk_most_passes];
  double *factors;
  // exp(-2 pi i k / n) / i for k < half, four wavenumbers (re, re) and then the same four (-im, im).
  double *halving;
};

/// Writes a factor into the lane `p` of a pair of vectors.
static void put(double *vectors, size_t p, double re, double im) {
  vectors += 16 * (p / 4) + 2 * (p % 4);
  vectors[0] = vectors[1] = re;
  vectors[8] = -im;
  vectors[9] = im;
}

pvk_lines *pvk_lines_create(size_t points) {
  int32_t radices[pvk_most_passes + 1];
  if (points == 0 || points % 32 || points > SIZE_MAX >> 8) return NULL;
  const size_t half = points / 2;
  int32_t passes = pvk_radices(half, radices);
  if (passes == 0) return NULL;
  pvk_lines *lines = calloc(1, sizeof *lines);
  double *factors = aligned_alloc(64, 8 * half * sizeof *factors);
  double *halving = aligned_alloc(64, 4 * half * sizeof *halving);
  if (!lines || !factors || !halving) {
    free(lines);
    free(factors);
    free(halving);
    return NULL;
  }
  lines->half = half;
  lines->passes = passes;
  lines->factors = factors;
  lines->halving = halving;
  size_t left = half, stride = 1;
  for (int32_t i = 0; i < passes; i++) {
    const size_t radix = (size_t)radices[i], groups = left / radix;
    lines->pass[i] = (pvk_pass){radices[i], groups, stride, factors};
    for (size_t p = 0; p < groups; p++)
      for (size_t j = 1; j < radix; j++) {
        double re, im, *o = factors + 4 * ((radix - 1) * p + j - 1);
        pvk_unit_root(j * p, left, &re, &im);
        if (i == 0) {
          // Vectors of factor j for groups p to p + 3 follow those of factor j - 1.
          put(factors + 16 * ((radix - 1) * (p / 4) + j - 1), p % 4, re, im);
        } else {
          o[0] = o[1] = re;
          o[2] = -im;
          o[3] = im;
        }
      }
    factors += 4 * (radix - 1) * groups;
    left = groups;
    stride *= radix;
  }
  for (size_t k = 0; k < half; k++) {
    double re, im;
    pvk_unit_root(k, points, &re, &im);
    put(halving, k, im, -re);
  }
  return lines;
}

void pvk_lines_destroy(pvk_lines *lines) {
  free(lines->factors);
  free(lines->halving);
  free(lines);
}

size_t pvk_lines_work(size_t points) { return 2 * points; }

/// Four rows of four complex numbers become their columns.
PVK_INLINE void transpose(pvk_quad *z) {
  pvk_quad a = __builtin_shufflevector(z[0], z[1], 0, 1, 8, 9, 4, 5, 12, 13);
  pvk_quad b = __builtin_shufflevector(z[0], z[1], 2, 3, 10, 11, 6, 7, 14, 15);
  pvk_quad c = __builtin_shufflevector(z[2], z[3], 0, 1, 8, 9, 4, 5, 12, 13);
  pvk_quad d = __builtin_shufflevector(z[2], z[3], 2, 3, 10, 11, 6, 7, 14, 15);
  z[0] = __builtin_shufflevector(a, c, 0, 1, 2, 3, 8, 9, 10, 11);
  z[2] = __builtin_shufflevector(a, c, 4, 5, 6, 7, 12, 13, 14, 15);
  z[1] = __builtin_shufflevector(b, d, 0, 1, 2, 3, 8, 9, 10, 11);
  z[3] = __builtin_shufflevector(b, d, 4, 5, 6, 7, 12, 13, 14, 15);
}

PVK_INLINE void first_pass(int32_t radix, const pvk_pass *pass, const double *x, double *y, int inverse) {
  const size_t step = 2 * pass->groups;
  const double *factors = pass->factors;
  for (size_t p = 0; p < pass->groups; p += 4, factors += 16 * (radix - 1)) {
    pvk_quad z[pvk_largest_radix];
    for (int32_t j = 0; j < radix; j++) z[j] = PVK_LOAD(x + (size_t)j * step + 2 * p);
    pvk_butterfly(radix, z, inverse);
    for (int32_t j = 1; j < radix; j++)
      z[j] = pvk_times(z[j], PVK_LOAD(factors + 16 * (j - 1)), PVK_LOAD(factors + 16 * (j - 1) + 8), inverse);
    for (int32_t part = 0; part < radix; part += 4) {
      transpose(z + part);
      for (int32_t i = 0; i < 4; i++) PVK_STORE(y + 2 * (size_t)radix * (p + (size_t)i) + 2 * part, z[part + i]);
    }
  }
}

/// The complex transform of x, of two passes at least; the last writes y if that is not NULL. Returns where the
/// result is.
PVK_INLINE const double *transform(const pvk_lines *lines, const double *x, double *y, double *next, double *other,
                                   int inverse) {
  if (lines->pass[0].radix == 8) first_pass(8, &lines->pass[0], x, next, inverse);
  else first_pass(4, &lines->pass[0], x, next, inverse);
  for (int32_t i = 1; i < lines->passes; i++) {
    double *to = y && i == lines->passes - 1 ? y : other;
    pvk_run_pass(&lines->pass[i], next, 2, to, 2, 2, inverse);
    other = next;
    next = to;
  }
  return next;
}

/// Element 0 of `right` and elements 3, 2, 1 of `left`, conjugated: four neighbours read backwards.
PVK_INLINE pvk_quad mirrored(pvk_quad left, pvk_quad right) {
  const pvk_quad sign = {1, -1, 1, -1, 1, -1, 1, -1};
  return sign * __builtin_shufflevector(right, left, 0, 1, 14, 15, 12, 13, 10, 11);
}

PVK_INLINE void analyze(const pvk_lines *lines, const double *x, double *c, size_t kept, double scale, double *work) {
  const size_t half = lines->half;
  const double *z = transform(lines, x, NULL, work, work + 2 * half, 0);
  const double s = 0.5 * scale;
  pvk_quad right = PVK_LOAD(z);
  for (size_t k = 0; k < kept; k += 4) {
    pvk_quad left = PVK_LOAD(z + 2 * (half - k - 4)), a = PVK_LOAD(z + 2 * k), b = mirrored(left, right);
    const double *w = lines->halving + 4 * k;
    pvk_quad result = s * ((a + b) + pvk_times(a - b, PVK_LOAD(w), PVK_LOAD(w + 8), 0));
    right = left;
    if (k + 4 <= kept) PVK_STORE(c + 2 * k, result);
    else pvk_store_part(c + 2 * k, result, 2 * (kept - k));
  }
}

/// Coefficients k to k + 3, zero from `kept` on.
PVK_INLINE pvk_quad padded(const double *c, size_t k, size_t kept) {
  if (k + 4 <= kept) return PVK_LOAD(c + 2 * k);
  if (k >= kept) return (pvk_quad){0};
  return pvk_load_part(c + 2 * k, 2 * (kept - k));
}

PVK_INLINE void synthesize(const pvk_lines *lines, const double *c, size_t kept, double *x, double *work) {
  const size_t half = lines->half;
  pvk_quad right = {0};
  for (size_t k = 0; k < half; k += 4) {
    pvk_quad left = padded(c, half - k - 4, kept), a = padded(c, k, kept), b = mirrored(left, right);
    const double *w = lines->halving + 4 * k;
    if (k == 0) a[1] = 0;
    PVK_STORE(work + 2 * k, (a + b) + pvk_times(a - b, PVK_LOAD(w), PVK_LOAD(w + 8), 1));
    right = left;
  }
  transform(lines, work, x, work + 2 * half, work, 1);
}

PVK_MULTIVERSION
void pvk_lines_analyze(const pvk_lines *lines, const double *values, size_t value_step, double *coefficients,
                       size_t coefficient_step, size_t kept, double scale, size_t count, double *work) {
  for (size_t i = 0; i < count; i++)
    analyze(lines, values + i * value_step, coefficients + i * coefficient_step, kept, scale, work);
}

PVK_MULTIVERSION
void pvk_lines_synthesize(const pvk_lines *lines, const double *coefficients, size_t coefficient_step, size_t kept,
                          double *values, size_t value_step, size_t count, double *work) {
  for (size_t i = 0; i < count; i++)
    synthesize(lines, coefficients + i * coefficient_step, kept, values + i * value_step, work);
}
