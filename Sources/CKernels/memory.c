#include "pvk_memory.h"
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static atomic_uint_fast64_t allocations;

void *pvk_allocate_uninitialized(size_t bytes) {
  const size_t huge = (size_t)1 << 21;
  size_t alignment = bytes >= huge ? huge : 64;
  size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  if (rounded < bytes) return NULL;
  void *memory = aligned_alloc(alignment, rounded);
  if (!memory) return NULL;
  if (bytes >= huge) madvise(memory, rounded, MADV_HUGEPAGE);
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return memory;
}

void *pvk_allocate(size_t bytes) {
  void *memory = pvk_allocate_uninitialized(bytes);
  // Up to the end of the last cache line.
  if (memory) memset(memory, 0, (bytes + 63) / 64 * 64);
  return memory;
}

void pvk_free(void *memory) { free(memory); }

void pvk_return_freed_memory(void) { malloc_trim(0); }

uint64_t pvk_allocation_count(void) {
  return atomic_load_explicit(&allocations, memory_order_relaxed);
}
