// Two real lines in one complex transform, and cosine transforms by Makhoul's reordering: J. Makhoul, A fast cosine
// transform in one and two dimensions, IEEE Trans. ASSP 28 (1980) 27.
#include "pvk_tiles.h"
#include "pvk_targets.h"
#include <math.h>
#include <string.h>

typedef double lanes __attribute__((vector_size(64)));
typedef double loose_lanes __attribute__((vector_size(64), aligned(8)));
enum { half_row = 8 };

// Macros, since vectors this wide do not pass between functions of every instruction set.
#define LOAD(FROM) (*(const loose_lanes *)(FROM))
#define STORE(TO, VALUE) (*(loose_lanes *)(TO) = (VALUE))
// (re, im) -> (-im, re)
#define TIMES_I(Z) (__builtin_shufflevector((Z), (Z), 1, 0, 3, 2, 5, 4, 7, 6) * (lanes){-1, 1, -1, 1, -1, 1, -1, 1})

PVK_INLINE double sign_of(size_t j, int32_t alternates) { return alternates && (j & 1) ? -1.0 : 1.0; }

PVK_MULTIVERSION
void pvk_tile_load_columns(const double *source, size_t step, size_t width, size_t n, const int32_t *map,
                           int32_t alternates, double *tile) {
  for (size_t j = 0; j < n; j++) {
    const double *from = source + j * step;
    double *to = tile + (size_t)map[j] * pvk_tile_width;
    double sign = sign_of(j, alternates);
    if (width == pvk_tile_width) {
      STORE(to, LOAD(from) * sign);
      STORE(to + half_row, LOAD(from + half_row) * sign);
    } else {
      for (size_t c = 0; c < width; c++) to[c] = from[c] * sign;
      for (size_t c = width; c < pvk_tile_width; c++) to[c] = 0;
    }
  }
}

PVK_MULTIVERSION
void pvk_tile_store_columns(double *destination, size_t step, size_t width, size_t n, const int32_t *map,
                            int32_t alternates, const double *tile) {
  for (size_t j = 0; j < n; j++) {
    const double *from = tile + (size_t)map[j] * pvk_tile_width;
    double *to = destination + j * step;
    double sign = sign_of(j, alternates);
    if (width == pvk_tile_width) {
      STORE(to, LOAD(from) * sign);
      STORE(to + half_row, LOAD(from + half_row) * sign);
    } else {
      for (size_t c = 0; c < width; c++) to[c] = from[c] * sign;
    }
  }
}

