#include "pvk_spectral.h"
#include "pvk_quads.h"
#include <string.h>

/// sum + factor * table * x for eight doubles. Tables of complex data have one number per mode, or a pair; those
/// of real data one number per double. Every case is one expression, so that it is fused.
PVK_INLINE pvk_quad plus_term(pvk_quad sum, pvk_quad x, pvk_quad t, double factor, int32_t kind) {
  const pvk_quad sign = {-1, 1, -1, 1, -1, 1, -1, 1};
  switch (kind) {
  case pvk_scale: return sum + factor * x;
  case pvk_table_real: return sum + (factor * t) * x;
  case pvk_table_imaginary: return sum + ((factor * sign) * t) * PVK_SWAP(x);
  default: {
    pvk_quad re = __builtin_shufflevector(t, t, 0, 0, 2, 2, 4, 4, 6, 6);
    pvk_quad im = __builtin_shufflevector(t, t, 1, 1, 3, 3, 5, 5, 7, 7);
    pvk_quad part = sum + (factor * re) * x;
    return part + ((factor * sign) * im) * PVK_SWAP(x);
  }
  }
}

PVK_INLINE pvk_quad doubled(pvk_four_anywhere t) { return __builtin_shufflevector(t, t, 0, 0, 1, 1, 2, 2, 3, 3); }

/// The numbers of a table that eight doubles from `index` on are multiplied by.
PVK_INLINE pvk_quad entries(const double *t, size_t index, int32_t kind, int complex) {
  if (kind == pvk_scale) return (pvk_quad){0};
  if (!complex || kind == pvk_table_complex) return PVK_LOAD(t + index);
  return doubled(*(const pvk_four_anywhere *)(t + index / 2));
}

/// The same for the first `count` < 8 doubles.
PVK_INLINE pvk_quad few_entries(const double *t, size_t count, int32_t kind, int complex) {
  if (kind == pvk_scale) return (pvk_quad){0};
  if (!complex || kind == pvk_table_complex) return pvk_load_part(t, count);
  double part[4];
  for (size_t j = 0; j < 4; j++) part[j] = j < count / 2 ? t[j] : 0;
  return doubled(*(const pvk_four_anywhere *)part);
}

/// A row of multiplications. The last vector overlaps those before it, and so it is computed first: the numbers
/// may be multiplied where they are.
PVK_INLINE void row(double *out, const double *x, const double *t, double f, int32_t kind, size_t n, int complex,
                    int accumulate) {
  if (n < pvk_quad_doubles) {
    pvk_quad before = accumulate ? pvk_load_part(out, n) : (pvk_quad){0};
    pvk_store_part(out, plus_term(before, pvk_load_part(x, n), few_entries(t, n, kind, complex), f, kind), n);
    return;
  }
  const size_t end = n - pvk_quad_doubles;
  pvk_quad before = accumulate ? PVK_LOAD(out + end) : (pvk_quad){0};
  pvk_quad last = plus_term(before, PVK_LOAD(x + end), entries(t, end, kind, complex), f, kind);
  for (size_t i = 0; i < end; i += pvk_quad_doubles) {
    before = accumulate ? PVK_LOAD(out + i) : (pvk_quad){0};
    PVK_STORE(out + i, plus_term(before, PVK_LOAD(x + i), entries(t, i, kind, complex), f, kind));
  }
  PVK_STORE(out + end, last);
}

/// One kind of table, known when this is compiled.
PVK_INLINE void rows_of(int32_t kind, double *out, ptrdiff_t out_stride, const double *x, ptrdiff_t x_stride,
                        const double *t, ptrdiff_t t_stride, double f, size_t rows, size_t n, int complex,
                        int accumulate) {
  for (; rows > 0; rows--, out += out_stride, x += x_stride, t += t_stride) {
    if (accumulate) row(out, x, t, f, kind, n, complex, 1);
    else row(out, x, t, f, kind, n, complex, 0);
  }
}

