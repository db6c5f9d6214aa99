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

// Adds the products of `inner` columns of A and rows of B; returns where B goes on.
PVK_INLINE const REAL *PVK_WIDE(sums)(const int rows, const int vectors, const ptrdiff_t column, int32_t inner,
                                      const REAL *a, ptrdiff_t a_row, const REAL *b, ptrdiff_t b_row, V s[12][4]) {
  // Groups of four rows, whose addresses differ by multiples of one register.
  const REAL *group[3] = {a, a + 4 * a_row, a + 8 * a_row};
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

// rows x (vectors * LANES) numbers of a result, from `start` on; both counts are constants where this is inlined.
PVK_INLINE void PVK_WIDE(block)(const int rows, const int vectors, const pvk_products *p, const REAL *a1,
                                const REAL *b1, const REAL *a2, const REAL *b2, const V *start, REAL *c) {
  V s[12][4];
  for (int q = 0; q < rows; q++)
    for (int v = 0; v < vectors; v++) s[q][v] = start[v];
  if (p->accumulates)
    for (int q = 0; q < rows; q++)
      for (int v = 0; v < vectors; v++) s[q][v] += PVK_WIDE(load)(c + q * p->result_row + v * LANES);
  const int32_t segments = p->first.offsets ? p->first.segments : 1;
  for (int32_t segment = 0; segment < segments; segment++) {
    const REAL *a = p->first.offsets ? a1 + p->first.offsets[segment] : a1;
    if (p->first.a_column == 1)
      b1 = PVK_WIDE(sums)(rows, vectors, 1, p->first.inner, a, p->first.a_row, b1, p->first.b_row, s);
    // Two vectors wide, the compiler would gather neighbouring rows and shuffle them apart again.
    else if (p->first.a_row == 1 && vectors == 1)
      b1 = PVK_WIDE(sums)(rows, vectors, p->first.a_column, p->first.inner, a, 1, b1, p->first.b_row, s);
    else
      b1 = PVK_WIDE(sums)(rows, vectors, p->first.a_column, p->first.inner, a, p->first.a_row, b1, p->first.b_row, s);
  }
  PVK_WIDE(sums)(rows, vectors, p->second.a_column, p->second.inner, a2, p->second.a_row, b2, p->second.b_row, s);
  for (int q = 0; q < rows; q++)
    for (int v = 0; v < vectors; v++) PVK_WIDE(store)(c + q * p->result_row + v * LANES, s[q][v]);
}

// All rows that `rows` divides, from the first; returns how many.
PVK_INLINE int32_t PVK_WIDE(column)(const int vectors, const pvk_products *p, int32_t from, int32_t to,
                                    const REAL *a1, const REAL *b1, const REAL *a2, const REAL *b2,
                                    const REAL *bias, REAL *c) {
  int32_t r = from;
  V start[4];
  for (int v = 0; v < vectors; v++) start[v] = (V){0};
  if (bias)
    for (int v = 0; v < vectors; v++) start[v] = PVK_WIDE(load)(bias + v * LANES);
#define PVK_BLOCKS(count, least)                                                                                     \
  for (; r + (least) <= to; r += count)                                                                              \
    PVK_WIDE(block)(count, vectors, p, a1 + r * p->first.a_row, b1, a2 + r * p->second.a_row, b2, start,             \
                    c + r * p->result_row);
  // As many sums as hide the time of an addition, whatever the width; four vectors wide, each number of A that is loaded
  // serves four of them.
  if (vectors == 1) {
    PVK_BLOCKS(12, 12)
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

#if PVK_IS_FLOAT
// 2^(x log2e scale) = 2^n 2^f with |f| <= 1/2; the exponent of 2^n is added to that of a polynomial for 2^f, within 1e-7.
PVK_INLINE V PVK_WIDE(power)(V x, const float scale) {
  const float round = 12582912.0f;
  V shifted = x * scale + round, f = x * scale - (shifted - round);
  V p = (V){0} + 1.3264727184e-03f;
  p = p * f + 9.6715126406e-03f;
  p = p * f + 5.5507337433e-02f;
  p = p * f + 2.4022242085e-01f;
  p = p * f + 6.9314697760e-01f;
  p = p * f + 1.0f;
  IV n, bits;
  __builtin_memcpy(&n, &shifted, sizeof n);
  __builtin_memcpy(&bits, &p, sizeof bits);
  bits += n << 23;
  __builtin_memcpy(&p, &bits, sizeof bits);
  return p;
}
#endif

PVK_INLINE V PVK_WIDE(exponential)(V x) {
#if PVK_IS_FLOAT
  // Not as far down as the type goes: products with it must not become subnormal, which is slow.
  x = __builtin_elementwise_min(__builtin_elementwise_max(x, (V){0} - 80.0f), (V){0} + 88.0f);
  return PVK_WIDE(power)(x, 1.4426950408889634f);
#else
  REAL lanes[LANES];
  __builtin_memcpy(lanes, &x, sizeof x);
  for (int i = 0; i < LANES; i++) lanes[i] = exp(lanes[i]);
  return PVK_WIDE(load)(lanes);
#endif
}

// The probability that a standard normal number is below z, and its density.
PVK_INLINE V PVK_WIDE(normal)(V z, V *density) {
#if PVK_IS_FLOAT
  V e = PVK_WIDE(power)(__builtin_elementwise_min(z * z, (V){0} + 160.0f), -0.72134752044448170f);
  *density = 0.39894228040143267794f * e;
  // Abramowitz and Stegun 7.1.26, within 1.5e-7; half of it.
  V size = __builtin_elementwise_abs(z), t = 1.0f / (1.0f + 0.23164189f * size);
  V p = ((((0.5307027145f * t - 0.726576013f) * t + 0.7107068705f) * t - 0.142248368f) * t + 0.127414796f) * t;
  return 0.5f + __builtin_elementwise_copysign(0.5f - p * e, z);
#else
  *density = 0.39894228040143267794 * PVK_WIDE(exponential)(-0.5 * z * z);
  REAL lanes[LANES];
  __builtin_memcpy(lanes, &z, sizeof z);
  for (int i = 0; i < LANES; i++) lanes[i] = 0.5 * erfc(-0.70710678118654752440 * lanes[i]);
  return PVK_WIDE(load)(lanes);
#endif
}

PVK_INLINE V PVK_WIDE(each)(V x, REAL f(REAL)) {
  REAL lanes[LANES];
  __builtin_memcpy(lanes, &x, sizeof x);
  for (int i = 0; i < LANES; i++) lanes[i] = f(lanes[i]);
  return PVK_WIDE(load)(lanes);
}

PVK_INLINE V PVK_WIDE(function)(const pvk_activation f, V z, V *derivative) {
  switch (f) {
  case pvk_gelu: {
    V density, share = PVK_WIDE(normal)(z, &density);
    *derivative = share + z * density;
    return z * share;
  }
  case pvk_relu: {
    V positive = __builtin_elementwise_max(z, (V){0});
    // One above zero, nothing below: the smallest normal number times a huge one, cut off.
    *derivative = __builtin_elementwise_min(positive * PVK_HUGE, (V){0} + (REAL)1);
    return positive;
  }
  case pvk_silu: {
    V share = 1 / (1 + PVK_WIDE(exponential)(-z));
    *derivative = share * (1 + z * (1 - share));
    return z * share;
  }
  case pvk_tanh: {
#if PVK_IS_FLOAT
    V t = 1.0f - 2.0f / (PVK_WIDE(exponential)(2.0f * z) + 1.0f);
#else
    V t = PVK_WIDE(each)(z, tanh);
#endif
    *derivative = 1 - t * t;
    return t;
  }
  case pvk_sine: {
#if PVK_IS_FLOAT
    *derivative = PVK_WIDE(each)(z, cosf);
    return PVK_WIDE(each)(z, sinf);
#else
    *derivative = PVK_WIDE(each)(z, cos);
    return PVK_WIDE(each)(z, sin);
#endif
  }
  default: *derivative = (V){0} + (REAL)1; return z;
  }
}

PVK_INLINE size_t PVK_WIDE(activate)(const pvk_activation f, size_t from, size_t count, REAL *x, REAL *derivative) {
  size_t i = from;
  for (; i + LANES <= count; i += LANES) {
    V d, y = PVK_WIDE(function)(f, PVK_WIDE(load)(x + i), &d);
    PVK_WIDE(store)(x + i, y);
    if (derivative) PVK_WIDE(store)(derivative + i, d);
  }
  return i;
}
