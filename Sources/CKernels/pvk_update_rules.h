// Updates of parameters for one type of numbers: included once for each, with REAL and PVK_NAMED defined.

PVK_INLINE void PVK_NAMED(add_into)(REAL *restrict sum, const REAL *restrict more, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += more[i];
}

// The sum of the blocks at these positions. As in a counter, two sums of as many blocks are added as soon as they are
// there, so that the order of additions depends on the number of blocks alone.
PVK_INLINE const REAL *PVK_NAMED(gradient_sum)(const pvk_update_job *job, size_t start, size_t count,
                                               REAL sums[levels][piece]) {
  const REAL *const *blocks = (const REAL *const *)job->gradients;
  int32_t blocks_count = job->gradient_count;
  if (blocks_count == 1) return blocks[0] + start;
  // rows[l] holds the sum of 2^l blocks where bit l of `held` is set; the last row is free.
  REAL *rows[levels];
  for (int32_t l = 0; l < levels; l++) rows[l] = sums[l];
  uint32_t held = 0;
  for (int32_t k = 0; k < blocks_count; k += 2) {
    const REAL *restrict left = blocks[k] + start;
    REAL *carry = rows[levels - 1];
    if (k + 1 < blocks_count) {
      const REAL *restrict right = blocks[k + 1] + start;
      for (size_t i = 0; i < count; i++) carry[i] = left[i] + right[i];
    } else {
      for (size_t i = 0; i < count; i++) carry[i] = left[i];
    }
    int32_t level = 0;
    for (; held >> level & 1; level++) {
      // The earlier blocks stand on the left.
      PVK_NAMED(add_into)(rows[level], carry, count);
      REAL *swapped = rows[level];
      rows[level] = carry;
      carry = swapped;
      held &= ~(1u << level);
    }
    rows[levels - 1] = rows[level];
    rows[level] = carry;
    held |= 1u << level;
  }
  const REAL *sum = NULL;
  for (int32_t level = 0; held >> level; level++) {
    if (!(held >> level & 1)) continue;
    if (sum) PVK_NAMED(add_into)(rows[level], sum, count);
    sum = rows[level];
  }
  return sum;
}

PVK_INLINE REAL PVK_NAMED(cut)(REAL value, REAL limit) {
  // Unlike with fmin and fmax, NaN stays NaN.
  return value > limit ? limit : value < -limit ? -limit : value;
}

// Scales and cuts, and returns the sum of squares between the two.
#define PVK_FOR_PIECES(BODY)                                                                                        \
  const pvk_update_job job = *(const pvk_update_job *)context;                                                      \
  const pvk_parameter_range range = job.ranges[chunk];                                                              \
  (void)worker;                                                                                                     \
  REAL sums[levels][piece] __attribute__((aligned(64)));                                                            \
  const REAL scale = (REAL)job.gradient_scale, limit = (REAL)job.gradient_limit;                                    \
  const REAL average_share = (REAL)(1 - job.average_decay);                                                         \
  (void)average_share;                                                                                              \
  double squares = 0;                                                                                               \
  for (size_t done = 0; done < (size_t)range.count; done += piece) {                                                \
    const size_t start = (size_t)range.start + done;                                                                \
    const size_t left = (size_t)range.count - done, count = left < piece ? left : piece;                            \
    const REAL *gradient = PVK_NAMED(gradient_sum)(&job, start, count, sums);                                       \
    REAL square = 0;                                                                                                \
    BODY;                                                                                                           \
    squares += (double)square;                                                                                      \
  }                                                                                                                 \
  job.partials[chunk] = squares

PVK_INLINE REAL PVK_NAMED(move_average)(const REAL *restrict p, REAL *restrict average, REAL share, size_t count) {
  for (size_t i = 0; i < count; i++) average[i] += share * (p[i] - average[i]);
  return 0;
}

PVK_INLINE REAL PVK_NAMED(sum_piece)(const REAL *gradient, REAL *target, REAL scale, REAL limit, size_t count) {
#pragma clang fp reassociate(on)
  REAL square = 0;
  // The target may be the gradient itself.
#pragma clang loop vectorize(assume_safety) interleave_count(2)
  for (size_t i = 0; i < count; i++) {
    REAL g = scale * gradient[i];
    square += g * g;
    target[i] = PVK_NAMED(cut)(g, limit);
  }
  return square;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_gradient_sum_chunk)(void *context, int32_t chunk, int32_t worker) {
  PVK_FOR_PIECES({
    square = PVK_NAMED(sum_piece)(gradient, (REAL *)job.gradients[0] + start, scale, limit, count);
  });
}

