// Geometric multigrid on boxes: red-black relaxation, residuals and transfers on padded arrays of floats.
#include "pvk_boxes.h"
#include "pvk_targets.h"
#include <string.h>

// The loops over a colour write the other colour back unchanged: a vector of both is loaded, updated where the
// colour is, and stored. Neighbours along x are of the other colour, so that no update reads another.
#define PVK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

typedef struct row_numbers {
  int32_t y, z;
  size_t start;
} row_numbers;

PVK_INLINE row_numbers row_of(const pvk_box *box, int32_t row) {
  row_numbers at = {row % box->count_y, row / box->count_y, 0};
  at.start = box->origin + (size_t)at.z * box->plane_stride + (size_t)at.y * box->row_stride;
  return at;
}

PVK_INLINE void relax_line(const pvk_box *box, row_numbers at, int32_t colour, const float *restrict f, float *u,
                           int has_z, float rest, int is_common) {
  const float *restrict lower = box->lower_x, *restrict upper = box->upper_x;
  const float *restrict inverse = box->common_inverse, *restrict rhs = f + at.start;
  float *row = u + at.start;
  const float *below = row - box->row_stride, *above = row + box->row_stride;
  const float *front = row - (has_z ? box->plane_stride : 0), *back = row + (has_z ? box->plane_stride : 0);
  float low_y = box->lower_y[at.y], up_y = box->upper_y[at.y], low_z = box->lower_z[at.z], up_z = box->upper_z[at.z];
  float relaxation = box->relaxation;
  int32_t odd = (at.y + at.z + colour) & 1;
  PVK_INDEPENDENT
  for (int32_t i = 0; i < box->count_x; i++) {
    float sum = rhs[i] + lower[i] * row[i - 1] + upper[i] * row[i + 1] + low_y * below[i] + up_y * above[i];
    if (has_z) sum += low_z * front[i] + up_z * back[i];
    float solved = is_common ? sum * inverse[i] : sum / (lower[i] + upper[i] + rest);
    row[i] = (i & 1) == odd ? row[i] + relaxation * (solved - row[i]) : row[i];
  }
}

PVK_INLINE void relax_constant(const pvk_box *box, row_numbers at, int32_t colour, const float *restrict f, float *u,
                               int has_z) {
  float rest = box->lower_y[at.y] + box->upper_y[at.y] + box->lower_z[at.z] + box->upper_z[at.z] + box->shift;
  if (rest == box->common_rest) {
    relax_line(box, at, colour, f, u, has_z, rest, 1);
  } else {
    relax_line(box, at, colour, f, u, has_z, rest, 0);
  }
}

PVK_INLINE void relax_variable(const pvk_box *box, row_numbers at, int32_t colour, const float *restrict f, float *u,
                               int has_z) {
  const float *restrict rhs = f + at.start, *restrict inverse = box->inverse_diagonal + at.start;
  const float *restrict face_x = box->faces_x + at.start, *restrict face_y = box->faces_y + at.start;
  const float *restrict face_z = has_z ? box->faces_z + at.start : face_y;
  size_t next_row = box->row_stride, next_plane = has_z ? box->plane_stride : 0;
  float *row = u + at.start;
  const float *below = row - next_row, *above = row + next_row, *front = row - next_plane, *back = row + next_plane;
  float relaxation = box->relaxation;
  int32_t odd = (at.y + at.z + colour) & 1;
  PVK_INDEPENDENT
  for (int32_t i = 0; i < box->count_x; i++) {
    float sum = rhs[i] + face_x[i] * row[i - 1] + face_x[i + 1] * row[i + 1] + face_y[i] * below[i] +
                face_y[i + (int32_t)next_row] * above[i];
    if (has_z) sum += face_z[i] * front[i] + face_z[i + (int32_t)next_plane] * back[i];
    row[i] = (i & 1) == odd ? row[i] + relaxation * (sum * inverse[i] - row[i]) : row[i];
  }
}

