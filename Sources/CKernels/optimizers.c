// Steps of optimizers: one pass over the memory each, which is all that limits them.
#include "pvk_optimizers.h"
#include "pvk_targets.h"
#include <math.h>

// Pieces whose sums of gradients stay in the first-level cache; the sums of 2^(levels - 2) pairs fit in.
enum { piece = 512, levels = 11 };

void pvk_update_serially(void (*chunk)(void *, int32_t, int32_t), pvk_update_job *job) {
  for (int32_t k = 0; k < job->range_count; k++) chunk(job, k, 0);
}

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "pvk_update_rules.h"
#include "pvk_factored_moments.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "pvk_update_rules.h"
#include "pvk_factored_moments.h"
