#include "pvk_multigrid.h"
#include "pvk_targets.h"
#include <math.h>
#include <string.h>

// Sizes of doubles are ordered like their bits, undefined ones above all.
PVK_INLINE uint64_t size_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits & ~((uint64_t)1 << 63);
}

PVK_MULTIVERSION
double pvk_largest(size_t first, size_t last, const double *restrict x, const double *restrict weights) {
  uint64_t largest = 0;
  if (weights) {
    for (size_t i = first; i < last; i++) {
      uint64_t bits = size_bits(weights[i] * x[i]);
      largest = bits > largest ? bits : largest;
    }
  } else {
    for (size_t i = first; i < last; i++) {
      uint64_t bits = size_bits(x[i]);
      largest = bits > largest ? bits : largest;
    }
  }
  double result;
  memcpy(&result, &largest, sizeof result);
  return result == result ? result : INFINITY;
}

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "pvk_multigrid_sweeps.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "pvk_multigrid_sweeps.h"