// Eight rows of eight to eight columns, in three rounds of exchanges.
PVK_INLINE void transpose(lanes r[8]) {
  lanes t[8];
  for (int i = 0; i < 4; i++) {
    t[2 * i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[2 * i + 1] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 2; k++) {
      r[4 * i + k] = __builtin_shufflevector(t[4 * i + k], t[4 * i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[4 * i + k + 2] = __builtin_shufflevector(t[4 * i + k], t[4 * i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int k = 0; k < 4; k++) {
    t[k] = __builtin_shufflevector(r[k], r[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    t[k + 4] = __builtin_shufflevector(r[k], r[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int k = 0; k < 8; k++) r[k] = t[k];
}

PVK_MULTIVERSION
void pvk_tile_load_lines(const double *source, size_t step, size_t width, size_t n, const int32_t *map,
                         int32_t alternates, double *tile) {
  size_t j = 0;
  if (width == pvk_tile_width) {
    for (; j + 8 <= n; j += 8)
      for (size_t half = 0; half < 2; half++) {
        const double *from = source + 8 * half * step + j;
        lanes rows[8];
        for (size_t k = 0; k < 8; k++) rows[k] = LOAD(from + k * step);
        transpose(rows);
        for (size_t k = 0; k < 8; k++)
          STORE(tile + (size_t)map[j + k] * pvk_tile_width + 8 * half, rows[k] * sign_of(j + k, alternates));
      }
  }
  for (; j < n; j++) {
    double *to = tile + (size_t)map[j] * pvk_tile_width;
    for (size_t c = 0; c < width; c++) to[c] = source[c * step + j] * sign_of(j, alternates);
    for (size_t c = width; c < pvk_tile_width; c++) to[c] = 0;
  }
}

PVK_MULTIVERSION
void pvk_tile_store_lines(double *destination, size_t step, size_t width, size_t n, const int32_t *map,
                          int32_t alternates, const double *tile) {
  size_t j = 0;
  if (width == pvk_tile_width) {
    for (; j + 8 <= n; j += 8)
      for (size_t half = 0; half < 2; half++) {
        double *to = destination + 8 * half * step + j;
        lanes rows[8];
        for (size_t k = 0; k < 8; k++)
          rows[k] = LOAD(tile + (size_t)map[j + k] * pvk_tile_width + 8 * half) * sign_of(j + k, alternates);
        transpose(rows);
        for (size_t k = 0; k < 8; k++) STORE(to + k * step, rows[k]);
      }
  }
  for (; j < n; j++) {
    const double *from = tile + (size_t)map[j] * pvk_tile_width;
    for (size_t c = 0; c < width; c++) destination[c * step + j] = from[c] * sign_of(j, alternates);
  }
}

PVK_MULTIVERSION
void pvk_tile_to_cosines(double *tile, size_t n, const double *angles) {
  for (size_t k = 0; 2 * k <= n; k++) {
    double c = angles[2 * k], s = angles[2 * k + 1];
    double *upper = tile + k * pvk_tile_width, *lower = tile + (k ? n - k : 0) * pvk_tile_width;
    for (size_t half = 0; half < pvk_tile_width; half += half_row) {
      lanes v = LOAD(upper + half), w = LOAD(lower + half);
      lanes sum = v + w, turned = TIMES_I(w - v);
      if (k) STORE(lower + half, s * sum - c * turned);
      STORE(upper + half, c * sum + s * turned);
    }
  }
}

PVK_MULTIVERSION
void pvk_tile_from_cosines(double *tile, size_t n, const double *angles) {
  for (size_t k = 0; 2 * k <= n; k++) {
    double c = angles[2 * k], s = angles[2 * k + 1];
    double *upper = tile + k * pvk_tile_width, *lower = tile + (k ? n - k : 0) * pvk_tile_width;
    for (size_t half = 0; half < pvk_tile_width; half += half_row) {
      if (!k) continue; // the mean is as it should be
      lanes u = LOAD(upper + half), w = LOAD(lower + half);
      lanes even = c * u + s * w, odd = TIMES_I(s * u - c * w);
      STORE(lower + half, even - odd);
      STORE(upper + half, even + odd);
    }
  }
}

PVK_MULTIVERSION
void pvk_tile_to_halfcomplex(double *tile, size_t n) {
  for (size_t k = 1; 2 * k < n; k++) {
    double *upper = tile + k * pvk_tile_width, *lower = tile + (n - k) * pvk_tile_width;
    for (size_t half = 0; half < pvk_tile_width; half += half_row) {
      lanes v = LOAD(upper + half), w = LOAD(lower + half);
      STORE(upper + half, 0.5 * (v + w));
      STORE(lower + half, 0.5 * TIMES_I(w - v));
    }
  }
}

PVK_MULTIVERSION
void pvk_tile_from_halfcomplex(double *tile, size_t n) {
  for (size_t k = 1; 2 * k < n; k++) {
    double *upper = tile + k * pvk_tile_width, *lower = tile + (n - k) * pvk_tile_width;
    for (size_t half = 0; half < pvk_tile_width; half += half_row) {
      lanes re = LOAD(upper + half), im = TIMES_I(LOAD(lower + half));
      STORE(upper + half, re + im);
      STORE(lower + half, re - im);
    }
  }
}

PVK_MULTIVERSION
void pvk_tile_mirror_even(double *tile, size_t n) {
  for (size_t j = 1; j + 1 < n; j++)
    memcpy(tile + (2 * (n - 1) - j) * pvk_tile_width, tile + j * pvk_tile_width, pvk_tile_width * sizeof(double));
}

PVK_MULTIVERSION
void pvk_tile_mirror_odd(double *tile, size_t n) {
  memset(tile, 0, pvk_tile_width * sizeof(double));
  memset(tile + (n + 1) * pvk_tile_width, 0, pvk_tile_width * sizeof(double));
  for (size_t j = 1; j <= n; j++)
    for (size_t half = 0; half < pvk_tile_width; half += half_row)
      STORE(tile + (2 * (n + 1) - j) * pvk_tile_width + half, -LOAD(tile + j * pvk_tile_width + half));
}

PVK_MULTIVERSION
void pvk_tile_turn(double *tile, size_t rows) {
  for (size_t i = 0; i < rows * pvk_tile_width; i += half_row) STORE(tile + i, TIMES_I(LOAD(tile + i)));
}

PVK_MULTIVERSION
double pvk_tile_divide(double *tile, size_t count, const double *rows, const double *columns, double coefficient,
                       double shift, double normalization, double threshold) {
  double defect = 0;
  double denominators[pvk_tile_width];
  for (size_t j = 0; j < count; j++) {
    double *row = tile + j * pvk_tile_width;
    double smallest = INFINITY;
    for (size_t c = 0; c < pvk_tile_width; c++) {
      denominators[c] = coefficient * (rows[j] + columns[c]) + shift;
      double size = __builtin_fabs(denominators[c]);
      smallest = size < smallest ? size : smallest;
    }
    if (smallest > threshold) {
      for (size_t c = 0; c < pvk_tile_width; c++) row[c] /= normalization * denominators[c];
      continue;
    }
    for (size_t c = 0; c < pvk_tile_width; c++) {
      if (__builtin_fabs(denominators[c]) > threshold) {
        row[c] /= normalization * denominators[c];
      } else {
        defect = fmax(defect, __builtin_fabs(row[c]) / normalization);
        row[c] = 0;
      }
    }
  }
  return defect;
}
