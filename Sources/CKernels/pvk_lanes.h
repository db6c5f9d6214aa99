// Blocks of matrix products and activations for one width of lanes: included for each, with
// REAL       the type of numbers
// BITS       an integer of their size
// V, IV      lanes of numbers and of integers, or the types themselves
// LANES      how many
// PVK_WIDE   names for these lanes

PVK_INLINE V PVK_WIDE(load)(const REAL *p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

PVK_INLINE void PVK_WIDE(store)(REAL *p, V v) { __builtin_memcpy(p, &v, sizeof v); }

// Adds the products of `inner` columns of A and rows of B; returns where B goes on. Rows of A after the fourth begin at
// `fifth`.
PVK_INLINE const REAL *PVK_WIDE(sums)(const int rows, const int vectors, const ptrdiff_t column, int32_t inner,
                                      const REAL *a, const REAL *fifth, ptrdiff_t a_row, const REAL *b,
                                      ptrdiff_t b_row, V s[12][4]) {
  // Groups of four rows, whose addresses differ by multiples of one register.
  const REAL *group[3] = {a, fifth, fifth + 4 * a_row};
  // Else the compiler would find the address of each row by adding to that of the one before.
  ptrdiff_t row3 = 3 * a_row;
  __asm__("" : "+r"(group[1]), "+r"(group[2]), "+r"(row3));
#pragma clang loop unroll_count(2)
  for (int32_t k = 0; k < inner; k++) {
    V y[4];
    for (int v = 0; v < vectors; v++) y[v] = PVK_WIDE(load)(b + v * LANES);
#pragma clang loop unroll(full)
    for (int q = 0; q < rows; q++) {
      REAL x = group[q / 4][q % 4 == 3 ? row3 : (q % 4) * a_row];
      for (int v = 0; v < vectors; v++) s[q][v] += x * y[v];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 3; i++) group[i] += column;
    b += b_row;
  }
  return b;
}

// What the sums of columns from j on begin with.
PVK_INLINE void PVK_WIDE(begin)(const int vectors, const REAL *bias, ptrdiff_t j, V *start) {
  for (int v = 0; v < vectors; v++) start[v] = (V){0};
  if (bias)
    for (int v = 0; v < vectors; v++) start[v] = PVK_WIDE(load)(bias + j + v * LANES);
}

// rows x (vectors * LANES) numbers of a result, from `start` on; both counts are constants where this is inlined.
PVK_INLINE void PVK_WIDE(block)(const int rows, const int vectors, const pvk_products *p, const REAL *a1,
                                const REAL *b1, const REAL *a2, const REAL *b2, const V *start, REAL *c) {
  V s[12][4];
  for (int q = 0; q < rows; q++)
    for (int v = 0; v < vectors; v++) s[q][v] = start[v];
  if (p->accumulates)
    for (int q = 0; q < rows; q++)
      for (int v = 0; v < vectors; v++) s[q][v] += PVK_WIDE(load)(c + q * p->result_row + v * LANES);
  const ptrdiff_t a_row = p->first.a_row;
  const int32_t segments = p->first.offsets ? p->first.segments : 1;
  for (int32_t segment = 0; segment < segments; segment++) {
    const REAL *a = p->first.offsets ? a1 + p->first.offsets[segment] : a1;
    if (p->first.a_column == 1)
      b1 = PVK_WIDE(sums)(rows, vectors, 1, p->first.inner, a, a + 4 * a_row, a_row, b1, p->first.b_row, s);
    // Two vectors wide, the compiler would gather neighbouring rows and shuffle them apart again.
    else if (p->first.a_row == 1 && vectors == 1)
      b1 = PVK_WIDE(sums)(rows, vectors, p->first.a_column, p->first.inner, a, a + 4, 1, b1, p->first.b_row, s);
    else
      b1 = PVK_WIDE(sums)(rows, vectors, p->first.a_column, p->first.inner, a, a + 4 * a_row, a_row, b1,
                          p->first.b_row, s);
  }
  PVK_WIDE(sums)(rows, vectors, p->second.a_column, p->second.inner, a2, a2 + 4 * p->second.a_row, p->second.a_row, b2,
                 p->second.b_row, s);
  for (int q = 0; q < rows; q++)
    for (int v = 0; v < vectors; v++) PVK_WIDE(store)(c + q * p->result_row + v * LANES, s[q][v]);
}

// Pairs of rows of a result, 2q and 2q + 1 from an even one on, whose A is folded: of columns k and inner - k one is
// multiplied, with the sum of two rows of B and with their difference.
PVK_INLINE void PVK_WIDE(folded)(const int pairs, const int vectors, const pvk_products *p, const REAL *a, const REAL *b,
                                 const V *start, REAL *c) {
  V s[12][4];
#pragma clang loop unroll(full)
  for (int q = 0; q < 2 * pairs; q++)
    for (int v = 0; v < vectors; v++) s[q][v] = start[v];
  if (p->accumulates)
#pragma clang loop unroll(full)
    for (int q = 0; q < 2 * pairs; q++)
      for (int v = 0; v < vectors; v++) s[q][v] += PVK_WIDE(load)(c + q * p->result_row + v * LANES);
  const ptrdiff_t a_row = p->first.a_row, column = p->first.a_column, b_row = p->first.b_row;
  const int32_t inner = p->first.inner;
#pragma clang loop unroll(full)
  for (int q = 0; q < 2 * pairs; q += 2)
    for (int v = 0; v < vectors; v++) s[q][v] += a[q * a_row] * PVK_WIDE(load)(b + v * LANES);
  const REAL *group[3] = {a + column, a + column + 4 * a_row, a + column + 8 * a_row};
  ptrdiff_t row3 = 3 * a_row;
  __asm__("" : "+r"(group[1]), "+r"(group[2]), "+r"(row3));
  const REAL *near = b + b_row, *far = b + (inner - 1) * b_row;
  for (; near < far; near += b_row, far -= b_row) {
    V sum[4], difference[4];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      V y = PVK_WIDE(load)(near + v * LANES), z = PVK_WIDE(load)(far + v * LANES);
      sum[v] = y + z;
      difference[v] = y - z;
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < 2 * pairs; q++) {
      REAL x = group[q / 4][q % 4 == 3 ? row3 : (q % 4) * a_row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) s[q][v] += x * (q % 2 ? difference[v] : sum[v]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 3; i++) group[i] += column;
  }
  // The middle of an even number of columns.
  if (near == far)
#pragma clang loop unroll(full)
    for (int q = 0; q < 2 * pairs; q += 2) {
      REAL x = group[q / 4][(q % 4) * a_row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) s[q][v] += x * PVK_WIDE(load)(near + v * LANES);
    }
#pragma clang loop unroll(full)
  for (int q = 0; q < 2 * pairs; q++)
    for (int v = 0; v < vectors; v++) PVK_WIDE(store)(c + q * p->result_row + v * LANES, s[q][v]);
}

// Rows r ... r + pairs - 1 of a result whose A is mirrored, and as many that end with row rows - r: products with even
// columns and with odd ones make both. Pointers are to the rows 0.
PVK_INLINE void PVK_WIDE(mirrored)(const int pairs, const int vectors, const pvk_products *p, ptrdiff_t r,
                                   const REAL *a1, const REAL *b1, const REAL *a2, const REAL *b2, const V *start,
                                   REAL *c) {
  V even[4][2], odd[4][2], s[12][4];
#pragma clang loop unroll(full)
  for (int q = 0; q < pairs; q++)
    for (int v = 0; v < vectors; v++) {
      even[q][v] = start[v];
      odd[q][v] = (V){0};
    }
  const ptrdiff_t a_row = p->first.a_row, column = p->first.a_column, b_row = p->first.b_row;
  const REAL *a = a1 + r * a_row, *next = a + column, *b = b1;
  ptrdiff_t row3 = 3 * a_row;
  __asm__("" : "+r"(row3), "+r"(next));
  for (int32_t k = 0; k < p->first.inner; k += 2) {
    V y[2], z[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      y[v] = PVK_WIDE(load)(b + v * LANES);
      z[v] = PVK_WIDE(load)(b + b_row + v * LANES);
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < pairs; q++) {
      REAL x = a[q == 3 ? row3 : q * a_row], w = next[q == 3 ? row3 : q * a_row];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        even[q][v] += x * y[v];
        odd[q][v] += w * z[v];
      }
    }
    a += 2 * column;
    next += 2 * column;
    b += 2 * b_row;
  }
  const ptrdiff_t mirror = p->rows - r - pairs + 1;
#pragma clang loop unroll(full)
  for (int q = 0; q < pairs; q++)
    for (int v = 0; v < vectors; v++) {
      s[q][v] = even[q][v] + odd[q][v];
      s[2 * pairs - 1 - q][v] = even[q][v] - odd[q][v];
    }
  REAL *here = c + r * p->result_row, *there = c + mirror * p->result_row;
  if (p->accumulates)
#pragma clang loop unroll(full)
    for (int q = 0; q < pairs; q++)
      for (int v = 0; v < vectors; v++) {
        s[q][v] += PVK_WIDE(load)(here + q * p->result_row + v * LANES);
        s[pairs + q][v] += PVK_WIDE(load)(there + q * p->result_row + v * LANES);
      }
  const ptrdiff_t row = p->second.a_row;
  if (pairs == 4) {
    PVK_WIDE(sums)(8, vectors, p->second.a_column, p->second.inner, a2 + r * row, a2 + mirror * row, row, b2,
                   p->second.b_row, s);
  } else {
    PVK_WIDE(sums)(pairs, vectors, p->second.a_column, p->second.inner, a2 + r * row, a2, row, b2, p->second.b_row, s);
    PVK_WIDE(sums)(pairs, vectors, p->second.a_column, p->second.inner, a2 + mirror * row, a2, row, b2,
                   p->second.b_row, s + pairs);
  }
#pragma clang loop unroll(full)
  for (int q = 0; q < pairs; q++)
    for (int v = 0; v < vectors; v++) {
      PVK_WIDE(store)(here + q * p->result_row + v * LANES, s[q][v]);
      PVK_WIDE(store)(there + q * p->result_row + v * LANES, s[pairs + q][v]);
    }
}

