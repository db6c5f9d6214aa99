// A fork-join pool for short parallel loops. Waiting threads spin for a moment and then sleep on a futex,
// so that a step of some hundred microseconds pays no system call and an idle program no processor time.
#include "pvk_pool.h"
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { spins_before_sleep = 4000 };

struct pvk_pool {
  int32_t workers;
  pthread_t *threads;
  pvk_chunk body;
  void *context;
  int32_t chunks;
  _Atomic int32_t next;      // first chunk that nobody has taken
  _Atomic int32_t generation; // goes up with every run; also the futex the threads sleep on
  _Atomic int32_t busy;      // threads that have not finished this run; the futex the caller sleeps on
  _Atomic int32_t sleepers;
  _Atomic int32_t caller_sleeps;
  _Atomic int32_t stop;
  _Atomic int32_t in_use;    // a second thread that calls meanwhile runs its chunks itself
};

struct start {
  pvk_pool *pool;
  int32_t worker;
};

// The pool whose chunk this thread runs, and as which worker.
static _Thread_local pvk_pool *current_pool;
static _Thread_local int32_t current_worker;

static void futex_wait(_Atomic int32_t *address, int32_t seen) {
  syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_wake(_Atomic int32_t *address) {
  syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void take_chunks(pvk_pool *pool, int32_t worker) {
  int32_t chunk;
  while ((chunk = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed)) < pool->chunks)
    pool->body(pool->context, chunk, worker);
}

static void *thread_main(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  pvk_pool *pool = start.pool;
  current_pool = pool;
  current_worker = start.worker;
  int32_t seen = 0;
  for (;;) {
    int32_t spins = 0;
    while (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen) {
      if (++spins < spins_before_sleep) {
        __builtin_ia32_pause();
        continue;
      }
      atomic_fetch_add(&pool->sleepers, 1);
      while (atomic_load(&pool->generation) == seen) futex_wait(&pool->generation, seen);
      atomic_fetch_sub(&pool->sleepers, 1);
    }
    seen = (int32_t)((uint32_t)seen + 1); // wraps, as the generation does
    if (atomic_load(&pool->stop)) return NULL;
    take_chunks(pool, start.worker);
    if (atomic_fetch_sub(&pool->busy, 1) == 1 && atomic_load(&pool->caller_sleeps)) futex_wake(&pool->busy);
  }
}

pvk_pool *pvk_pool_create(int32_t workers) {
  pvk_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = calloc((size_t)workers, sizeof *pool->threads);
  pool->workers = 1;
  for (int32_t worker = 1; worker < workers; worker++) {
    struct start *start = malloc(sizeof *start);
    if (!start) break;
    *start = (struct start){pool, worker};
    if (pthread_create(&pool->threads[worker], NULL, thread_main, start)) {
      free(start);
      break;
    }
    pool->workers++;
  }
  if (pool->workers == workers) return pool;
  pvk_pool_destroy(pool);
  return NULL;
}

void pvk_pool_destroy(pvk_pool *pool) {
  atomic_store(&pool->stop, 1);
  atomic_fetch_add(&pool->generation, 1);
  futex_wake(&pool->generation);
  for (int32_t worker = 1; worker < pool->workers; worker++) pthread_join(pool->threads[worker], NULL);
  free(pool->threads);
  free(pool);
}

void pvk_pool_run(pvk_pool *pool, pvk_chunk body, void *context, int32_t chunks) {
  if (current_pool || pool->workers == 1 || chunks <= 1 || atomic_exchange(&pool->in_use, 1)) {
    // A worker of another pool is the caller, worker 0, of this one.
    int32_t worker = current_pool == pool ? current_worker : 0;
    for (int32_t chunk = 0; chunk < chunks; chunk++) body(context, chunk, worker);
    return;
  }
  pool->body = body;
  pool->context = context;
  pool->chunks = chunks;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->busy, pool->workers - 1, memory_order_relaxed);
  atomic_fetch_add(&pool->generation, 1);
  if (atomic_load(&pool->sleepers)) futex_wake(&pool->generation);
  current_pool = pool;
  current_worker = 0;
  take_chunks(pool, 0);
  current_pool = NULL;
  int32_t left, spins = 0;
  while ((left = atomic_load_explicit(&pool->busy, memory_order_acquire))) {
    if (++spins < spins_before_sleep) {
      __builtin_ia32_pause();
      continue;
    }
    atomic_store(&pool->caller_sleeps, 1);
    while ((left = atomic_load(&pool->busy))) futex_wait(&pool->busy, left);
    atomic_store(&pool->caller_sleeps, 0);
  }
  atomic_store(&pool->in_use, 0);
}
