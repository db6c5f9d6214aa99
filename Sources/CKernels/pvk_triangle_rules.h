// Symmetric matrices for one type of numbers: included once for each, with REAL and PVK_NAMED defined.

// One row of the triangle: its inner product with x, and what it adds to the entries before its own.
PVK_INLINE double PVK_NAMED(triangle_row)(const REAL *restrict row, const REAL *restrict x, double *restrict sums,
                                          int32_t count, double factor) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(2)
  for (int32_t j = 0; j < count; j++) {
    double entry = (double)row[j];
    sum += entry * (double)x[j];
    sums[j] += entry * factor;
  }
  return sum;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_triangle_product_chunk)(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_triangle_product_job job = *(const pvk_triangle_product_job *)context;
  const int32_t start = job.rows[chunk], end = job.rows[chunk + 1];
  const REAL *matrix = (const REAL *)job.matrix, *x = (const REAL *)job.vector;
  double *sums = job.partials + (size_t)chunk * (size_t)job.size;
  for (int32_t j = 0; j < end; j++) sums[j] = 0;
  for (int32_t i = start; i < end; i++) {
    const REAL *row = matrix + (size_t)i * ((size_t)i + 1) / 2;
    double factor = (double)x[i];
    sums[i] += PVK_NAMED(triangle_row)(row, x, sums, i, factor) + (double)row[i] * factor;
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_triangle_product_sum)(const pvk_triangle_product_job *job, void *target) {
  REAL *result = (REAL *)target;
  for (int32_t chunk = job->chunk_count - 1; chunk >= 0; chunk--) {
    // The later chunks reach further: the last one reaches all.
    double *sums = job->partials + (size_t)chunk * (size_t)job->size;
    if (chunk == 0) {
      for (int32_t j = 0; j < job->rows[1]; j++) result[j] = (REAL)sums[j];
      continue;
    }
    double *earlier = sums - job->size;
    const int32_t reach = job->rows[chunk];
    for (int32_t j = reach; j < job->rows[chunk + 1]; j++) result[j] = (REAL)sums[j];
    for (int32_t j = 0; j < reach; j++) earlier[j] += sums[j];
  }
}

PVK_INLINE void PVK_NAMED(triangle_update_row)(REAL *restrict row, const REAL *restrict u, const REAL *restrict w,
                                               REAL keep, REAL along_u, REAL along_w, int32_t count) {
#pragma clang loop vectorize(enable)
  for (int32_t j = 0; j < count; j++) row[j] = keep * row[j] + along_u * u[j] + along_w * w[j];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_triangle_update_chunk)(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_triangle_update_job job = *(const pvk_triangle_update_job *)context;
  REAL *matrix = (REAL *)job.matrix;
  const REAL *u = (const REAL *)job.u, *w = (const REAL *)job.w;
  for (int32_t i = job.rows[chunk]; i < job.rows[chunk + 1]; i++) {
    double along_u = job.first * (double)u[i] + job.mixed * (double)w[i];
    double along_w = job.mixed * (double)u[i] + job.second * (double)w[i];
    PVK_NAMED(triangle_update_row)(matrix + (size_t)i * ((size_t)i + 1) / 2, u, w, (REAL)job.keep, (REAL)along_u,
                                   (REAL)along_w, i + 1);
  }
}
