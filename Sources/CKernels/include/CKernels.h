#include "pvk_memory.h"
#include "pvk_pool.h"
#include "pvk_program.h"
#include "pvk_spectral.h"
