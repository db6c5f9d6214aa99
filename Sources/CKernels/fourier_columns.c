#include "pvk_fourier.h"
#include "pvk_passes.h"
#include <stdlib.h>

struct pvk_columns {
  size_t points;
  int32_t passes;
  pvk_pass pass[pvk_most_passes];
  double *factors;
};

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
    columns->pass[i] = (pvk_pass){
        radices[i], groups, stride, factors, {pvk_pass_of(radices[i], 0), pvk_pass_of(radices[i], 1)}};
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

void pvk_columns_transform(const pvk_columns *columns, int32_t inverse, const double *source, size_t source_step,
                           double *destination, size_t destination_step, size_t width, double *work) {
  double *next = work, *other = work + columns->points * width;
  const pvk_pass *pass = columns->pass, *last = pass + columns->passes - 1;
  for (; pass < last; pass++) {
    pass->run[inverse](pass, source, source_step, next, width, width);
    source = next;
    source_step = width;
    next = other;
    other = (double *)source;
  }
  last->run[inverse](last, source, source_step, destination, destination_step, width);
}
