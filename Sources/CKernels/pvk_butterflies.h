// Butterflies of the Fourier kernels.
#ifndef PVK_BUTTERFLIES_H
#define PVK_BUTTERFLIES_H
#include "pvk_quads.h"

enum { pvk_largest_radix = 8 };

/// first = a - ib and second = a + ib, or the other way round for the inverse.
PVK_INLINE void pvk_turned(pvk_quad a, pvk_quad b, pvk_quad *first, pvk_quad *second, int inverse) {
  const pvk_quad sign = {1, -1, 1, -1, 1, -1, 1, -1};
  pvk_quad t = PVK_SWAP(b);
  *first = inverse ? a - t * sign : a + t * sign;
  *second = inverse ? a + t * sign : a - t * sign;
}

PVK_INLINE void pvk_butterfly4(pvk_quad *z, int inverse) {
  pvk_quad a = z[0] + z[2], b = z[0] - z[2], c = z[1] + z[3], d = z[1] - z[3];
  z[0] = a + c;
  z[2] = a - c;
  pvk_turned(b, d, &z[1], &z[3], inverse);
}

/// A discrete Fourier transform of `radix` points; z[j] becomes the sum of z[k] exp(-+2 pi i jk / radix).
PVK_INLINE void pvk_butterfly(int32_t radix, pvk_quad *z, int inverse) {
  switch (radix) {
  case 2: {
    pvk_quad a = z[0];
    z[0] = a + z[1];
    z[1] = a - z[1];
    break;
  }
  case 3: {
    const double half_root = 0.86602540378443864676;
    pvk_quad sum = z[1] + z[2], difference = half_root * (z[1] - z[2]), rest = z[0] - 0.5 * sum;
    z[0] += sum;
    pvk_turned(rest, difference, &z[1], &z[2], inverse);
    break;
  }
  case 4: pvk_butterfly4(z, inverse); break;
  case 5: {
    const double c1 = 0.30901699437494742410, c2 = -0.80901699437494742410;
    const double s1 = 0.95105651629515357212, s2 = 0.58778525229247312917;
    pvk_quad a = z[1] + z[4], b = z[2] + z[3], c = z[1] - z[4], d = z[2] - z[3], first = z[0];
    z[0] = first + a + b;
    pvk_turned(first + c1 * a + c2 * b, s1 * c + s2 * d, &z[1], &z[4], inverse);
    pvk_turned(first + c2 * a + c1 * b, s2 * c - s1 * d, &z[2], &z[3], inverse);
    break;
  }
  default: {
    const double root = 0.70710678118654752440;
    const pvk_quad sign = {1, -1, 1, -1, 1, -1, 1, -1};
    pvk_quad even[4] = {z[0], z[2], z[4], z[6]}, odd[4] = {z[1], z[3], z[5], z[7]};
    pvk_butterfly4(even, inverse);
    pvk_butterfly4(odd, inverse);
    // odd[1] and odd[3] times exp(-+pi i / 4) and exp(-+3 pi i / 4), root taken out of both.
    pvk_quad t1 = PVK_SWAP(odd[1]), t3 = PVK_SWAP(odd[3]);
    pvk_quad u1 = inverse ? odd[1] - t1 * sign : odd[1] + t1 * sign;
    pvk_quad u3 = inverse ? odd[3] + t3 * sign : odd[3] - t3 * sign;
    z[0] = even[0] + odd[0];
    z[4] = even[0] - odd[0];
    z[1] = even[1] + root * u1;
    z[5] = even[1] - root * u1;
    z[3] = even[3] - root * u3;
    z[7] = even[3] + root * u3;
    pvk_turned(even[2], odd[2], &z[2], &z[6], inverse);
  }
  }
}

/// The butterflies of one group over `count` doubles, a multiple of eight. Inputs are x_step apart, outputs
/// y_step; factors may be NULL where all are one.
PVK_INLINE void pvk_butterflies(int32_t radix, const double *x, size_t x_step, double *y, size_t y_step,
                                size_t count, const double *factors, int inverse) {
  pvk_quad re[pvk_largest_radix], im[pvk_largest_radix];
  if (factors)
    for (int32_t j = 1; j < radix; j++) {
      re[j] = pvk_repeated(factors + 4 * (j - 1));
      im[j] = pvk_repeated(factors + 4 * (j - 1) + 2);
    }
  for (size_t q = 0; q < count; q += pvk_quad_doubles) {
    pvk_quad z[pvk_largest_radix];
    for (int32_t j = 0; j < radix; j++) z[j] = PVK_LOAD(x + (size_t)j * x_step + q);
    pvk_butterfly(radix, z, inverse);
    PVK_STORE(y + q, z[0]);
    for (int32_t j = 1; j < radix; j++)
      PVK_STORE(y + (size_t)j * y_step + q, factors ? pvk_times(z[j], re[j], im[j], inverse) : z[j]);
  }
}
#endif
