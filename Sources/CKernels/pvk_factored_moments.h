// Adafactor's factored second moments for one type of numbers: included once for each, with REAL and PVK_NAMED
// defined.

PVK_INLINE double PVK_NAMED(sum_doubles)(const REAL *values, size_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (size_t i = 0; i < count; i++) sum += (double)values[i];
  return sum;
}

PVK_INLINE double PVK_NAMED(row_squares)(const REAL *restrict gradient, REAL *restrict columns, size_t count,
                                         REAL scale, REAL limit, REAL floor, REAL column_share) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable)
  for (size_t j = 0; j < count; j++) {
    REAL g = PVK_NAMED(cut)(scale * gradient[j], limit), square = g * g + floor;
    sum += (double)square;
    columns[j] += column_share * square;
  }
  return sum;
}

PVK_INLINE double PVK_NAMED(update_squares)(const REAL *restrict gradient, const REAL *restrict spread, size_t count,
                                            REAL scale, REAL limit, REAL row_factor) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable)
  for (size_t j = 0; j < count; j++) {
    REAL g = PVK_NAMED(cut)(scale * gradient[j], limit);
    sum += (double)(g * g) / (double)(row_factor * spread[j]);
  }
  return sum;
}

PVK_MULTIVERSION
double PVK_NAMED(pvk_factored_means)(const pvk_factored_job *job) {
  const REAL scale = (REAL)job->gradient_scale, limit = (REAL)job->gradient_limit;
  const REAL decay = (REAL)job->second_decay, share = (REAL)(1 - job->second_decay);
  const REAL floor = (REAL)job->square_floor;
  const size_t size = job->rows * job->columns;
  double total = 0;
  for (size_t k = 0; k < job->count; k++) {
    const REAL *gradient = (const REAL *)job->gradients + k * size;
    if (!job->column_means) {
      REAL *restrict spread = (REAL *)job->row_means + k * size;
      for (size_t j = 0; j < size; j++) {
        REAL g = PVK_NAMED(cut)(scale * gradient[j], limit);
        spread[j] = decay * spread[j] + share * (g * g + floor);
      }
      total += PVK_NAMED(update_squares)(gradient, spread, size, scale, limit, 1);
      continue;
    }
    REAL *restrict rows = (REAL *)job->row_means + k * job->rows;
    REAL *restrict columns = (REAL *)job->column_means + k * job->columns;
    for (size_t j = 0; j < job->columns; j++) columns[j] *= decay;
    for (size_t i = 0; i < job->rows; i++) {
      double sum = PVK_NAMED(row_squares)(gradient + i * job->columns, columns, job->columns, scale, limit, floor,
                                          share / (REAL)job->rows);
      rows[i] = decay * rows[i] + share * (REAL)(sum / (double)job->columns);
    }
    const double mean = PVK_NAMED(sum_doubles)(rows, job->rows) / (double)job->rows;
    for (size_t i = 0; i < job->rows; i++)
      total += PVK_NAMED(update_squares)(gradient + i * job->columns, columns, job->columns, scale, limit,
                                         (REAL)((double)rows[i] / mean));
  }
  return total;
}

PVK_INLINE void PVK_NAMED(factored_step)(REAL *restrict p, const REAL *restrict gradient, const REAL *restrict spread,
                                         size_t count, REAL scale, REAL limit, REAL row_factor, REAL step, REAL keep) {
#pragma clang loop vectorize(enable)
  for (size_t j = 0; j < count; j++) {
    REAL g = PVK_NAMED(cut)(scale * gradient[j], limit);
    p[j] = keep * p[j] - step * g / __builtin_elementwise_sqrt(row_factor * spread[j]);
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_factored_apply)(const pvk_factored_job *job, double step, double keep) {
  const REAL scale = (REAL)job->gradient_scale, limit = (REAL)job->gradient_limit;
  const size_t size = job->rows * job->columns;
  for (size_t k = 0; k < job->count; k++) {
    REAL *p = (REAL *)job->parameters + k * size;
    const REAL *gradient = (const REAL *)job->gradients + k * size;
    const REAL *rows = (const REAL *)job->row_means;
    if (!job->column_means) {
      PVK_NAMED(factored_step)(p, gradient, rows + k * size, size, scale, limit, 1, (REAL)step, (REAL)keep);
      continue;
    }
    const REAL *columns = (const REAL *)job->column_means + k * job->columns;
    rows += k * job->rows;
    const double mean = PVK_NAMED(sum_doubles)(rows, job->rows) / (double)job->rows;
    for (size_t i = 0; i < job->rows; i++)
      PVK_NAMED(factored_step)(p + i * job->columns, gradient + i * job->columns, columns, job->columns, scale, limit,
                               (REAL)((double)rows[i] / mean), (REAL)step, (REAL)keep);
  }
}