// All rows that `rows` divides, from the first; returns how many.
PVK_INLINE int32_t PVK_WIDE(column)(const int vectors, const pvk_products *p, int32_t from, int32_t to,
                                    const REAL *a1, const REAL *b1, const REAL *a2, const REAL *b2,
                                    const REAL *bias, REAL *c) {
  int32_t r = from;
  V start[4];
  PVK_WIDE(begin)(vectors, bias, 0, start);
#define PVK_BLOCKS(count, least)                                                                                     \
  for (; r + (least) <= to; r += count)                                                                              \
    PVK_WIDE(block)(count, vectors, p, a1 + r * p->first.a_row, b1, a2 + r * p->second.a_row, b2, start,             \
                    c + r * p->result_row);
  // As many sums as hide the time of an addition, whatever the width; four vectors wide, each number of A that is loaded
  // serves four of them.
  if (vectors == 1) {
    if (sizeof(V) < 64 || PVK_HAS_WIDE_REGISTERS) {
      PVK_BLOCKS(12, 12)
    } else {
      PVK_BLOCKS(6, 6)
    }
  }
  if (vectors == 4) {
    // Eight rows are two times four, not six and two.
    PVK_BLOCKS(6, to - r == 8 ? 9 : 6)
  } else {
    PVK_BLOCKS(8, 8)
  }
  PVK_BLOCKS(4, 4)
  PVK_BLOCKS(2, 2)
  PVK_BLOCKS(1, 1)
#undef PVK_BLOCKS
  return r;
}

#include "pvk_functions.h"
#include "pvk_lane_jets.h"

PVK_INLINE size_t PVK_WIDE(activate)(const pvk_activation f, size_t from, size_t count, REAL *x, REAL *derivative) {
  size_t i = from;
  for (; i + LANES <= count; i += LANES) {
    V d, y = PVK_WIDE(function)(f, PVK_WIDE(load)(x + i), &d);
    PVK_WIDE(store)(x + i, y);
    if (derivative) PVK_WIDE(store)(derivative + i, d);
  }
  return i;
}
