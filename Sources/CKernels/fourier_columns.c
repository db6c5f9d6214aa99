#include "pvk_factors.h"
#include "pvk_fourier.h"
#include <math.h>
#include <stdlib.h>

struct pvk_columns {
  size_t points;
  int32_t passes;
  pvk_pass pass[pvk_most_passes];
  double *factors;
};

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

pvk_columns *pvk_columns_create(size_t points) {
  int32_t radices[pvk_most_passes + 1];
  int32_t passes = pvk_radices(points, radices);
  if (passes == 0 || points > SIZE_MAX >> 8) return NULL;
  pvk_columns *columns = calloc(1, sizeof *columns);
  // Every pass needs 4 (radix - 1) groups doubles, which is less than four times what is left of the length.
  double *factors = malloc(8 * points * sizeof *factors);
  if (!columns || !factors) {
    free(columns);
    free(factors);
    return NULL;
  }
  columns->points = points;
  columns->passes = passes;
  columns->factors = factors;
  size_t left = points, stride = 1;
  for (int32_t i = 0; i < passes; i++) {
    const size_t radix = (size_t)radices[i], groups = left / radix;
    columns->pass[i] = (pvk_pass){radices[i], groups, stride, factors};
    for (size_t p = 0; p < groups; p++)
      for (size_t j = 1; j < radix; j++, factors += 4) {
        double re, im;
        pvk_unit_root(j * p, left, &re, &im);
        factors[0] = factors[1] = re;
        factors[2] = -im;
        factors[3] = im;
      }
    left = groups;
    stride *= radix;
  }
  return columns;
}

void pvk_columns_destroy(pvk_columns *columns) {
  free(columns->factors);
  free(columns);
}

PVK_INLINE void transform(const pvk_columns *columns, const double *x, size_t x_step, double *y, size_t y_step,
                          size_t width, double *work, int inverse) {
  double *next = work, *other = work + columns->points * width;
  for (int32_t i = 0; i < columns->passes - 1; i++) {
    pvk_run_pass(&columns->pass[i], x, x_step, next, width, width, inverse);
    x = next;
    x_step = width;
    next = other;
    other = (double *)x;
  }
  pvk_run_pass(&columns->pass[columns->passes - 1], x, x_step, y, y_step, width, inverse);
}

PVK_MULTIVERSION
void pvk_columns_transform(const pvk_columns *columns, int32_t inverse, const double *source, size_t source_step,
                           double *destination, size_t destination_step, size_t width, double *work) {
  if (inverse) transform(columns, source, source_step, destination, destination_step, width, work, 1);
  else transform(columns, source, source_step, destination, destination_step, width, work, 0);
}
