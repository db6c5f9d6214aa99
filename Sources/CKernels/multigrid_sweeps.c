#include "pvk_multigrid.h"
#include "pvk_targets.h"
#include <string.h>

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "multigrid_sweeps.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "multigrid_sweeps.h"
