// Matrix products of small widths, activations and mode mixing of neural networks.
//
// Lanes run along channels, which stand last and contiguous; blocks of 6 rows and 4 vectors or 8 and 2 keep their
// sums in registers. OpenBLAS reaches a third of the peak at these widths.
#include "pvk_network.h"
#include "pvk_targets.h"
#include <math.h>

// Lanes are passed to functions that are always inlined only.
#pragma clang diagnostic ignored "-Wpsabi"

#define REAL float
#define BITS int32_t
#define PVK_IS_FLOAT 1
#define PVK_HUGE 0x1p126f
#define PVK_NAMED(name) name##_f32
#include "pvk_network_numbers.h"
#undef REAL
#undef BITS
#undef PVK_IS_FLOAT
#undef PVK_HUGE
#undef PVK_NAMED

#define REAL double
#define BITS int64_t
#define PVK_IS_FLOAT 0
#define PVK_HUGE 0x1p1022
#define PVK_NAMED(name) name##_f64
#include "pvk_network_numbers.h"
