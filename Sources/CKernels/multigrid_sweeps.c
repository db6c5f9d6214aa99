#include "pvk_multigrid.h"
#include "pvk_targets.h"
#include <math.h>
#include <string.h>

PVK_MULTIVERSION
double pvk_largest(size_t first, size_t last, const double *restrict x, const double *restrict weights) {
  // Sixteen maxima at a time; comparisons with undefined numbers are kept apart from them.
  double largest[16] = {0}, undefined[16] = {0};
  size_t i = first;
  for (; i + 16 <= last; i += 16)
    for (size_t lane = 0; lane < 16; lane++) {
      double value = fabs(weights ? weights[i + lane] * x[i + lane] : x[i + lane]);
      largest[lane] = value > largest[lane] ? value : largest[lane];
      undefined[lane] += value - value;
    }
  for (; i < last; i++) {
    double value = fabs(weights ? weights[i] * x[i] : x[i]);
    largest[0] = value > largest[0] ? value : largest[0];
    undefined[0] += value - value;
  }
  double result = 0;
  for (size_t lane = 0; lane < 16; lane++) {
    result = largest[lane] > result ? largest[lane] : result;
    if (undefined[lane] != 0) return INFINITY;
  }
  return result;
}

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "multigrid_sweeps.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "multigrid_sweeps.h"
