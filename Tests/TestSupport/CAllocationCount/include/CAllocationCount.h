#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H
#include <stdint.h>

/// Allocations of any kind that the calling thread has made since it started: by Swift, by C, by libraries.
uint64_t thread_allocation_count(void);

/// From now on, the first `limit` allocations of this thread keep the addresses of their callers; 0 ends it.
void thread_allocation_trace(int32_t limit);
/// Writes the callers of the kept allocations to standard error.
void thread_allocation_print_trace(void);
#endif