PVK_MULTIVERSION
void pvk_box_relax(const pvk_box *box, int32_t first, int32_t last, int32_t colour, const float *restrict f, float *u) {
  for (int32_t row = first; row < last; row++) {
    row_numbers at = row_of(box, row);
    if (box->faces_x) {
      box->count_z > 1 ? relax_variable(box, at, colour, f, u, 1) : relax_variable(box, at, colour, f, u, 0);
    } else {
      box->count_z > 1 ? relax_constant(box, at, colour, f, u, 1) : relax_constant(box, at, colour, f, u, 0);
    }
  }
}

PVK_INLINE void residual_constant(const pvk_box *box, row_numbers at, const float *restrict f,
                                  const float *restrict u, float *restrict r, int has_z) {
  const float *restrict lower = box->lower_x, *restrict upper = box->upper_x;
  const float *row = u + at.start, *rhs = f + at.start;
  const float *below = row - box->row_stride, *above = row + box->row_stride;
  const float *front = row - (has_z ? box->plane_stride : 0), *back = row + (has_z ? box->plane_stride : 0);
  float low_y = box->lower_y[at.y], up_y = box->upper_y[at.y], low_z = box->lower_z[at.z], up_z = box->upper_z[at.z];
  float rest = low_y + up_y + low_z + up_z + box->shift;
  float *to = r + at.start;
  for (int32_t i = 0; i < box->count_x; i++) {
    float sum = rhs[i] + lower[i] * row[i - 1] + upper[i] * row[i + 1] + low_y * below[i] + up_y * above[i];
    if (has_z) sum += low_z * front[i] + up_z * back[i];
    to[i] = sum - (lower[i] + upper[i] + rest) * row[i];
  }
}

PVK_INLINE void residual_variable(const pvk_box *box, row_numbers at, const float *restrict f,
                                  const float *restrict u, float *restrict r, int has_z) {
  const float *rhs = f + at.start, *inverse = box->inverse_diagonal + at.start;
  const float *face_x = box->faces_x + at.start, *face_y = box->faces_y + at.start;
  const float *face_z = has_z ? box->faces_z + at.start : face_y;
  size_t next_row = box->row_stride, next_plane = has_z ? box->plane_stride : 0;
  const float *row = u + at.start, *below = row - next_row, *above = row + next_row;
  const float *front = row - next_plane, *back = row + next_plane;
  float *to = r + at.start;
  for (int32_t i = 0; i < box->count_x; i++) {
    float sum = rhs[i] + face_x[i] * row[i - 1] + face_x[i + 1] * row[i + 1] + face_y[i] * below[i] +
                face_y[i + (int32_t)next_row] * above[i];
    if (has_z) sum += face_z[i] * front[i] + face_z[i + (int32_t)next_plane] * back[i];
    to[i] = inverse[i] > 0 ? sum - row[i] / inverse[i] : 0;
  }
}

PVK_MULTIVERSION
void pvk_box_residual(const pvk_box *box, int32_t first, int32_t last, const float *restrict f,
                      const float *restrict u, float *restrict r) {
  for (int32_t row = first; row < last; row++) {
    row_numbers at = row_of(box, row);
    if (box->faces_x) {
      box->count_z > 1 ? residual_variable(box, at, f, u, r, 1) : residual_variable(box, at, f, u, r, 0);
    } else {
      box->count_z > 1 ? residual_constant(box, at, f, u, r, 1) : residual_constant(box, at, f, u, r, 0);
    }
  }
}

// Lines of the other axes that a line gets something from.
typedef struct tap {
  int32_t number;
  float weight;
} tap;

PVK_INLINE int restriction_taps(const pvk_box_transfer *along, int32_t coarse, tap *taps) {
  if (along->ratio == 1) {
    taps[0] = (tap){coarse, 1};
    return 1;
  }
  const float weights[4] = {along->first[coarse], along->second[coarse], along->third[coarse], along->fourth[coarse]};
  int count = 0;
  for (int32_t k = 0; k < 4; k++)
    if (weights[k] != 0) taps[count++] = (tap){2 * coarse - 1 + k, weights[k]};
  return count;
}

