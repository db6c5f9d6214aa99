// The kernels of networks for one type of numbers: included once for each, with REAL, BITS, PVK_IS_FLOAT, PVK_HUGE and
// PVK_NAMED defined.

#define LANES (64 / (int)sizeof(REAL))
typedef REAL PVK_NAMED(wide) __attribute__((vector_size(64)));
typedef BITS PVK_NAMED(wide_bits) __attribute__((vector_size(64)));
#define V PVK_NAMED(wide)
#define IV PVK_NAMED(wide_bits)
#define PVK_WIDE(name) PVK_NAMED(wide_##name)
#include "pvk_lanes.h"
#undef LANES
#undef V
#undef IV
#undef PVK_WIDE

#define LANES (32 / (int)sizeof(REAL))
typedef REAL PVK_NAMED(half) __attribute__((vector_size(32)));
typedef BITS PVK_NAMED(half_bits) __attribute__((vector_size(32)));
#define V PVK_NAMED(half)
#define IV PVK_NAMED(half_bits)
#define PVK_WIDE(name) PVK_NAMED(half_##name)
#include "pvk_lanes.h"
#undef LANES
#undef V
#undef IV
#undef PVK_WIDE

#define LANES (16 / (int)sizeof(REAL))
typedef REAL PVK_NAMED(narrow) __attribute__((vector_size(16)));
typedef BITS PVK_NAMED(narrow_bits) __attribute__((vector_size(16)));
#define V PVK_NAMED(narrow)
#define IV PVK_NAMED(narrow_bits)
#define PVK_WIDE(name) PVK_NAMED(narrow_##name)
#include "pvk_lanes.h"
#undef LANES
#undef V
#undef IV
#undef PVK_WIDE

typedef REAL PVK_NAMED(single);
#define LANES 1
#define V REAL
#define IV BITS
#define PVK_WIDE(name) PVK_NAMED(single_##name)
#include "pvk_lanes.h"
#undef LANES
#undef V
#undef IV
#undef PVK_WIDE

#define WIDE (64 / (int)sizeof(REAL))
#define HALF (32 / (int)sizeof(REAL))
#define NARROW (16 / (int)sizeof(REAL))

PVK_INLINE void PVK_NAMED(activate_all)(const pvk_activation f, size_t count, REAL *x, REAL *derivative) {
  size_t done = PVK_NAMED(wide_activate)(f, 0, count, x, derivative);
  PVK_NAMED(single_activate)(f, done, count, x, derivative);
}

