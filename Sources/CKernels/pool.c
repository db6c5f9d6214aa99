// A fork-join pool for short parallel loops. Waiting threads spin for a moment and then sleep on a futex,
// so that a step of some hundred microseconds pays no system call and an idle program no processor time.
//
// Every worker begins with an equal part of the chunks, next to each other in memory more often than not, and takes
// from the others' when its own are done. Chunks that alternate between workers cost a fifth of the bandwidth: what
// one fetches ahead of its chunk's end the other reads.
#include "pvk_pool.h"
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { spins_before_sleep = 4000 };

// A worker's part of the chunks: the generation in the upper half, the first chunk that nobody has taken in the lower.
// Alone on two lines, since processors fetch them in pairs.
struct part {
  _Alignas(128) _Atomic uint64_t ticket;
};

// A run is over when all its chunks are done, not when all threads have looked in: on a busy machine a thread
// may sleep through it. One that comes late finds another generation in the tickets and takes nothing.
struct pvk_pool {
  int32_t workers;
  pthread_t *threads;
  struct part *parts;
  // The job. A thread reads it before it takes a chunk; the ticket then proves that it was still the job.
  _Atomic(pvk_chunk) body;
  _Atomic(void *) context;
  _Atomic int32_t chunks;
  _Atomic int32_t generation; // the futex the threads sleep on
  _Atomic int32_t done;       // chunks that are done; the futex the caller sleeps on
  _Atomic int32_t sleepers;
  _Atomic int32_t caller_sleeps;
  _Atomic int32_t stop;
  _Atomic int32_t in_use;     // a second thread that calls meanwhile runs its chunks itself
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

/// The first chunk of a worker's part; that of the worker after the last is the number of chunks.
static int32_t part_start(int32_t worker, int32_t chunks, int32_t workers) {
  return (int32_t)((int64_t)chunks * worker / workers);
}

/// Takes one chunk of a worker's part and does it; whether there was one.
static int take_chunk(pvk_pool *pool, uint32_t generation, int32_t worker, int32_t owner) {
  uint64_t ticket = atomic_load_explicit(&pool->parts[owner].ticket, memory_order_acquire);
  for (;;) {
    pvk_chunk body = atomic_load_explicit(&pool->body, memory_order_relaxed);
    void *context = atomic_load_explicit(&pool->context, memory_order_relaxed);
    // Who reads the number of a later job finds the ticket gone below.
    int32_t chunks = atomic_load_explicit(&pool->chunks, memory_order_acquire);
    int32_t chunk = (int32_t)(uint32_t)ticket;
    if ((uint32_t)(ticket >> 32) != generation || chunk >= part_start(owner + 1, chunks, pool->workers)) return 0;
    if (!atomic_compare_exchange_weak(&pool->parts[owner].ticket, &ticket, ticket + 1)) continue;
    body(context, chunk, worker);
    if (atomic_fetch_add(&pool->done, 1) + 1 == chunks && atomic_load(&pool->caller_sleeps))
      futex_wake(&pool->done);
    return 1;
  }
}

static void take_chunks(pvk_pool *pool, uint32_t generation, int32_t worker) {
  for (int32_t other = 0; other < pool->workers; other++)
    while (take_chunk(pool, generation, worker, (worker + other) % pool->workers)) {}
}

static void *thread_main(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  pvk_pool *pool = start.pool;
  current_pool = pool;
  current_worker = start.worker;
  int32_t seen = 0;
  for (;;) {
    int32_t spins = 0, generation;
    while ((generation = atomic_load_explicit(&pool->generation, memory_order_acquire)) == seen) {
      if (++spins < spins_before_sleep) {
        __builtin_ia32_pause();
        continue;
      }
      atomic_fetch_add(&pool->sleepers, 1);
      while (atomic_load(&pool->generation) == seen) futex_wait(&pool->generation, seen);
      atomic_fetch_sub(&pool->sleepers, 1);
    }
    seen = generation;
    if (atomic_load(&pool->stop)) return NULL;
    take_chunks(pool, (uint32_t)generation, start.worker);
  }
}

/// Ends the threads that were started and frees the pool.
static void stop(pvk_pool *pool, int32_t started) {
  atomic_store(&pool->stop, 1);
  atomic_fetch_add(&pool->generation, 1);
  futex_wake(&pool->generation);
  for (int32_t worker = 1; worker < started; worker++) pthread_join(pool->threads[worker], NULL);
  free(pool->threads);
  free(pool->parts);
  free(pool);
}

pvk_pool *pvk_pool_create(int32_t workers) {
  pvk_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = calloc((size_t)workers, sizeof *pool->threads);
  pool->parts = aligned_alloc(_Alignof(struct part), (size_t)workers * sizeof *pool->parts);
  if (!pool->threads || !pool->parts) {
    free(pool->threads);
    free(pool->parts);
    free(pool);
    return NULL;
  }
  for (int32_t worker = 0; worker < workers; worker++) atomic_init(&pool->parts[worker].ticket, 0);
  // Threads read it.
  pool->workers = workers;
  int32_t started = 1;
  for (int32_t worker = 1; worker < workers; worker++) {
    struct start *start = malloc(sizeof *start);
    if (!start) break;
    *start = (struct start){pool, worker};
    if (pthread_create(&pool->threads[worker], NULL, thread_main, start)) {
      free(start);
      break;
    }
    started++;
  }
  if (started == workers) return pool;
  stop(pool, started);
  return NULL;
}

void pvk_pool_destroy(pvk_pool *pool) { stop(pool, pool->workers); }

void pvk_pool_run(pvk_pool *pool, pvk_chunk body, void *context, int32_t chunks) {
  if (current_pool || pool->workers == 1 || chunks <= 1 || atomic_exchange(&pool->in_use, 1)) {
    // A worker of another pool is the caller, worker 0, of this one.
    int32_t worker = current_pool == pool ? current_worker : 0;
    for (int32_t chunk = 0; chunk < chunks; chunk++) body(context, chunk, worker);
    return;
  }
  uint32_t generation = (uint32_t)atomic_load_explicit(&pool->generation, memory_order_relaxed) + 1;
  // Tickets of the job before end first, so that nobody who is late takes a chunk of this one with them.
  for (int32_t worker = 0; worker < pool->workers; worker++)
    atomic_store_explicit(&pool->parts[worker].ticket, (uint64_t)generation << 32, memory_order_relaxed);
  atomic_thread_fence(memory_order_release);
  atomic_store_explicit(&pool->body, body, memory_order_relaxed);
  atomic_store_explicit(&pool->context, context, memory_order_relaxed);
  atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->chunks, chunks, memory_order_release);
  for (int32_t worker = 0; worker < pool->workers; worker++)
    atomic_store_explicit(
        &pool->parts[worker].ticket,
        (uint64_t)generation << 32 | (uint32_t)part_start(worker, chunks, pool->workers), memory_order_release);
  atomic_store(&pool->generation, (int32_t)generation);
  if (atomic_load(&pool->sleepers)) futex_wake(&pool->generation);
  current_pool = pool;
  current_worker = 0;
  take_chunks(pool, generation, 0);
  current_pool = NULL;
  int32_t done, spins = 0;
  while ((done = atomic_load_explicit(&pool->done, memory_order_acquire)) < chunks) {
    if (++spins < spins_before_sleep) {
      __builtin_ia32_pause();
      continue;
    }
    atomic_store(&pool->caller_sleeps, 1);
    while ((done = atomic_load(&pool->done)) < chunks) futex_wait(&pool->done, done);
    atomic_store(&pool->caller_sleeps, 0);
  }
  atomic_store(&pool->in_use, 0);
}
