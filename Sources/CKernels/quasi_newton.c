// Optimizers that learn the curvature: dense symmetric matrices, and what is fitted to products with the Hessian.
#include "pvk_quasi_newton.h"
#include "pvk_targets.h"

#define REAL float
#define PVK_NAMED(name) name##_f32
#include "pvk_triangle_rules.h"
#include "pvk_curvature_rules.h"
#undef REAL
#undef PVK_NAMED

#define REAL double
#define PVK_NAMED(name) name##_f64
#include "pvk_triangle_rules.h"
#include "pvk_curvature_rules.h"
