#include "pvk_spectral.h"
#include "pvk_targets.h"
#include <stdint.h>
#include <string.h>

enum { block = 512 }; // doubles: the running sum of a combination stays in L1

// Loops over `count` coefficients; `set` writes, otherwise adds. Complex data are pairs.
PVK_INLINE void scaled(double *restrict out, const double *x, double f, size_t n, int set) {
  if (set) for (size_t j = 0; j < n; j++) out[j] = f * x[j];
  else for (size_t j = 0; j < n; j++) out[j] += f * x[j];
}

PVK_INLINE void by_real(double *restrict out, const double *x, const double *t, double f, size_t n, int set) {
  if (set) for (size_t j = 0; j < n; j++) out[j] = f * t[j] * x[j];
  else for (size_t j = 0; j < n; j++) out[j] += f * t[j] * x[j];
}

PVK_INLINE void pairs_by_real(double *restrict out, const double *x, const double *t, double f, size_t n, int set) {
  if (set) for (size_t j = 0; j < n; j++) {
    double m = f * t[j];
    out[2 * j] = m * x[2 * j];
    out[2 * j + 1] = m * x[2 * j + 1];
  } else for (size_t j = 0; j < n; j++) {
    double m = f * t[j];
    out[2 * j] += m * x[2 * j];
    out[2 * j + 1] += m * x[2 * j + 1];
  }
}

PVK_INLINE void pairs_by_imaginary(double *restrict out, const double *x, const double *t, double f, size_t n,
                                   int set) {
  if (set) for (size_t j = 0; j < n; j++) {
    double m = f * t[j];
    out[2 * j] = -m * x[2 * j + 1];
    out[2 * j + 1] = m * x[2 * j];
  } else for (size_t j = 0; j < n; j++) {
    double m = f * t[j];
    out[2 * j] -= m * x[2 * j + 1];
    out[2 * j + 1] += m * x[2 * j];
  }
}

PVK_INLINE void pairs_by_complex(double *restrict out, const double *x, const double *t, double f, size_t n,
                                 int set) {
  if (set) for (size_t j = 0; j < n; j++) {
    double a = f * t[2 * j], b = f * t[2 * j + 1], re = x[2 * j], im = x[2 * j + 1];
    out[2 * j] = a * re - b * im;
    out[2 * j + 1] = a * im + b * re;
  } else for (size_t j = 0; j < n; j++) {
    double a = f * t[2 * j], b = f * t[2 * j + 1], re = x[2 * j], im = x[2 * j + 1];
    out[2 * j] += a * re - b * im;
    out[2 * j + 1] += a * im + b * re;
  }
}

PVK_INLINE void multiply(double *restrict out, const double *x, const double *t, double f, int32_t kind, size_t n,
                         int complex, int set) {
  switch (kind) {
  case pvk_scale: scaled(out, x, f, complex ? 2 * n : n, set); break;
  case pvk_table_real:
    if (complex) pairs_by_real(out, x, t, f, n, set);
    else by_real(out, x, t, f, n, set);
    break;
  case pvk_table_imaginary: pairs_by_imaginary(out, x, t, f, n, set); break;
  default: pairs_by_complex(out, x, t, f, n, set);
  }
}

PVK_MULTIVERSION
void pvk_multiply(double *out, const double *x, const double *t, double f, int32_t kind, size_t n, int32_t complex,
                  int32_t accumulate) {
  multiply(out, x, t, f, kind, n, complex, !accumulate);
}

PVK_MULTIVERSION
void pvk_multiply_rows(double *out, ptrdiff_t out_stride, const double *x, ptrdiff_t x_stride, const double *t,
                       ptrdiff_t t_stride, double f, int32_t kind, size_t rows, size_t n, int32_t complex,
                       int32_t accumulate) {
  for (size_t row = 0; row < rows; row++) {
    multiply(out, x, t, f, kind, n, complex, !accumulate);
    out += out_stride;
    x += x_stride;
    if (t) t += t_stride;
  }
}

PVK_MULTIVERSION
void pvk_combine(double *out, const pvk_summand *s, int32_t summands, size_t first, size_t count, int32_t complex) {
  double sum[block];
  const size_t width = complex ? 2 : 1, step = block / width;
  for (size_t k = first; k < first + count; k += step) {
    size_t n = first + count - k < step ? first + count - k : step;
    for (int32_t i = 0; i < summands; i++) {
      const double *t = s[i].table;
      if (t) t += k * (s[i].kind == pvk_table_complex ? 2 : 1);
      multiply(sum, s[i].vector + width * k, t, s[i].factor, s[i].kind, n, complex, i == 0);
    }
    if (summands) memcpy(out + width * k, sum, n * width * sizeof *sum);
    else memset(out + width * k, 0, n * width * sizeof *sum);
  }
}

PVK_MULTIVERSION
double pvk_sum_squares(const double *x, const double *y, size_t count) {
  // Eight running sums whatever the vector width: the order of the additions, and so the result, is fixed.
  double lanes[8] = {0};
  size_t j = 0;
  if (y) {
    for (; j + 8 <= count; j += 8)
      for (int l = 0; l < 8; l++) {
        double d = x[j + l] - y[j + l];
        lanes[l] += d * d;
      }
    for (; j < count; j++) lanes[j % 8] += (x[j] - y[j]) * (x[j] - y[j]);
  } else {
    for (; j + 8 <= count; j += 8)
      for (int l = 0; l < 8; l++) lanes[l] += x[j + l] * x[j + l];
    for (; j < count; j++) lanes[j % 8] += x[j] * x[j];
  }
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

PVK_MULTIVERSION
int32_t pvk_all_finite(const double *x, size_t count) {
  // The exponent of infinities and NaNs is all ones.
  uint64_t bad = 0;
  for (size_t j = 0; j < count; j++) {
    uint64_t bits;
    memcpy(&bits, x + j, sizeof bits);
    bad |= (bits & 0x7FF0000000000000u) == 0x7FF0000000000000u;
  }
  return !bad;
}
