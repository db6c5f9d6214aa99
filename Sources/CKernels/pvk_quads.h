// Vectors of four complex numbers, (re, im) pairs, or of eight doubles.
#ifndef PVK_QUADS_H
#define PVK_QUADS_H
#include "pvk_targets.h"
#include <stddef.h>
#include <stdint.h>

// Everything here is inlined: no vector is ever passed in a call, so there is no calling convention to warn of.
#pragma clang diagnostic ignored "-Wpsabi"

typedef double pvk_quad __attribute__((vector_size(64)));
typedef double pvk_quad_anywhere __attribute__((vector_size(64), aligned(8)));
typedef double pvk_four_anywhere __attribute__((vector_size(32), aligned(8)));
typedef double pvk_pair __attribute__((vector_size(16), aligned(8)));

enum { pvk_quad_doubles = 8 };

#define PVK_LOAD(p) (*(const pvk_quad_anywhere *)(p))
#define PVK_STORE(p, v) (*(pvk_quad_anywhere *)(p) = (v))
#define PVK_SWAP(x) __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6)

/// x times a factor given as re = (re, re) and im = (-im, im), or times its conjugate.
PVK_INLINE pvk_quad pvk_times(pvk_quad x, pvk_quad re, pvk_quad im, int inverse) {
  return inverse ? x * re - PVK_SWAP(x) * im : x * re + PVK_SWAP(x) * im;
}

PVK_INLINE pvk_quad pvk_repeated(const double *pair) {
  pvk_pair t = *(const pvk_pair *)pair;
  return __builtin_shufflevector(t, t, 0, 1, 0, 1, 0, 1, 0, 1);
}

/// The first `count` < 8 doubles, then zeros. A copy of so few is no call's worth.
PVK_INLINE pvk_quad pvk_load_part(const double *p, size_t count) {
  pvk_quad part = {0};
  for (size_t j = 0; j < pvk_quad_doubles; j++)
    if (j < count) part[j] = p[j];
  return part;
}

PVK_INLINE void pvk_store_part(double *p, pvk_quad x, size_t count) {
  for (size_t j = 0; j < pvk_quad_doubles; j++)
    if (j < count) p[j] = x[j];
}
#endif
