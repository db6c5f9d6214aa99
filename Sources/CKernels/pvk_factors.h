// The factors of Fourier transforms, and how a length is cut into passes.
#ifndef PVK_FACTORS_H
#define PVK_FACTORS_H
#include "pvk_butterflies.h"

enum { pvk_most_passes = 24 };

/// The radices of a transform of n points, 0 at the end; 0 passes when a prime factor is larger than 5.
int32_t pvk_radices(size_t n, int32_t radices[pvk_most_passes + 1]);
/// exp(-2 pi i k / n), right to the last place.
void pvk_unit_root(size_t k, size_t n, double *re, double *im);
#endif
