#include "pvk_memory.h"
#include "pvk_pool.h"
