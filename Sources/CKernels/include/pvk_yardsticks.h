#ifndef PVK_YARDSTICKS_H
#define PVK_YARDSTICKS_H
#include <stddef.h>
#include <stdint.h>

/// Does `rounds` rounds of fused multiply-adds that never leave the registers; the result depends on all of
/// them. Floating-point operations done: `pvk_multiply_add_operations(rounds)`.
double pvk_multiply_add_rounds(int64_t rounds);
double pvk_multiply_add_operations(int64_t rounds);
/// a[i] = b[i] + s * c[i] for count elements: 24 bytes of traffic each, and 8 more where stores allocate.
void pvk_triad(double *_Nonnull a, const double *_Nonnull b, const double *_Nonnull c, double s, size_t count);
/// The sum of count doubles, prefetched as well as we know how: 8 bytes of traffic each.
double pvk_read(const double *_Nonnull a, size_t count);
/// What `pvk_read_chunk` reads, and how.
typedef struct {
  const double *_Nonnull a;
  size_t count;
  size_t chunk_count;
  double *_Nonnull sums;
} pvk_read_job;
/// One chunk of a read that workers share; a `pvk_chunk`, context a `pvk_read_job`, one sum per chunk.
void pvk_read_chunk(void *_Nullable job, int32_t chunk, int32_t worker);
#endif
