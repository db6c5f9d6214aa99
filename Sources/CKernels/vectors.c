#include "pvk_vectors.h"
#include "pvk_targets.h"

// Pieces that stay in the first-level cache while all operations of a pass go over them.
enum { piece = 1024 };

PVK_INLINE void combine(const pvk_vector_operation *operation, size_t first, size_t count) {
  double *out = operation->output + first;
  const double *const *in = operation->inputs;
  const double *c = operation->factors;
  // In-place updates are the rule; element i is read before it is written, so that order is kept by a vector loop.
#define PVK_COMBINE_LOOP(SUM)                                                                                       \
  _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < count; i++) out[i] = SUM;                   \
  break
  switch (operation->input_count) {
  case 1: {
    const double *a = in[0] + first, ca = c[0], addend = operation->addend;
    PVK_COMBINE_LOOP(__builtin_fma(ca, a[i], addend));
  }
  case 2: {
    const double *a = in[0] + first, *b = in[1] + first, ca = c[0], cb = c[1];
    PVK_COMBINE_LOOP(__builtin_fma(cb, b[i], ca * a[i]));
  }
  case 3: {
    const double *a = in[0] + first, *b = in[1] + first, *d = in[2] + first, ca = c[0], cb = c[1], cd = c[2];
    PVK_COMBINE_LOOP(__builtin_fma(cd, d[i], __builtin_fma(cb, b[i], ca * a[i])));
  }
  case 4: {
    const double *a = in[0] + first, *b = in[1] + first, *d = in[2] + first, *e = in[3] + first;
    const double ca = c[0], cb = c[1], cd = c[2], ce = c[3];
    PVK_COMBINE_LOOP(__builtin_fma(ce, e[i], __builtin_fma(cd, d[i], __builtin_fma(cb, b[i], ca * a[i]))));
  }
  default:
    for (size_t i = 0; i < count; i++) out[i] = 0;
  }
#undef PVK_COMBINE_LOOP
}

PVK_INLINE double dot(const double *a, const double *b, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

PVK_INLINE double sum_of(const double *a, size_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (size_t i = 0; i < count; i++) sum += a[i];
  return sum;
}

PVK_MULTIVERSION
static void pass_over(const pvk_vector_pass *pass, size_t first, size_t last, double *partials) {
  for (int32_t slot = 0; slot < pass->slot_count; slot++) partials[slot] = 0;
  for (size_t start = first; start < last; start += piece) {
    size_t count = last - start < piece ? last - start : piece;
    for (int32_t number = 0; number < pass->operation_count; number++) {
      const pvk_vector_operation *operation = &pass->operations[number];
      if (operation->output)
        combine(operation, start, count);
      else if (operation->input_count == 2)
        partials[operation->slot] += dot(operation->inputs[0] + start, operation->inputs[1] + start, count);
      else
        partials[operation->slot] += sum_of(operation->inputs[0] + start, count);
    }
  }
}

void pvk_vector_pass_chunk(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_vector_pass *pass = context;
  size_t first = (size_t)chunk * pvk_vector_chunk, last = first + pvk_vector_chunk;
  pass_over(pass, first, last < pass->count ? last : pass->count, pass->partials + (size_t)chunk * pass->slot_count);
}

void pvk_vector_pass_results(const pvk_vector_pass *pass, double *results) {
  size_t chunks = (pass->count + pvk_vector_chunk - 1) / pvk_vector_chunk;
  for (int32_t slot = 0; slot < pass->slot_count; slot++) results[slot] = 0;
  for (size_t chunk = 0; chunk < chunks; chunk++)
    for (int32_t slot = 0; slot < pass->slot_count; slot++)
      results[slot] += pass->partials[chunk * pass->slot_count + slot];
}

PVK_INLINE void move_run(double *restrict to, const double *restrict from, const double *restrict factors,
                         size_t count) {
  if (factors)
    for (size_t i = 0; i < count; i++) to[i] = factors[i] * from[i];
  else
    for (size_t i = 0; i < count; i++) to[i] = from[i];
}

PVK_MULTIVERSION
void pvk_mask_spread_chunk(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_mask_job job = *(const pvk_mask_job *)context;
  for (size_t run = (size_t)job.bounds[chunk]; run < (size_t)job.bounds[chunk + 1]; run++) {
    size_t unknown = (size_t)job.unknowns[run], cell = (size_t)job.cells[run];
    size_t count = (size_t)job.unknowns[run + 1] - unknown;
    size_t gap = run ? (size_t)(job.cells[run - 1] + job.unknowns[run] - job.unknowns[run - 1]) : 0;
    for (size_t i = gap; i < cell; i++) job.destination[i] = 0;
    move_run(job.destination + cell, job.source + unknown, job.factors ? job.factors + unknown : NULL, count);
    if (run + 1 == job.run_count)
      for (size_t i = cell + count; i < job.cell_count; i++) job.destination[i] = 0;
  }
}

PVK_MULTIVERSION
void pvk_mask_restrict_chunk(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_mask_job job = *(const pvk_mask_job *)context;
  for (size_t run = (size_t)job.bounds[chunk]; run < (size_t)job.bounds[chunk + 1]; run++) {
    size_t unknown = (size_t)job.unknowns[run], count = (size_t)job.unknowns[run + 1] - unknown;
    move_run(job.destination + unknown, job.source + job.cells[run], job.factors ? job.factors + unknown : NULL,
             count);
  }
}
