#ifndef PVK_MEMORY_H
#define PVK_MEMORY_H
#include <stddef.h>
#include <stdint.h>

/// Zeroed memory on a 64-byte boundary (huge pages where the kernel gives them); NULL when there is none.
void *_Nullable pvk_allocate(size_t bytes);
/// The same without the zeros: for memory that is written before it is read.
void *_Nullable pvk_allocate_uninitialized(size_t bytes);
void pvk_free(void *_Nullable memory);
/// Gives memory that was freed back to the system, as far as the library can.
void pvk_return_freed_memory(void);
/// How many times pvk_allocate has been called in this process.
uint64_t pvk_allocation_count(void);
#endif
