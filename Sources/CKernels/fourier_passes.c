#include "pvk_passes.h"
#include "pvk_butterflies.h"
#include <math.h>

PVK_INLINE void run_pass(int32_t radix, const pvk_pass *pass, const double *x, size_t x_step, double *y, size_t y_step,
                         size_t width, int inverse) {
  const size_t stride = pass->stride, groups = pass->groups;
  const int joined = x_step == width && y_step == width;
  const size_t rows = joined ? 1 : stride, count = joined ? stride * width : width;
  for (size_t p = 0; p < groups; p++)
    for (size_t q = 0; q < rows; q++) {
      const double *from = x + (q + stride * p) * x_step;
      double *to = y + (q + stride * (size_t)radix * p) * y_step;
      const size_t from_step = stride * groups * x_step, to_step = stride * y_step;
      if (p == 0) pvk_butterflies(radix, from, from_step, to, to_step, count, NULL, inverse);
      else
        pvk_butterflies(radix, from, from_step, to, to_step, count,
                        pass->factors + 4 * (size_t)(radix - 1) * p, inverse);
    }
}

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

PVK_INLINE void run_first_pass(int32_t radix, const pvk_pass *pass, const double *x, double *y, int inverse) {
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

#define PASS(NAME, RADIX, INVERSE)                                                                           \
  PVK_MULTIVERSION                                                                                           \
  static void NAME(const pvk_pass *pass, const double *x, size_t x_step, double *y, size_t y_step,           \
                   size_t width) {                                                                           \
    run_pass(RADIX, pass, x, x_step, y, y_step, width, INVERSE);                                             \
  }

#define FIRST_PASS(NAME, RADIX, INVERSE)                                                                     \
  PVK_MULTIVERSION                                                                                           \
  static void NAME(const pvk_pass *pass, const double *x, size_t x_step, double *y, size_t y_step,           \
                   size_t width) {                                                                           \
    (void)x_step, (void)y_step, (void)width;                                                                 \
    run_first_pass(RADIX, pass, x, y, INVERSE);                                                              \
  }

PASS(forward2, 2, 0)
PASS(forward3, 3, 0)
PASS(forward4, 4, 0)
PASS(forward5, 5, 0)
PASS(forward8, 8, 0)
PASS(inverse2, 2, 1)
PASS(inverse3, 3, 1)
PASS(inverse4, 4, 1)
PASS(inverse5, 5, 1)
PASS(inverse8, 8, 1)
FIRST_PASS(first_forward4, 4, 0)
FIRST_PASS(first_forward8, 8, 0)
FIRST_PASS(first_inverse4, 4, 1)
FIRST_PASS(first_inverse8, 8, 1)

pvk_pass_function pvk_pass_of(int32_t radix, int32_t inverse) {
  switch (radix) {
  case 2: return inverse ? inverse2 : forward2;
  case 3: return inverse ? inverse3 : forward3;
  case 4: return inverse ? inverse4 : forward4;
  case 5: return inverse ? inverse5 : forward5;
  default: return inverse ? inverse8 : forward8;
  }
}

pvk_pass_function pvk_first_pass_of(int32_t radix, int32_t inverse) {
  switch (radix) {
  case 4: return inverse ? first_inverse4 : first_forward4;
  case 8: return inverse ? first_inverse8 : first_forward8;
  default: return NULL;
  }
}

int32_t pvk_radices(size_t n, int32_t radices[pvk_most_passes + 1]) {
  int32_t twos = 0, threes = 0, fives = 0, count = 0;
  for (; n % 2 == 0 && n > 0; n /= 2) twos++;
  for (; n % 3 == 0 && n > 0; n /= 3) threes++;
  for (; n % 5 == 0 && n > 0; n /= 5) fives++;
  radices[0] = 0;
  if (n != 1 || twos + threes + fives > pvk_most_passes) return 0;
  // Two passes of radix 4 beat one of radix 8 and one of radix 2.
  int32_t fours = twos % 3 == 2 ? 1 : twos % 3 == 1 && twos > 1 ? 2 : 0;
  int32_t eights = (twos - 2 * fours) / 3;
  for (int32_t i = 0; i < fours; i++) radices[count++] = 4;
  for (int32_t i = 0; i < eights; i++) radices[count++] = 8;
  for (int32_t i = 0; i < threes; i++) radices[count++] = 3;
  for (int32_t i = 0; i < fives; i++) radices[count++] = 5;
  if (twos == 1) radices[count++] = 2;
  radices[count] = 0;
  return count;
}

void pvk_unit_root(size_t k, size_t n, double *re, double *im) {
  // 2 pi in long double leaves the angle exact to well below the last place of a double.
  const long double turn = 6.283185307179586476925286766559005768L;
  long double angle = turn * (long double)(k % n) / (long double)n;
  *re = (double)cosl(angle);
  *im = (double)-sinl(angle);
}
