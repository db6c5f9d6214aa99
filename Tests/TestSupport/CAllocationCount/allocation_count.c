// The allocator of the C library with a counter in front. A test program that links this file uses it for
// everything, since a definition in the program comes before that of a shared library.
#include "CAllocationCount.h"
#include <errno.h>
#include <execinfo.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { depth = 24, kept = 8 };

static _Thread_local uint64_t count;
static _Thread_local int32_t traced, limit, is_tracing;
static _Thread_local void *trace[kept][depth];
static _Thread_local int32_t lengths[kept];

static void note(void) {
  count++;
  if (traced >= limit || is_tracing) return;
  is_tracing = 1; // backtrace itself may allocate
  lengths[traced] = backtrace(trace[traced], depth);
  traced++;
  is_tracing = 0;
}

uint64_t thread_allocation_count(void) { return count; }

void thread_allocation_trace(int32_t wanted) {
  void *warm_up[2];
  backtrace(warm_up, 2);
  traced = 0;
  limit = wanted < kept ? wanted : kept;
}

void thread_allocation_print_trace(void) {
  limit = 0;
  for (int32_t i = 0; i < traced; i++) {
    backtrace_symbols_fd(trace[i], lengths[i], 2);
    if (write(2, "\n", 1) < 0) return;
  }
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  note();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  note();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || alignment == 0) return EINVAL;
  note();
  void *found = __libc_memalign(alignment, size);
  if (!found) return ENOMEM;
  *memory = found;
  return 0;
}
