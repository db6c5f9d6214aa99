#ifndef PVK_POOL_H
#define PVK_POOL_H
#include <stdint.h>

typedef struct pvk_pool pvk_pool;
typedef void (*pvk_chunk)(void *_Nullable context, int32_t chunk, int32_t worker);

/// Starts workers - 1 threads; NULL when they cannot be started.
pvk_pool *_Nullable pvk_pool_create(int32_t workers);
void pvk_pool_destroy(pvk_pool *_Nonnull pool);
/// Calls body for every chunk once, on any worker, and returns when all are done. Worker k of n begins with the k-th
/// n-th of the chunks.
/// A call from inside a chunk runs its chunks on the calling worker.
void pvk_pool_run(pvk_pool *_Nonnull pool, pvk_chunk _Nonnull body, void *_Nullable context, int32_t chunks);
#endif
