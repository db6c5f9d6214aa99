#ifndef PVK_VECTORS_H
#define PVK_VECTORS_H
#include <stddef.h>
#include <stdint.h>

enum { pvk_vector_inputs = 4, pvk_vector_chunk = 8192 };

/// One operation of a pass over vectors. With `output`: output = sum of factors[i] * inputs[i], `input_count` of
/// them, output may be one; with one input, plus the addend. Without: the dot product of inputs[0] and inputs[1], or the sum of inputs[0] alone;
/// its result is number `slot`.
typedef struct {
  double *_Nullable output;
  const double *_Nullable inputs[pvk_vector_inputs];
  double factors[pvk_vector_inputs];
  double addend;
  int32_t input_count;
  int32_t slot;
} pvk_vector_operation;

/// Operations that are done one after the other for each short piece of the vectors, so that a vector which
/// several of them use comes from memory once. An operation sees what those before it wrote, at its own positions.
typedef struct {
  size_t count;
  const pvk_vector_operation *_Nonnull operations;
  int32_t operation_count;
  int32_t slot_count;
  /// slot_count numbers per chunk: what each chunk adds to the results.
  double *_Nonnull partials;
} pvk_vector_pass;

/// Does the pass on positions chunk * pvk_vector_chunk and on; a `pvk_chunk` for the pool, context a
/// `pvk_vector_pass`.
void pvk_vector_pass_chunk(void *_Nullable pass, int32_t chunk, int32_t worker);
/// results[slot] = the partials of all chunks, added in their order: the same whatever the workers.
void pvk_vector_pass_results(const pvk_vector_pass *_Nonnull pass, double *_Nonnull results);

/// Moves numbers between a vector of unknowns and a box of cells, of which the unknowns are runs of neighbours: run i
/// has the unknowns unknowns[i]..<unknowns[i + 1], the first at cell cells[i]. Chunk k does the runs
/// bounds[k]..<bounds[k + 1]. Context of the two `pvk_chunk`s below.
typedef struct {
  size_t cell_count;
  size_t run_count;
  const int32_t *_Nonnull unknowns;
  const int32_t *_Nonnull cells;
  const int32_t *_Nonnull bounds;
  /// What unknowns are multiplied by; one unless given.
  const double *_Nullable factors;
  const double *_Nonnull source;
  double *_Nonnull destination;
} pvk_mask_job;

/// To cells, zero where no unknown is.
void pvk_mask_spread_chunk(void *_Nullable job, int32_t chunk, int32_t worker);
/// To unknowns.
void pvk_mask_restrict_chunk(void *_Nullable job, int32_t chunk, int32_t worker);
#endif