PVK_INLINE REAL PVK_NAMED(momentum_piece)(const REAL *restrict gradient, REAL *restrict p, REAL *restrict m,
                                          const pvk_update_job *job, REAL scale, REAL limit, REAL coupled, REAL keep,
                                          size_t count) {
#pragma clang fp reassociate(on)
  const REAL rate = (REAL)job->rate, decay = (REAL)job->first_decay;
  REAL square = 0;
  if (!m) {
#pragma clang loop vectorize(enable)
    for (size_t i = 0; i < count; i++) {
      REAL g = scale * gradient[i];
      square += g * g;
      g = PVK_NAMED(cut)(g, limit) + coupled * p[i];
      p[i] = keep * p[i] - rate * g;
    }
    return square;
  }
  // What of the gradient goes into the step at once.
  const REAL direct = job->nesterov ? 1 : 0, through = job->nesterov ? decay : 1;
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) {
    REAL g = scale * gradient[i];
    square += g * g;
    g = PVK_NAMED(cut)(g, limit) + coupled * p[i];
    REAL momentum = decay * m[i] + g;
    m[i] = momentum;
    p[i] = keep * p[i] - rate * (through * momentum + direct * g);
  }
  return square;
}

#define PVK_DECAYS                                                                                                  \
  const REAL coupled = range.decays ? (REAL)job.coupled_decay : 0;                                                  \
  const REAL keep = range.decays ? (REAL)(1 - job.decoupled_decay) : 1
#define PVK_AVERAGE                                                                                                 \
  if (job.average) PVK_NAMED(move_average)(p, (REAL *)job.average + start, average_share, count)

PVK_MULTIVERSION
void PVK_NAMED(pvk_momentum_chunk)(void *context, int32_t chunk, int32_t worker) {
  PVK_FOR_PIECES({
    PVK_DECAYS;
    REAL *p = (REAL *)job.parameters + start;
    REAL *m = job.first ? (REAL *)job.first + start : NULL;
    square = PVK_NAMED(momentum_piece)(gradient, p, m, &job, scale, limit, coupled, keep, count);
    PVK_AVERAGE;
  });
}

PVK_INLINE REAL PVK_NAMED(adam_piece)(const REAL *restrict gradient, REAL *restrict p, REAL *restrict m,
                                      REAL *restrict v, REAL *restrict largest, const pvk_update_job *job, REAL scale,
                                      REAL limit, REAL coupled, REAL keep, size_t count) {
#pragma clang fp reassociate(on)
  const REAL first = (REAL)(1 - job->first_decay);
  const REAL second_decay = (REAL)job->second_decay, second = (REAL)(1 - job->second_decay);
  const REAL rate = (REAL)job->corrected_rate, correction = (REAL)job->second_correction;
  const REAL epsilon = (REAL)job->epsilon;
  REAL square = 0;
  if (largest) {
#pragma clang loop vectorize(enable)
    for (size_t i = 0; i < count; i++) {
      REAL g = scale * gradient[i];
      square += g * g;
      g = PVK_NAMED(cut)(g, limit) + coupled * p[i];
      REAL mean = m[i] + first * (g - m[i]);
      REAL spread = second_decay * v[i] + second * (g * g);
      REAL most = largest[i] > spread ? largest[i] : spread;
      m[i] = mean;
      v[i] = spread;
      largest[i] = most;
      p[i] = keep * p[i] - rate * mean / (__builtin_elementwise_sqrt(most) * correction + epsilon);
    }
    return square;
  }
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) {
    REAL g = scale * gradient[i];
    square += g * g;
    g = PVK_NAMED(cut)(g, limit) + coupled * p[i];
    REAL mean = m[i] + first * (g - m[i]);
    REAL spread = second_decay * v[i] + second * (g * g);
    m[i] = mean;
    v[i] = spread;
    p[i] = keep * p[i] - rate * mean / (__builtin_elementwise_sqrt(spread) * correction + epsilon);
  }
  return square;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_adam_chunk)(void *context, int32_t chunk, int32_t worker) {
  PVK_FOR_PIECES({
    PVK_DECAYS;
    REAL *p = (REAL *)job.parameters + start;
    REAL *largest = job.largest ? (REAL *)job.largest + start : NULL;
    square = PVK_NAMED(adam_piece)(gradient, p, (REAL *)job.first + start, (REAL *)job.second + start, largest, &job,
                                   scale, limit, coupled, keep, count);
    PVK_AVERAGE;
  });
}

