// What is fitted to a probe and its product with the Hessian: included once for each type of numbers.

void PVK_NAMED(pvk_signs)(size_t count, const uint32_t *bits, REAL *target) {
  for (size_t i = 0; i < count; i++) target[i] = bits[i / 32] >> (i % 32) & 1 ? 1 : -1;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_probed_diagonal)(size_t count, size_t block, const REAL *restrict signs, REAL *restrict product) {
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) product[i] *= signs[i];
  for (size_t start = 0; block > 1 && start < count; start += block) {
    const size_t size = count - start < block ? count - start : block;
    REAL sum = 0;
    for (size_t i = 0; i < size; i++) sum += product[start + i];
    for (size_t i = 0; i < size; i++) product[start + i] = sum / (REAL)size;
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_fit_scales)(size_t count, double rate, const REAL *restrict probe, const REAL *restrict product,
                               REAL *restrict scale) {
  const REAL share = (REAL)rate;
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) {
    REAL a = scale[i] * product[i], b = probe[i] / scale[i];
    a *= a;
    b *= b;
    // The probe is never zero where there are parameters.
    scale[i] -= scale[i] * (share * (a - b) / (a + b));
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_apply_scales)(size_t count, const REAL *restrict scale, const REAL *restrict x, REAL *restrict target) {
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) target[i] = scale[i] * scale[i] * x[i];
}

void PVK_NAMED(pvk_triangular_step)(size_t side, double rate, REAL *left, const REAL *right) {
  REAL largest = 0;
  for (size_t i = 0; i < side; i++) {
    REAL sum = left[i * side + i] + right[i * side + i];
    // NaN goes on into the matrix.
    largest = sum <= largest ? largest : sum;
  }
  const REAL factor = largest == 0 ? 0 : (REAL)rate / largest;
  for (size_t i = 0; i < side; i++) {
    for (size_t j = 0; j < i; j++) left[i * side + j] = 0;
    for (size_t j = i; j < side; j++) left[i * side + j] = factor * (left[i * side + j] - right[i * side + j]);
  }
}
