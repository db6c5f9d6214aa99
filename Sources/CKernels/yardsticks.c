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
