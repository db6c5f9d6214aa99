// The set-up of classical algebraic multigrid: strength, splitting into coarse and fine nodes, interpolation.
#include "pvk_multigrid.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void pvk_classical_strength(int32_t first, int32_t last, const int32_t *restrict starts,
                            const int32_t *restrict indices, const double *restrict values, double threshold,
                            uint8_t *restrict strong) {
  for (int32_t row = first; row < last; row++) {
    double largest = 0;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++)
      if (indices[k] != row && -values[k] > largest) largest = -values[k];
    double bound = threshold * largest;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++)
      strong[k] = indices[k] != row && values[k] < 0 && -values[k] >= bound;
  }
}

enum { fine = 0, coarse = 1, undecided = 2 };

// Undecided nodes in lists, one for each number of nodes that wait for them.
typedef struct queue {
  int32_t *heads, *next, *previous, *measures;
  int32_t top;
} queue;

static void queue_insert(queue *q, int32_t node) {
  int32_t measure = q->measures[node], head = q->heads[measure];
  q->next[node] = head;
  q->previous[node] = -1;
  if (head >= 0) q->previous[head] = node;
  q->heads[measure] = node;
  if (measure > q->top) q->top = measure;
}

static void queue_remove(queue *q, int32_t node) {
  int32_t before = q->previous[node], after = q->next[node];
  if (before >= 0) {
    q->next[before] = after;
  } else {
    q->heads[q->measures[node]] = after;
  }
  if (after >= 0) q->previous[after] = before;
}

static void first_pass(int32_t count, const int32_t *restrict starts, const int32_t *restrict indices,
                       const uint8_t *restrict strong, const int32_t *restrict dependent_starts,
                       const int32_t *restrict dependents, queue *q, uint8_t *restrict kinds) {
  for (int32_t node = count - 1; node >= 0; node--) {
    q->measures[node] = dependent_starts[node + 1] - dependent_starts[node];
    kinds[node] = undecided;
    queue_insert(q, node);
  }
  while (q->top >= 0) {
    int32_t node = q->heads[q->top];
    if (node < 0) {
      q->top--;
      continue;
    }
    queue_remove(q, node);
    // Nobody depends on what is left: fine, whether it can be interpolated or not.
    if (q->measures[node] == 0) {
      kinds[node] = fine;
      continue;
    }
    kinds[node] = coarse;
    for (int32_t k = dependent_starts[node]; k < dependent_starts[node + 1]; k++) {
      int32_t other = dependents[k];
      if (kinds[other] != undecided) continue;
      queue_remove(q, other);
      kinds[other] = fine;
      for (int32_t m = starts[other]; m < starts[other + 1]; m++) {
        int32_t third = indices[m];
        if (!strong[m] || kinds[third] != undecided) continue;
        queue_remove(q, third);
        q->measures[third]++;
        queue_insert(q, third);
      }
    }
    for (int32_t k = starts[node]; k < starts[node + 1]; k++) {
      int32_t other = indices[k];
      if (!strong[k] || kinds[other] != undecided || q->measures[other] == 0) continue;
      queue_remove(q, other);
      q->measures[other]--;
      queue_insert(q, other);
    }
  }
}

static int have_common_coarse(const int32_t *restrict starts, const int32_t *restrict indices,
                              const uint8_t *restrict strong, const uint8_t *restrict kinds, int32_t node,
                              const int32_t *restrict marker) {
  for (int32_t k = starts[node]; k < starts[node + 1]; k++)
    if (strong[k] && kinds[indices[k]] == coarse && marker[indices[k]]) return 1;
  return 0;
}

static void second_pass_over(int32_t count, const int32_t *restrict starts, const int32_t *restrict indices,
                             const uint8_t *restrict strong, int32_t *restrict marker, uint8_t *restrict kinds) {
  for (int32_t node = 0; node < count; node++) {
    if (kinds[node] != fine) continue;
    for (int32_t k = starts[node]; k < starts[node + 1]; k++)
      if (strong[k] && kinds[indices[k]] == coarse) marker[indices[k]] = 1;
    for (int32_t k = starts[node]; k < starts[node + 1]; k++) {
      int32_t other = indices[k];
      if (!strong[k] || kinds[other] != fine) continue;
      if (have_common_coarse(starts, indices, strong, kinds, other, marker)) continue;
      kinds[other] = coarse;
      marker[other] = 1;
    }
    for (int32_t k = starts[node]; k < starts[node + 1]; k++) marker[indices[k]] = 0;
  }
}