PVK_INLINE REAL PVK_NAMED(lion_piece)(const REAL *restrict gradient, REAL *restrict p, REAL *restrict m,
                                      const pvk_update_job *job, REAL scale, REAL limit, REAL keep, size_t count) {
#pragma clang fp reassociate(on)
  const REAL rate = (REAL)job->rate;
  const REAL first = (REAL)(1 - job->first_decay), second = (REAL)(1 - job->second_decay);
  REAL square = 0;
#pragma clang loop vectorize(enable)
  for (size_t i = 0; i < count; i++) {
    REAL g = scale * gradient[i];
    square += g * g;
    g = PVK_NAMED(cut)(g, limit);
    REAL direction = m[i] + first * (g - m[i]);
    // NaN goes on into the parameter instead of becoming no step.
    REAL sign = direction > 0 ? 1 : direction < 0 ? -1 : direction;
    m[i] += second * (g - m[i]);
    p[i] = keep * p[i] - rate * sign;
  }
  return square;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_lion_chunk)(void *context, int32_t chunk, int32_t worker) {
  PVK_FOR_PIECES({
    PVK_DECAYS;
    (void)coupled;
    REAL *p = (REAL *)job.parameters + start;
    square = PVK_NAMED(lion_piece)(gradient, p, (REAL *)job.first + start, &job, scale, limit, keep, count);
    PVK_AVERAGE;
  });
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_average_chunk)(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_update_job job = *(const pvk_update_job *)context;
  const pvk_parameter_range range = job.ranges[chunk];
  PVK_NAMED(move_average)((REAL *)job.parameters + range.start, (REAL *)job.average + range.start,
                          (REAL)(1 - job.average_decay), (size_t)range.count);
}
#undef PVK_FOR_PIECES
#undef PVK_DECAYS
#undef PVK_AVERAGE

PVK_INLINE double PVK_NAMED(dot_doubles)(const REAL *a, const REAL *b, size_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
#pragma clang loop vectorize(enable) interleave_count(4)
  for (size_t i = 0; i < count; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_block_chunk)(void *context, int32_t chunk, int32_t worker) {
  (void)worker;
  const pvk_block_job job = *(const pvk_block_job *)context;
  const pvk_parameter_range range = job.ranges[chunk];
  const REAL *a = (const REAL *)job.a + range.start, *b = (const REAL *)job.b + range.start;
  if (!job.target) {
    job.partials[chunk] = PVK_NAMED(dot_doubles)(a, b, (size_t)range.count);
    return;
  }
  REAL *target = (REAL *)job.target + range.start;
  const REAL factor = (REAL)job.factor;
  // The target may be one of the two.
#pragma clang loop vectorize(assume_safety)
  for (int32_t i = 0; i < range.count; i++) target[i] = factor * a[i] + b[i];
}

PVK_MULTIVERSION
double PVK_NAMED(pvk_sum_of_squares)(const void *values, size_t count) {
  return PVK_NAMED(dot_doubles)(values, values, count);
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_blend)(size_t count, double left, const REAL *a, double right, const REAL *b, REAL *target) {
  const REAL l = (REAL)left, r = (REAL)right;
#pragma clang loop vectorize(assume_safety)
  for (size_t i = 0; i < count; i++) target[i] = l * a[i] + r * b[i];
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_adaptive_direction)(size_t count, double decay, double correction, double epsilon,
                                       const REAL *gradient, REAL *squares, const REAL *mean, REAL *target) {
  const REAL keep = (REAL)decay, share = (REAL)(1 - decay), factor = (REAL)correction, least = (REAL)epsilon;
#pragma clang loop vectorize(assume_safety)
  for (size_t i = 0; i < count; i++) {
    REAL square = keep * squares[i] + share * (gradient[i] * gradient[i]);
    squares[i] = square;
    target[i] = mean[i] / (factor * __builtin_elementwise_sqrt(square) + least);
  }
}