PVK_INLINE int prolongation_taps(const pvk_box_transfer *along, int32_t fine, tap *taps) {
  if (along->ratio == 1) {
    taps[0] = (tap){fine, 1};
    return 1;
  }
  int32_t half = fine / 2, odd = fine & 1, count = 0;
  float below = odd ? along->odd_below[half] : along->even_below[half];
  float above = odd ? along->odd_above[half] : along->even_above[half];
  if (below != 0) taps[count++] = (tap){half - 1 + odd, below};
  if (above != 0) taps[count++] = (tap){half + odd, above};
  return count;
}

enum { block = 512, taps_limit = 4 };

// The weighted sum of lines, from number `from` on: sum[0] belongs to it.
PVK_INLINE void combine(const pvk_box *box, const tap *taps_y, int count_y, const tap *taps_z, int count_z,
                        const float *restrict values, int64_t from, int32_t count, float *restrict sum) {
  for (int32_t i = 0; i < count; i++) sum[i] = 0;
  for (int z = 0; z < count_z; z++)
    for (int y = 0; y < count_y; y++) {
      const float *line = values + (int64_t)box->origin + taps_z[z].number * (int64_t)box->plane_stride +
                          taps_y[y].number * (int64_t)box->row_stride + from;
      float weight = taps_z[z].weight * taps_y[y].weight;
      for (int32_t i = 0; i < count; i++) sum[i] += weight * line[i];
    }
}

PVK_MULTIVERSION
void pvk_box_restrict(const pvk_box *fine, const pvk_box *coarse, const pvk_box_transfers *transfers, int32_t first,
                      int32_t last, const float *restrict r, float *restrict coarse_f) {
  float sum[2 * block + 4];
  tap taps_y[taps_limit], taps_z[taps_limit];
  const pvk_box_transfer x = transfers->x;
  for (int32_t row = first; row < last; row++) {
    row_numbers at = row_of(coarse, row);
    int count_y = restriction_taps(&transfers->y, at.y, taps_y);
    int count_z = restriction_taps(&transfers->z, at.z, taps_z);
    float *restrict to = coarse_f + at.start;
    if (x.ratio == 1) {
      combine(fine, taps_y, count_y, taps_z, count_z, r, 0, coarse->count_x, to);
      continue;
    }
    for (int32_t start = 0; start < coarse->count_x; start += block) {
      int32_t count = coarse->count_x - start < block ? coarse->count_x - start : block;
      combine(fine, taps_y, count_y, taps_z, count_z, r, 2 * (int64_t)start - 1, 2 * count + 2, sum);
      const float *restrict w0 = x.first + start, *restrict w1 = x.second + start, *restrict w2 = x.third + start,
                           *restrict w3 = x.fourth + start;
      for (int32_t i = 0; i < count; i++)
        to[start + i] =
            w0[i] * sum[2 * i] + w1[i] * sum[2 * i + 1] + w2[i] * sum[2 * i + 2] + w3[i] * sum[2 * i + 3];
    }
  }
}

PVK_MULTIVERSION
void pvk_box_prolong(const pvk_box *fine, const pvk_box *coarse, const pvk_box_transfers *transfers, int32_t first,
                     int32_t last, const float *restrict coarse_u, float *restrict u) {
  float sum[block + 2];
  tap taps_y[taps_limit], taps_z[taps_limit];
  const pvk_box_transfer x = transfers->x;
  for (int32_t row = first; row < last; row++) {
    row_numbers at = row_of(fine, row);
    int count_y = prolongation_taps(&transfers->y, at.y, taps_y);
    int count_z = prolongation_taps(&transfers->z, at.z, taps_z);
    float *restrict to = u + at.start;
    int32_t sources = x.ratio == 1 ? coarse->count_x : (fine->count_x + 1) / 2;
    for (int32_t start = 0; start < sources; start += block) {
      int32_t count = sources - start < block ? sources - start : block;
      combine(coarse, taps_y, count_y, taps_z, count_z, coarse_u, start - 1, count + 2, sum);
      if (x.ratio == 1) {
        for (int32_t i = 0; i < count; i++) to[start + i] += sum[i + 1];
        continue;
      }
      const float *restrict e0 = x.even_below + start, *restrict e1 = x.even_above + start,
                           *restrict o0 = x.odd_below + start, *restrict o1 = x.odd_above + start;
      float *restrict pairs = to + 2 * start;
      int32_t whole = fine->count_x - 2 * start < 2 * count ? count - 1 : count;
      for (int32_t i = 0; i < whole; i++) {
        pairs[2 * i] += e0[i] * sum[i] + e1[i] * sum[i + 1];
        pairs[2 * i + 1] += o0[i] * sum[i + 1] + o1[i] * sum[i + 2];
      }
      if (whole < count)
        pairs[2 * whole] += e0[whole] * sum[whole] + e1[whole] * sum[whole + 1];
    }
  }
}

