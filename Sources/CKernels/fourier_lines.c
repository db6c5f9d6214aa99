#include "pvk_butterflies.h"
#include "pvk_fourier.h"
#include "pvk_passes.h"
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
    lines->pass[i] = (pvk_pass){radices[i], groups, stride, factors, {NULL, NULL}};
    for (int32_t inverse = 0; inverse < 2; inverse++)
      lines->pass[i].run[inverse] =
          i == 0 ? pvk_first_pass_of(radices[i], inverse) : pvk_pass_of(radices[i], inverse);
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

size_t pvk_lines_work(size_t points) { return points; }

/// The complex transform of x, which lands in x or in `other`, whose contents do not matter; returns which.
static double *transform(const pvk_lines *lines, double *x, double *other, int32_t inverse) {
  for (const pvk_pass *pass = lines->pass; pass < lines->pass + lines->passes; pass++) {
    pass->run[inverse](pass, x, 2, other, 2, 2);
    double *done = other;
    other = x;
    x = done;
  }
  return x;
}

/// (a + b*) + w (a - b*) with b = element 0 of `right` and elements 3, 2, 1 of `left`: neighbours read backwards.
/// The factors w, or their conjugates, are those of `halving`.
PVK_INLINE pvk_quad folded(pvk_quad a, pvk_quad left, pvk_quad right, const double *w, int inverse) {
  const pvk_quad sign = {1, -1, 1, -1, 1, -1, 1, -1};
  pvk_quad b = __builtin_shufflevector(right, left, 0, 1, 14, 15, 12, 13, 10, 11);
  return (a + sign * b) + pvk_times(a - sign * b, PVK_LOAD(w), PVK_LOAD(w + 8), inverse);
}

PVK_INLINE void separate_into(const pvk_lines *lines, const double *z, double *c, size_t kept, double scale) {
  const size_t half = lines->half;
  const double s = 0.5 * scale;
  pvk_quad right = PVK_LOAD(z);
  for (size_t k = 0; k < kept; k += 4) {
    pvk_quad left = PVK_LOAD(z + 2 * (half - k - 4));
    pvk_quad result = s * folded(PVK_LOAD(z + 2 * k), left, right, lines->halving + 4 * k, 0);
    right = left;
    if (k + 4 <= kept) PVK_STORE(c + 2 * k, result);
    else pvk_store_part(c + 2 * k, result, 2 * (kept - k));
  }
}

/// The coefficients of a real line from the transform of its pairs of neighbours.
PVK_MULTIVERSION
static void separate(const pvk_lines *lines, const double *z, double *c, size_t kept, double scale) {
  separate_into(lines, z, c, kept, scale);
}

/// Coefficients k to k + 3, zero from `kept` on.
PVK_INLINE pvk_quad padded(const double *c, size_t k, size_t kept) {
  if (k + 4 <= kept) return PVK_LOAD(c + 2 * k);
  if (k >= kept) return (pvk_quad){0};
  return pvk_load_part(c + 2 * k, 2 * (kept - k));
}

PVK_INLINE void join_into(const pvk_lines *lines, const double *c, size_t kept, double *z) {
  const size_t half = lines->half;
  pvk_quad right = {0};
  for (size_t k = 0; k < half; k += 4) {
    pvk_quad left = padded(c, half - k - 4, kept), a = padded(c, k, kept);
    if (k == 0) a[1] = 0;
    PVK_STORE(z + 2 * k, folded(a, left, right, lines->halving + 4 * k, 1));
    right = left;
  }
}

/// The coefficients of the pairs of neighbours from those of their real line.
PVK_MULTIVERSION
static void join(const pvk_lines *lines, const double *c, size_t kept, double *z) { join_into(lines, c, kept, z); }

void pvk_lines_analyze(const pvk_lines *lines, double *values, size_t value_step, double *coefficients,
                       size_t coefficient_step, size_t kept, double scale, size_t count, double *work) {
  for (size_t i = 0; i < count; i++)
    separate(lines, transform(lines, values + i * value_step, work, 0), coefficients + i * coefficient_step, kept,
             scale);
}

void pvk_lines_synthesize(const pvk_lines *lines, const double *coefficients, size_t coefficient_step, size_t kept,
                          double *values, size_t value_step, size_t count, double *work) {
  for (size_t i = 0; i < count; i++) {
    // Every pass goes to the other of two places, and the last to the values.
    double *x = values + i * value_step, *z = lines->passes % 2 ? work : x;
    join(lines, coefficients + i * coefficient_step, kept, z);
    transform(lines, z, z == x ? work : x, 1);
  }
}