PVK_INLINE void PVK_NAMED(activate)(pvk_activation f, size_t count, REAL *x, REAL *derivative) {
  switch (f) {
  case pvk_gelu: return PVK_NAMED(activate_all)(pvk_gelu, count, x, derivative);
  case pvk_relu: return PVK_NAMED(activate_all)(pvk_relu, count, x, derivative);
  case pvk_silu: return PVK_NAMED(activate_all)(pvk_silu, count, x, derivative);
  case pvk_tanh: return PVK_NAMED(activate_all)(pvk_tanh, count, x, derivative);
  case pvk_sine: return PVK_NAMED(activate_all)(pvk_sine, count, x, derivative);
  default:
    if (derivative) PVK_NAMED(activate_all)(pvk_identity, count, x, derivative);
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_activate)(pvk_activation f, size_t count, REAL *x, REAL *derivative) {
  PVK_NAMED(activate)(f, count, x, derivative);
}

// Lanes, and then the numbers that are left, with the function as a constant.
#define PVK_WITH(f, name, ...)                                                                                       \
  PVK_NAMED(single_##name)(f, jet, PVK_NAMED(wide_##name)(f, jet, 0, __VA_ARGS__), __VA_ARGS__);                     \
  break;
#define PVK_EACH_FUNCTION(name, ...)                                                                                 \
  switch (f) {                                                                                                       \
  case pvk_gelu: PVK_WITH(pvk_gelu, name, __VA_ARGS__)                                                               \
  case pvk_silu: PVK_WITH(pvk_silu, name, __VA_ARGS__)                                                               \
  case pvk_tanh: PVK_WITH(pvk_tanh, name, __VA_ARGS__)                                                               \
  case pvk_sine: PVK_WITH(pvk_sine, name, __VA_ARGS__)                                                               \
  default: PVK_WITH(pvk_identity, name, __VA_ARGS__)                                                                 \
  }

PVK_MULTIVERSION
void PVK_NAMED(pvk_jet_forward)(pvk_activation f, const pvk_jet *jet, REAL *z, REAL *a) {
  PVK_EACH_FUNCTION(jet_forward, z, a)
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_jet_back)(pvk_activation f, const pvk_jet *jet, const REAL *z, const REAL *a, REAL *gradient) {
  PVK_EACH_FUNCTION(jet_back, z, a, gradient)
}
#undef PVK_EACH_FUNCTION
#undef PVK_WITH

// Rows from ... to of one matrix of the batch. Compiled once and called: inlined into all who need it, its many blocks would
// take minutes to compile.
PVK_MULTIVERSION
static void PVK_NAMED(pvk_rows)(const pvk_products *products, int32_t from, int32_t to, const REAL *a1,
                                const REAL *b1, const REAL *a2, const REAL *b2, REAL *c) {
  // A copy, which no store of results can change.
  const pvk_products copy = *products, *p = &copy;
  const REAL *bias = p->bias;
  int32_t j = 0;
#define PVK_COLUMNS(name, lanes, vectors)                                                                            \
  for (; j + lanes * vectors <= p->columns; j += lanes * vectors)                                                    \
    PVK_NAMED(name##_column)(vectors, p, from, to, a1, b1 + j, a2, b2 + j, bias ? bias + j : 0, c + j);
  // Elsewhere the sums of so many vectors would not stay in registers.
  if (PVK_HAS_WIDE_REGISTERS) {
    PVK_COLUMNS(wide, WIDE, 4)
    PVK_COLUMNS(wide, WIDE, 2)
  }
  PVK_COLUMNS(wide, WIDE, 1)
  PVK_COLUMNS(half, HALF, 1)
  PVK_COLUMNS(narrow, NARROW, 1)
  PVK_COLUMNS(single, 1, 1)
#undef PVK_COLUMNS
}

// Sums of products along contiguous k, kept in lanes until all segments are done.
PVK_INLINE REAL PVK_NAMED(dots)(const pvk_product *p, int32_t segments, const REAL *a, const REAL *b) {
  PVK_NAMED(wide) sum[2] = {{0}, {0}};
  PVK_NAMED(half) short_sum = {0};
  REAL rest = 0;
  for (int32_t s = 0; s < segments; s++) {
    const REAL *x = p->offsets ? a + p->offsets[s] : a, *y = b + (ptrdiff_t)s * p->inner;
    int32_t k = 0;
    for (; k + 2 * WIDE <= p->inner; k += 2 * WIDE) {
      sum[0] += PVK_NAMED(wide_load)(x + k) * PVK_NAMED(wide_load)(y + k);
      sum[1] += PVK_NAMED(wide_load)(x + k + WIDE) * PVK_NAMED(wide_load)(y + k + WIDE);
    }
    for (; k + WIDE <= p->inner; k += WIDE) sum[0] += PVK_NAMED(wide_load)(x + k) * PVK_NAMED(wide_load)(y + k);
    for (; k + HALF <= p->inner; k += HALF) short_sum += PVK_NAMED(half_load)(x + k) * PVK_NAMED(half_load)(y + k);
    for (; k < p->inner; k++) rest += x[k] * y[k];
  }
  sum[0] += sum[1];
  REAL lanes[WIDE], others[HALF];
  __builtin_memcpy(lanes, &sum[0], sizeof lanes);
  __builtin_memcpy(others, &short_sum, sizeof others);
  for (int i = 0; i < HALF; i++) lanes[i] += lanes[i + HALF] + others[i];
  for (int half = HALF / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0] + rest;
}

// Lanes along rows that are contiguous; the sums stay in a register.
#define PVK_ROW_LANES(name, lanes)                                                                                   \
  for (; r + lanes <= p->rows; r += lanes) {                                                                         \
    PVK_NAMED(name) sum = (PVK_NAMED(name)){0} + start;                                                              \
    if (p->accumulates) sum += PVK_NAMED(name##_load)(c + r);                                                        \
    const REAL *y = b;                                                                                               \
    for (int32_t s = 0; s < segments; s++) {                                                                         \
      const REAL *x = a + r + (p->first.offsets ? p->first.offsets[s] : 0);                                          \
      for (int32_t k = 0; k < p->first.inner; k++, x += p->first.a_column, y += p->first.b_row)                      \
        sum += *y * PVK_NAMED(name##_load)(x);                                                                       \
    }                                                                                                                \
    PVK_NAMED(name##_store)(c + r, sum);                                                                             \
  }

// A single column without `second`: along k where that is contiguous, along the rows where they are.
PVK_INLINE int PVK_NAMED(one_column)(const pvk_products *p, const REAL *a, const REAL *b, REAL *c) {
  const REAL start = p->bias ? *(const REAL *)p->bias : 0;
  if (p->second.inner > 0) return 0;
  const int32_t segments = p->first.offsets ? p->first.segments : 1;
  if (p->first.a_column == 1 && p->first.b_row == 1 && p->first.inner >= HALF) {
    for (int32_t r = 0; r < p->rows; r++) {
      REAL sum = start + PVK_NAMED(dots)(&p->first, segments, a + r * p->first.a_row, b);
      c[r * p->result_row] = p->accumulates ? c[r * p->result_row] + sum : sum;
    }
    return 1;
  }
  if (p->first.a_row == 1 && p->result_row == 1) {
    int32_t r = 0;
    PVK_ROW_LANES(wide, WIDE)
    PVK_ROW_LANES(half, HALF)
    PVK_ROW_LANES(single, 1)
    return 1;
  }
  return 0;
}
#undef PVK_ROW_LANES

// A matrix of the batch whose A is folded.
PVK_MULTIVERSION
static void PVK_NAMED(pvk_folded_rows)(const pvk_products *products, const REAL *a, const REAL *b, REAL *c) {
  const pvk_products copy = *products, *p = &copy;
  for (int32_t j = 0; j < p->columns; j += 2 * WIDE) {
    PVK_NAMED(wide) start[2];
    PVK_NAMED(wide_begin)(2, p->bias, j, start);
    int32_t r = 0;
#define PVK_PAIRS(count)                                                                                             \
  for (; r + 2 * count <= p->rows; r += 2 * count)                                                                   \
    PVK_NAMED(wide_folded)(count, 2, p, a + r * p->first.a_row, b + j, start, c + r * p->result_row + j);
    PVK_PAIRS(6)
    PVK_PAIRS(4)
    PVK_PAIRS(2)
    PVK_PAIRS(1)
#undef PVK_PAIRS
  }
}

// Rows from ... to - 1 of a matrix of the batch whose A is mirrored, and those that mirror them.
PVK_MULTIVERSION
static void PVK_NAMED(pvk_mirrored_rows)(const pvk_products *products, int32_t from, int32_t to, const REAL *a1,
                                         const REAL *b1, const REAL *a2, const REAL *b2, REAL *c) {
  const pvk_products copy = *products, *p = &copy;
  for (int32_t j = 0; j < p->columns; j += 2 * WIDE) {
    PVK_NAMED(wide) start[2];
    PVK_NAMED(wide_begin)(2, p->bias, j, start);
    int32_t r = from;
    if (r == 0) {
      PVK_NAMED(wide_block)(1, 2, p, a1, b1 + j, a2, b2 + j, start, c + j);
      r = 1;
    }
#define PVK_PAIRS(count)                                                                                             \
  for (; r + count <= to; r += count)                                                                                \
    PVK_NAMED(wide_mirrored)(count, 2, p, r, a1, b1 + j, a2, b2 + j, start, c + j);
    PVK_PAIRS(4)
    PVK_PAIRS(2)
    PVK_PAIRS(1)
#undef PVK_PAIRS
  }
}

PVK_INLINE void PVK_NAMED(activate_rows)(const pvk_products *p, int32_t from, int32_t to, REAL *c, REAL *d) {
  if (from >= to || (p->activation == pvk_identity && !d)) return;
  if (p->result_row == p->columns)
    PVK_NAMED(activate)(p->activation, (size_t)(to - from) * p->columns, c + from * p->result_row,
                        d ? d + from * p->result_row : 0);
  else
    for (int32_t row = from; row < to; row++)
      PVK_NAMED(activate)(p->activation, p->columns, c + row * p->result_row, d ? d + row * p->result_row : 0);
}

PVK_INLINE void PVK_NAMED(multiply)(const pvk_products *p) {
  const int whole = p->columns % (2 * WIDE) == 0 && !p->first.offsets && PVK_HAS_WIDE_REGISTERS;
  for (int32_t batch = 0; batch < p->batch; batch++) {
    const REAL *a1 = (const REAL *)p->first.a + batch * p->first.a_batch;
    const REAL *b1 = (const REAL *)p->first.b + batch * p->first.b_batch;
    const REAL *a2 = p->second.inner ? (const REAL *)p->second.a + batch * p->second.a_batch : a1;
    const REAL *b2 = p->second.inner ? (const REAL *)p->second.b + batch * p->second.b_batch : b1;
    REAL *c = (REAL *)p->result + batch * p->result_batch;
    REAL *d = p->derivative ? (REAL *)p->derivative + batch * p->result_batch : 0;
    if (p->columns == 1 && p->activation == pvk_identity && !d && PVK_NAMED(one_column)(p, a1, b1, c)) continue;
    if (whole && p->symmetry == pvk_folded && p->second.inner == 0 && p->rows % 2 == 0) {
      PVK_NAMED(pvk_folded_rows)(p, a1, b1, c);
      PVK_NAMED(activate_rows)(p, 0, p->rows, c, d);
      continue;
    }
    if (p->activation == pvk_identity && !d && p->symmetry != pvk_mirrored) {
      PVK_NAMED(pvk_rows)(p, 0, p->rows, a1, b1, a2, b2, c);
      continue;
    }
    // A few rows at a time, so that the function finds them in the first cache.
    if (whole && p->symmetry == pvk_mirrored && p->first.inner % 2 == 0) {
      // The middle one of an even number mirrors itself.
      const int32_t half = p->rows / 2 + 1;
      // Row 0 has no other; what is left makes blocks of four pairs.
      for (int32_t r = 0, end; r < half; r = end) {
        end = r + (r ? 12 : 13) < half ? r + (r ? 12 : 13) : half;
        const int32_t mirror = p->rows - end + 1;
        PVK_NAMED(pvk_mirrored_rows)(p, r, end, a1, b1, a2, b2, c);
        PVK_NAMED(activate_rows)(p, r, end, c, d);
        PVK_NAMED(activate_rows)(p, mirror < end ? end : mirror, p->rows - (r ? r : 1) + 1, c, d);
      }
      continue;
    }
    for (int32_t r = 0; r < p->rows; r += 24) {
      int32_t end = r + 24 < p->rows ? r + 24 : p->rows;
      PVK_NAMED(pvk_rows)(p, r, end, a1, b1, a2, b2, c);
      PVK_NAMED(activate_rows)(p, r, end, c, d);
    }
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_multiply)(const pvk_products *p) { PVK_NAMED(multiply)(p); }

// Rows of eight numbers, wherever they begin.
typedef REAL PVK_NAMED(eight) __attribute__((vector_size(8 * sizeof(REAL)), aligned(sizeof(REAL))));

// Eight rows of eight: pairs of rows are interleaved three times.
PVK_INLINE void PVK_NAMED(transpose_tile)(const REAL *source, ptrdiff_t source_row, REAL *target,
                                          ptrdiff_t target_row) {
  PVK_NAMED(eight) x[8], y[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) x[i] = *(const PVK_NAMED(eight) *)(source + i * source_row);
#pragma clang loop unroll(full)
  for (int stage = 0; stage < 3; stage++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      y[2 * i] = __builtin_shufflevector(x[i], x[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) x[i] = y[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) *(PVK_NAMED(eight) *)(target + i * target_row) = x[i];
}

PVK_INLINE void PVK_NAMED(transpose)(int32_t rows, int32_t columns, const REAL *source, ptrdiff_t source_row,
                                     REAL *target, ptrdiff_t target_row) {
  int32_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    int32_t c = 0;
    for (; c + 8 <= columns; c += 8)
      PVK_NAMED(transpose_tile)(source + r * source_row + c, source_row, target + c * target_row + r, target_row);
    for (; c < columns; c++)
      for (int i = 0; i < 8; i++) target[c * target_row + r + i] = source[(r + i) * source_row + c];
  }
  for (; r < rows; r++)
    for (int32_t c = 0; c < columns; c++) target[c * target_row + r] = source[r * source_row + c];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_transpose)(int32_t rows, int32_t columns, const REAL *source, ptrdiff_t source_row, REAL *target,
                              ptrdiff_t target_row) {
  PVK_NAMED(transpose)(rows, columns, source, source_row, target, target_row);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_scale_by)(size_t count, const REAL *restrict y, REAL *restrict x) {
  for (size_t i = 0; i < count; i++) x[i] *= y[i];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_add_to)(size_t count, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}

// Columns from `column` on, as many as `vectors` of lanes have, for all rows; their sums stay in registers, those of odd
// rows apart from those of even ones.
#define PVK_COLUMN_SUMS(name, lanes)                                                                                 \
  PVK_INLINE void PVK_NAMED(name##_totals)(const int vectors, const int scales, size_t rows, int32_t columns,          \
                                         const REAL *restrict y, REAL *restrict x, REAL *restrict sums) {            \
    PVK_NAMED(name) s[2][4] = {{(PVK_NAMED(name)){0}}};                                                              \
    for (size_t r = 0; r < rows; r += 2)                                                                             \
      for (size_t odd = 0; odd < 2 && r + odd < rows; odd++)                                                         \
        for (int v = 0; v < vectors; v++) {                                                                          \
          const size_t place = (r + odd) * columns + v * lanes;                                                      \
          PVK_NAMED(name) z = PVK_NAMED(name##_load)(x + place);                                                     \
          if (scales) {                                                                                              \
            z *= PVK_NAMED(name##_load)(y + place);                                                                  \
            PVK_NAMED(name##_store)(x + place, z);                                                                   \
          }                                                                                                          \
          s[odd][v] += z;                                                                                            \
        }                                                                                                            \
    for (int v = 0; v < vectors; v++)                                                                                \
      PVK_NAMED(name##_store)(sums + v * lanes, PVK_NAMED(name##_load)(sums + v * lanes) + (s[0][v] + s[1][v]));     \
  }
PVK_COLUMN_SUMS(wide, WIDE)
PVK_COLUMN_SUMS(single, 1)
#undef PVK_COLUMN_SUMS

PVK_INLINE void PVK_NAMED(add_columns)(const int scales, size_t rows, int32_t columns, const REAL *restrict y,
                                       REAL *restrict x, REAL *restrict sums) {
  int32_t c = 0;
  for (; c + 4 * WIDE <= columns; c += 4 * WIDE)
    PVK_NAMED(wide_totals)(4, scales, rows, columns, y + c, x + c, sums + c);
  for (; c + 2 * WIDE <= columns; c += 2 * WIDE)
    PVK_NAMED(wide_totals)(2, scales, rows, columns, y + c, x + c, sums + c);
  for (; c + WIDE <= columns; c += WIDE) PVK_NAMED(wide_totals)(1, scales, rows, columns, y + c, x + c, sums + c);
  for (; c < columns; c++) PVK_NAMED(single_totals)(1, scales, rows, columns, y + c, x + c, sums + c);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_add_columns)(size_t rows, int32_t columns, const REAL *y, REAL *x, REAL *sums) {
  if (y)
    PVK_NAMED(add_columns)(1, rows, columns, y, x, sums);
  else
    PVK_NAMED(add_columns)(0, rows, columns, x, x, sums);
}

// Lanes run along the columns of a row's matrix, the sum over channels stays in a register.
PVK_MULTIVERSION
void PVK_NAMED(pvk_outer_rows)(pvk_outer_rows outer, const REAL *x, const REAL *gradient, REAL *rows) {
  const size_t inner = (size_t)outer.inner, width = (size_t)outer.width;
  const size_t left = (size_t)outer.points * inner, right = (size_t)outer.points * width;
  for (size_t p = 0; p < (size_t)outer.points; p++) {
    REAL *restrict row = rows + p * (size_t)outer.distance;
    for (size_t i = 0; i < inner; i++) {
      const REAL *restrict a = x + p * inner + i, *restrict g = gradient + p * width;
      for (size_t j = 0; j < width; j++) {
        REAL sum = row[i * width + j];
        for (size_t c = 0; c < (size_t)outer.channels; c++) sum += a[c * left] * g[c * right + j];
        row[i * width + j] = sum;
      }
    }
  }
}

#include "pvk_network_modes.h"
#undef WIDE
#undef HALF
#undef NARROW
