// Functions that are applied number by number, for one width of lanes: included by pvk_lanes.h, with its names.

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

PVK_INLINE V PVK_WIDE(each)(V x, REAL f(REAL)) {
  REAL lanes[LANES];
  __builtin_memcpy(lanes, &x, sizeof x);
  for (int i = 0; i < LANES; i++) lanes[i] = f(lanes[i]);
  return PVK_WIDE(load)(lanes);
}

#if !PVK_IS_FLOAT
// 2^n and e^r - 1, so that e^x = 2^n e^r with |r| <= ln(2) / 2; |x| <= 700. The series of e^r - 1 is cut off below
// 2^-54.
PVK_INLINE V PVK_WIDE(exponential_parts)(V x, V *scale) {
  const REAL round = 0x1.8p52;
  V shifted = x * 0x1.71547652b82fep0 + round, n = shifted - round;
  V r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
  IV bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  __builtin_memcpy(scale, &bits, sizeof bits);
  V p = (V){0} + 1 / 6227020800.0;
  p = p * r + 1 / 479001600.0;
  p = p * r + 1 / 39916800.0;
  p = p * r + 1 / 3628800.0;
  p = p * r + 1 / 362880.0;
  p = p * r + 1 / 40320.0;
  p = p * r + 1 / 5040.0;
  p = p * r + 1 / 720.0;
  p = p * r + 1 / 120.0;
  p = p * r + 1 / 24.0;
  p = p * r + 1 / 6.0;
  p = p * r + 0.5;
  return p * r * r + r;
}
#endif

PVK_INLINE V PVK_WIDE(exponential)(V x) {
#if PVK_IS_FLOAT
  // Not as far down as the type goes: products with it must not become subnormal, which is slow.
  x = __builtin_elementwise_min(__builtin_elementwise_max(x, (V){0} - 80.0f), (V){0} + 88.0f);
  return PVK_WIDE(power)(x, 1.4426950408889634f);
#else
  x = __builtin_elementwise_min(__builtin_elementwise_max(x, (V){0} - 700.0), (V){0} + 700.0);
  V scale, p = PVK_WIDE(exponential_parts)(x, &scale);
  return scale * p + scale;
#endif
}

// The hyperbolic tangent.
PVK_INLINE V PVK_WIDE(tangent)(V z) {
  // Limits would make finite numbers of what is none.
  V nothing = z - z;
#if PVK_IS_FLOAT
  return (1.0f - 2.0f / (PVK_WIDE(exponential)(2.0f * z) + 1.0f)) + nothing;
#else
  // e^(2|z|) - 1 without cancellation, so that small numbers keep all their digits.
  V size = __builtin_elementwise_min(__builtin_elementwise_abs(z), (V){0} + 20.0);
  V scale, p = PVK_WIDE(exponential_parts)(2 * size, &scale), e = scale * p + (scale - 1);
  return __builtin_elementwise_copysign(e / (e + 2), z) + nothing;
#endif
}

// sin x and cos x. Multiples of a quarter turn are taken off in three parts, which is exact for |x| < 1e5 in double
// precision and 1e3 in single; numbers beyond are left to the C library.
PVK_INLINE V PVK_WIDE(sine)(V x, V *cosine) {
#if PVK_IS_FLOAT
  const REAL limit = 1e3f, round = 12582912.0f;
  const REAL part1 = 1.5703125f, part2 = 4.837512969970703125e-4f, part3 = 7.549789948768648e-8f;
#else
  const REAL limit = 1e5, round = 0x1.8p52;
  const REAL part1 = 0x1.921fb544p0, part2 = 0x1.0b4611a6p-34, part3 = 0x1.3198a2e037073p-69;
#endif
  REAL largest = 0, lanes[LANES];
  V size = __builtin_elementwise_abs(x);
  __builtin_memcpy(lanes, &size, sizeof size);
  for (int i = 0; i < LANES; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  if (!(largest < limit)) {
#if PVK_IS_FLOAT
    *cosine = PVK_WIDE(each)(x, cosf);
    return PVK_WIDE(each)(x, sinf);
#else
    *cosine = PVK_WIDE(each)(x, cos);
    return PVK_WIDE(each)(x, sin);
#endif
  }
  V shifted = x * (REAL)0.63661977236758134308 + round, n = shifted - round;
  V r = ((x - n * part1) - n * part2) - n * part3, q = r * r;
#if PVK_IS_FLOAT
  V s = (V){0} + 1 / 362880.0f, c = (V){0} - 1 / 3628800.0f;
  c = c * q + 1 / 40320.0f;
  s = s * q - 1 / 5040.0f;
#else
  V s = (V){0} + 1 / 355687428096000.0, c = (V){0} - 1 / 6402373705728000.0;
  c = c * q + 1 / 20922789888000.0;
  s = s * q - 1 / 1307674368000.0;
  c = c * q - 1 / 87178291200.0;
  s = s * q + 1 / 6227020800.0;
  c = c * q + 1 / 479001600.0;
  s = s * q - 1 / 39916800.0;
  c = c * q - 1 / 3628800.0;
  s = s * q + 1 / 362880.0;
  c = c * q + 1 / 40320.0;
  s = s * q - 1 / 5040.0;
#endif
  c = c * q - (REAL)(1 / 720.0);
  s = s * q + (REAL)(1 / 120.0);
  c = c * q + (REAL)(1 / 24.0);
  s = s * q - (REAL)(1 / 6.0);
  c = c * q - (REAL)0.5;
  s = s * q * r + r;
  c = c * q + 1;
  // The quarter says which is which, and the signs.
  IV quarter, sine_bits, cosine_bits;
  __builtin_memcpy(&quarter, &shifted, sizeof quarter);
  __builtin_memcpy(&sine_bits, &s, sizeof s);
  __builtin_memcpy(&cosine_bits, &c, sizeof c);
  const int top = 8 * (int)sizeof(REAL) - 1;
  IV odd = -(quarter & 1), swapped = (sine_bits ^ cosine_bits) & odd;
  sine_bits ^= swapped;
  cosine_bits ^= swapped;
  sine_bits ^= (quarter >> 1 & 1) << top;
  cosine_bits ^= ((quarter + 1) >> 1 & 1) << top;
  __builtin_memcpy(&s, &sine_bits, sizeof s);
  __builtin_memcpy(cosine, &cosine_bits, sizeof c);
  return s;
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
    V t = PVK_WIDE(tangent)(z);
    *derivative = 1 - t * t;
    return t;
  }
  case pvk_sine: return PVK_WIDE(sine)(z, derivative);
  default: *derivative = (V){0} + (REAL)1; return z;
  }
}
