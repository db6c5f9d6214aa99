#ifndef PVK_BLOCKS_H
#define PVK_BLOCKS_H
#include <stddef.h>
#include <stdint.h>

/// Kernels over block rows: row i of blocks has the blocks starts[i]..<starts[i + 1], of `size` * `size` numbers
/// each, column by column. All work on the block rows first..<last, so that workers can share a matrix.

/// y = A x.
void pvk_blocks_multiply(size_t size, size_t first, size_t last, const int32_t *_Nonnull starts,
                         const int32_t *_Nonnull indices, const double *_Nonnull values,
                         const double *_Nonnull x, double *_Nonnull y);
/// y += A' x, where y is not shared with other workers.
void pvk_blocks_multiply_transpose(size_t size, size_t first, size_t last, const int32_t *_Nonnull starts,
                                   const int32_t *_Nonnull indices, const double *_Nonnull values,
                                   const double *_Nonnull x, double *_Nonnull y);
#endif
