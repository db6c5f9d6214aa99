#define LAPACK_COMPLEX_STRUCTURE
#include <cblas.h>
#include <lapacke.h>