void pvk_box_wrap(const pvk_box *box, float *u) {
  int32_t rows = box->count_y * box->count_z;
  if (box->periodic_x)
    for (int32_t row = 0; row < rows; row++) {
      float *line = u + row_of(box, row).start;
      line[-1] = line[box->count_x - 1];
      line[box->count_x] = line[0];
    }
  // With the ghosts of the axes before, so that edges and corners, which interpolation reads, are filled too.
  size_t row_bytes = (size_t)(box->count_x + 2) * sizeof *u;
  if (box->periodic_y && box->count_y > 1)
    for (int32_t z = 0; z < box->count_z; z++) {
      float *line = u + box->origin - 1 + (size_t)z * box->plane_stride;
      size_t last = (size_t)(box->count_y - 1) * box->row_stride;
      memcpy(line - box->row_stride, line + last, row_bytes);
      memcpy(line + last + box->row_stride, line, row_bytes);
    }
  if (box->periodic_z && box->count_z > 1)
    for (int32_t y = -1; y <= box->count_y; y++) {
      float *line = u + box->origin - 1 + (ptrdiff_t)y * (ptrdiff_t)box->row_stride;
      size_t last = (size_t)(box->count_z - 1) * box->plane_stride;
      memcpy(line - box->plane_stride, line + last, row_bytes);
      memcpy(line + last + box->plane_stride, line, row_bytes);
    }
}

void pvk_box_clear(const pvk_box *box, int32_t first, int32_t last, float *u) {
  for (int32_t row = first; row < last; row++)
    memset(u + row_of(box, row).start, 0, (size_t)box->count_x * sizeof *u);
}

PVK_MULTIVERSION
void pvk_box_add(const pvk_box *box, int32_t first, int32_t last, const float *restrict v, float *restrict u) {
  for (int32_t row = first; row < last; row++) {
    size_t start = row_of(box, row).start;
    for (int32_t i = 0; i < box->count_x; i++) u[start + (size_t)i] += v[start + (size_t)i];
  }
}

PVK_MULTIVERSION
void pvk_box_load(const pvk_box *box, int32_t first, int32_t last, const double *restrict b,
                  const double *restrict x_factors, const double *restrict y_factors,
                  const double *restrict z_factors, double factor, float *restrict f) {
  for (int32_t row = first; row < last; row++) {
    row_numbers at = row_of(box, row);
    const double *from = b + (size_t)row * (size_t)box->count_x;
    double along = factor * y_factors[at.y] * z_factors[at.z];
    for (int32_t i = 0; i < box->count_x; i++) f[at.start + (size_t)i] = (float)(from[i] * (along * x_factors[i]));
  }
}

PVK_MULTIVERSION
void pvk_box_store(const pvk_box *box, int32_t first, int32_t last, const float *restrict u, double factor,
                   double *restrict x) {
  for (int32_t row = first; row < last; row++) {
    const float *from = u + row_of(box, row).start;
    double *to = x + (size_t)row * (size_t)box->count_x;
    for (int32_t i = 0; i < box->count_x; i++) to[i] = factor * (double)from[i];
  }
}