int32_t pvk_classical_splitting(int32_t count, const int32_t *restrict starts, const int32_t *restrict indices,
                                const uint8_t *restrict strong, int32_t second_pass, uint8_t *restrict kinds) {
  size_t entries = (size_t)starts[count];
  size_t nodes = (size_t)count;
  // Measures are at most all dependents and as many increments again.
  size_t measures = 0;
  int32_t *dependent_starts = calloc(nodes + 2, sizeof *dependent_starts);
  int32_t *memory = malloc((entries + 3 * nodes + 1) * sizeof *memory);
  int32_t *heads = NULL;
  if (dependent_starts && memory) {
    for (size_t k = 0; k < entries; k++) dependent_starts[indices[k] + 2] += strong[k];
    for (size_t i = 2; i < nodes + 2; i++) {
      if ((size_t)dependent_starts[i] > measures) measures = (size_t)dependent_starts[i];
      dependent_starts[i] += dependent_starts[i - 1];
    }
    measures = 2 * measures + 2;
    heads = malloc(measures * sizeof *heads);
  }
  if (heads) {
    int32_t *dependents = memory + 3 * nodes;
    for (int32_t row = 0; row < count; row++)
      for (int32_t k = starts[row]; k < starts[row + 1]; k++)
        if (strong[k]) dependents[dependent_starts[indices[k] + 1]++] = row;
    memset(heads, 0xff, measures * sizeof *heads);
    queue q = {heads, memory, memory + nodes, memory + 2 * nodes, -1};
    first_pass(count, starts, indices, strong, dependent_starts, dependents, &q, kinds);
    if (second_pass) {
      memset(memory, 0, nodes * sizeof *memory);
      second_pass_over(count, starts, indices, strong, memory, kinds);
    }
  }
  int32_t done = heads != NULL;
  free(heads);
  free(memory);
  free(dependent_starts);
  return done;
}

int32_t pvk_classical_interpolation(int32_t first, int32_t last, const int32_t *restrict starts,
                                    const int32_t *restrict indices, const double *restrict values,
                                    const uint8_t *restrict strong, const uint8_t *restrict kinds,
                                    const int32_t *restrict numbers, int32_t direct, int32_t *restrict marker,
                                    int32_t *restrict ends, pvk_rows_piece *piece) {
  int32_t count = (int32_t)piece->count;
  for (int32_t row = first; row < last; row++) {
    piece->count = (size_t)count;
    size_t bound = (size_t)(starts[row + 1] - starts[row]) + 1;
    if ((size_t)count + bound > INT32_MAX || !pvk_piece_reserve(piece, bound)) return 0;
    int32_t *restrict to = piece->indices;
    double *restrict weights = piece->values;
    int32_t start = count;
    if (kinds[row] == coarse) {
      to[count] = numbers[row];
      weights[count++] = 1;
      ends[row + 1] = count;
      continue;
    }
    double diagonal = 0, all = 0, used = 0;
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) {
      int32_t column = indices[k];
      if (column == row) {
        diagonal += values[k];
      } else if (strong[k] && kinds[column] == coarse) {
        // One is added, so that zero means nothing.
        marker[column] = count - start + 1;
        to[count] = numbers[column];
        weights[count++] = values[k];
        used += values[k];
        all += values[k];
      } else if (direct) {
        values[k] < 0 ? (all += values[k]) : (diagonal += values[k]);
      } else if (!strong[k]) {
        diagonal += values[k];
      }
    }
    for (int32_t k = starts[row]; !direct && k < starts[row + 1]; k++) {
      int32_t middle = indices[k];
      if (middle == row || !strong[k] || kinds[middle] == coarse) continue;
      double sum = 0;
      for (int32_t m = starts[middle]; m < starts[middle + 1]; m++)
        if (values[m] < 0 && marker[indices[m]]) sum += values[m];
      if (sum == 0) {
        // Nothing in common: as if the two were equal.
        diagonal += values[k];
        continue;
      }
      double share = values[k] / sum;
      for (int32_t m = starts[middle]; m < starts[middle + 1]; m++)
        if (values[m] < 0 && marker[indices[m]]) weights[start + marker[indices[m]] - 1] += share * values[m];
    }
    for (int32_t k = starts[row]; k < starts[row + 1]; k++) marker[indices[k]] = 0;
    double factor = direct ? (used < 0 ? -all / used / diagonal : 0) : -1 / diagonal;
    // Weak neighbours that outweigh the diagonal: no interpolation is better than a wrong one.
    if (!(diagonal > 0) || !isfinite(factor)) count = start;
    for (int32_t k = start; k < count; k++) weights[k] *= factor;
    ends[row + 1] = count;
  }
  piece->count = (size_t)count;
  return 1;
}
