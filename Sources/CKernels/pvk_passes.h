// The passes that Fourier transforms are made of, and how a length is cut into them.
#ifndef PVK_PASSES_H
#define PVK_PASSES_H
#include <stddef.h>
#include <stdint.h>

enum { pvk_most_passes = 24 };

typedef struct pvk_pass pvk_pass;

/// Runs a pass over rows of `width` doubles, a multiple of eight except where rows follow each other without
/// gaps and a whole stride of them is one. x_step and y_step are the distances of rows.
typedef void (*pvk_pass_function)(const pvk_pass *pass, const double *x, size_t x_step, double *y, size_t y_step,
                                  size_t width);

/// One pass of a Stockham transform: n = radix * groups * stride. Factor j of group p is the four doubles
/// (re, re, -im, im) at factors + 4 * ((radix - 1) * p + j - 1).
struct pvk_pass {
  int32_t radix;
  size_t groups, stride;
  const double *factors;
  pvk_pass_function run[2]; // forward and inverse
};

/// The functions of a radix. Each is compiled by itself: all in one are slower by half, for want of registers.
pvk_pass_function pvk_pass_of(int32_t radix, int32_t inverse);
/// The first pass of a line: stride 1, rows of one complex number, and a multiple of four groups, whose factors
/// are kept in vectors for four neighbouring groups. NULL unless the radix is 4 or 8.
pvk_pass_function pvk_first_pass_of(int32_t radix, int32_t inverse);

/// The radices of a transform of n points, 0 at the end; 0 passes when a prime factor is larger than 5.
int32_t pvk_radices(size_t n, int32_t radices[pvk_most_passes + 1]);
/// exp(-2 pi i k / n), right to the last place.
void pvk_unit_root(size_t k, size_t n, double *re, double *im);
#endif
