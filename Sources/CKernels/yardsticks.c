#include "pvk_yardsticks.h"
#include "pvk_targets.h"

enum { chains = 96 };

PVK_MULTIVERSION
double pvk_multiply_add_rounds(int64_t rounds) {
  double x[chains];
  for (int j = 0; j < chains; j++) x[j] = 1.0 + j * 1e-3;
  for (int64_t r = 0; r < rounds; r++)
    for (int j = 0; j < chains; j++) x[j] = __builtin_fma(x[j], 0.999999, 1e-7);
  double sum = 0;
  for (int j = 0; j < chains; j++) sum += x[j];
  return sum;
}

double pvk_multiply_add_operations(int64_t rounds) { return 2.0 * chains * (double)rounds; }

PVK_MULTIVERSION
void pvk_triad(double *restrict a, const double *restrict b, const double *restrict c, double s, size_t count) {
  for (size_t i = 0; i < count; i++) a[i] = b[i] + s * c[i];
}

enum { read_block = 256, read_ahead = 512 };

PVK_MULTIVERSION
double pvk_read(const double *a, size_t count) {
#pragma clang fp reassociate(on)
  double total = 0;
  for (size_t first = 0; first < count; first += read_block) {
    size_t length = count - first < read_block ? count - first : read_block;
    for (size_t j = 0; j < read_block; j += 8) __builtin_prefetch(a + first + read_ahead + j, 0, 3);
    double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(8)
    for (size_t j = 0; j < length; j++) sum += a[first + j];
    total += sum;
  }
  return total;
}

void pvk_read_chunk(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_read_job *job = context;
  size_t first = (size_t)chunk * job->chunk_count, last = first + job->chunk_count;
  if (last > job->count) last = job->count;
  job->sums[chunk] = pvk_read(job->a + first, last - first);
}
