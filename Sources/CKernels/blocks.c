#include "pvk_blocks.h"
#include "pvk_targets.h"

// The size is a constant where these are inlined, so that a block's sums stay in registers.
PVK_INLINE void blocks_multiply(size_t size, size_t first, size_t last, const int32_t *restrict starts,
                                const int32_t *restrict indices, const double *restrict values,
                                const double *restrict x, double *restrict y) {
  for (size_t row = first; row < last; row++) {
    double sums[8] = {0};
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      const double *block = values + (size_t)k * size * size;
      const double *part = x + (size_t)indices[k] * size;
      for (size_t j = 0; j < size; j++)
        for (size_t i = 0; i < size; i++) sums[i] += block[j * size + i] * part[j];
    }
    for (size_t i = 0; i < size; i++) y[row * size + i] = sums[i];
  }
}

PVK_INLINE void large_blocks_multiply(size_t size, size_t first, size_t last, const int32_t *restrict starts,
                                      const int32_t *restrict indices, const double *restrict values,
                                      const double *restrict x, double *restrict y) {
  for (size_t row = first; row < last; row++) {
    double *sums = y + row * size;
    for (size_t i = 0; i < size; i++) sums[i] = 0;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      const double *block = values + (size_t)k * size * size;
      const double *part = x + (size_t)indices[k] * size;
      for (size_t j = 0; j < size; j++)
        for (size_t i = 0; i < size; i++) sums[i] += block[j * size + i] * part[j];
    }
  }
}

PVK_INLINE void blocks_multiply_transpose(size_t size, size_t first, size_t last, const int32_t *restrict starts,
                                          const int32_t *restrict indices, const double *restrict values,
                                          const double *restrict x, double *restrict y) {
  for (size_t row = first; row < last; row++) {
    const double *part = x + row * size;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      const double *block = values + (size_t)k * size * size;
      double *sums = y + (size_t)indices[k] * size;
      for (size_t j = 0; j < size; j++) {
        double sum = 0;
        for (size_t i = 0; i < size; i++) sum += block[j * size + i] * part[i];
        sums[j] += sum;
      }
    }
  }
}

PVK_MULTIVERSION
void pvk_blocks_multiply(size_t size, size_t first, size_t last, const int32_t *restrict starts,
                         const int32_t *restrict indices, const double *restrict values, const double *restrict x,
                         double *restrict y) {
  switch (size) {
  case 2: blocks_multiply(2, first, last, starts, indices, values, x, y); break;
  case 3: blocks_multiply(3, first, last, starts, indices, values, x, y); break;
  case 4: blocks_multiply(4, first, last, starts, indices, values, x, y); break;
  case 5: blocks_multiply(5, first, last, starts, indices, values, x, y); break;
  case 6: blocks_multiply(6, first, last, starts, indices, values, x, y); break;
  case 7: blocks_multiply(7, first, last, starts, indices, values, x, y); break;
  case 8: blocks_multiply(8, first, last, starts, indices, values, x, y); break;
  default: large_blocks_multiply(size, first, last, starts, indices, values, x, y);
  }
}

PVK_MULTIVERSION
void pvk_blocks_multiply_transpose(size_t size, size_t first, size_t last, const int32_t *restrict starts,
                                   const int32_t *restrict indices, const double *restrict values,
                                   const double *restrict x, double *restrict y) {
  switch (size) {
  case 2: blocks_multiply_transpose(2, first, last, starts, indices, values, x, y); break;
  case 3: blocks_multiply_transpose(3, first, last, starts, indices, values, x, y); break;
  case 4: blocks_multiply_transpose(4, first, last, starts, indices, values, x, y); break;
  case 5: blocks_multiply_transpose(5, first, last, starts, indices, values, x, y); break;
  case 6: blocks_multiply_transpose(6, first, last, starts, indices, values, x, y); break;
  case 7: blocks_multiply_transpose(7, first, last, starts, indices, values, x, y); break;
  case 8: blocks_multiply_transpose(8, first, last, starts, indices, values, x, y); break;
  default: blocks_multiply_transpose(size, first, last, starts, indices, values, x, y);
  }
}