PVK_MULTIVERSION
void pvk_multiply_rows(double *out, ptrdiff_t out_stride, const double *x, ptrdiff_t x_stride, const double *t,
                       ptrdiff_t t_stride, double f, int32_t kind, size_t rows, size_t count, int32_t complex,
                       int32_t accumulate) {
  const size_t n = complex ? 2 * count : count;
  if (!complex) {
    if (kind == pvk_scale) rows_of(pvk_scale, out, out_stride, x, x_stride, t, 0, f, rows, n, 0, accumulate);
    else rows_of(pvk_table_real, out, out_stride, x, x_stride, t, t_stride, f, rows, n, 0, accumulate);
    return;
  }
  switch (kind) {
  case pvk_scale: rows_of(pvk_scale, out, out_stride, x, x_stride, t, 0, f, rows, n, 1, accumulate); break;
  case pvk_table_real:
    rows_of(pvk_table_real, out, out_stride, x, x_stride, t, t_stride, f, rows, n, 1, accumulate);
    break;
  case pvk_table_imaginary:
    rows_of(pvk_table_imaginary, out, out_stride, x, x_stride, t, t_stride, f, rows, n, 1, accumulate);
    break;
  default: rows_of(pvk_table_complex, out, out_stride, x, x_stride, t, t_stride, f, rows, n, 1, accumulate);
  }
}

/// Adds a summand to the running sums of `vectors` vectors from `index` on.
PVK_INLINE void add_summand(pvk_quad *sums, size_t vectors, const pvk_summand *s, size_t index, int32_t kind,
                            int complex) {
  for (size_t v = 0; v < vectors; v++) {
    const size_t i = index + v * pvk_quad_doubles;
    sums[v] = plus_term(sums[v], PVK_LOAD(s->vector + i), entries(s->table, i, kind, complex), s->factor, kind);
  }
}

PVK_INLINE void add_any_summand(pvk_quad *sums, size_t vectors, const pvk_summand *s, size_t index, int complex) {
  switch (s->kind) {
  case pvk_scale: add_summand(sums, vectors, s, index, pvk_scale, complex); break;
  case pvk_table_real: add_summand(sums, vectors, s, index, pvk_table_real, complex); break;
  case pvk_table_imaginary:
    if (complex) add_summand(sums, vectors, s, index, pvk_table_imaginary, 1);
    break;
  default:
    if (complex) add_summand(sums, vectors, s, index, pvk_table_complex, 1);
  }
}

/// The sums of `vectors` vectors from `index` on.
PVK_INLINE void sum_up(pvk_quad *sums, size_t vectors, const pvk_summand *s, int32_t summands, size_t index,
                       int complex) {
  for (size_t v = 0; v < vectors; v++) sums[v] = (pvk_quad){0};
  for (int32_t j = 0; j < summands; j++) add_any_summand(sums, vectors, &s[j], index, complex);
}

PVK_INLINE void combine(double *out, const pvk_summand *s, int32_t summands, size_t first, size_t end, int complex) {
  enum { together = 8 }; // running sums in registers
  if (end - first < pvk_quad_doubles) {
    pvk_quad sum = {0};
    for (int32_t j = 0; j < summands; j++) {
      const double *t = s[j].table ? s[j].table + (complex && s[j].kind != pvk_table_complex ? first / 2 : first) : NULL;
      sum = plus_term(sum, pvk_load_part(s[j].vector + first, end - first),
                      few_entries(t, end - first, s[j].kind, complex), s[j].factor, s[j].kind);
    }
    pvk_store_part(out + first, sum, end - first);
    return;
  }
  // As in a row, the last vector is computed first.
  pvk_quad last, sums[together];
  sum_up(&last, 1, s, summands, end - pvk_quad_doubles, complex);
  size_t i = first;
  for (; i + together * pvk_quad_doubles <= end; i += together * pvk_quad_doubles) {
    sum_up(sums, together, s, summands, i, complex);
    for (size_t v = 0; v < together; v++) PVK_STORE(out + i + v * pvk_quad_doubles, sums[v]);
  }
  const size_t rest = (end - i) / pvk_quad_doubles;
  sum_up(sums, rest, s, summands, i, complex);
  for (size_t v = 0; v < rest; v++) PVK_STORE(out + i + v * pvk_quad_doubles, sums[v]);
  PVK_STORE(out + end - pvk_quad_doubles, last);
}

PVK_MULTIVERSION
void pvk_combine(double *out, const pvk_summand *s, int32_t summands, size_t first, size_t count, int32_t complex) {
  if (complex) combine(out, s, summands, 2 * first, 2 * (first + count), 1);
  else combine(out, s, summands, first, first + count, 0);
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
