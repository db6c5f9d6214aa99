// The matrix-free 3, 5 or 7-point operator in double precision on dense arrays.
#include "pvk_boxes.h"
#include "pvk_targets.h"

// The neighbours of a row along y or z, zeros beyond the ends of bounded axes.
PVK_INLINE const double *neighbour(const double *row, int32_t number, int32_t step, int32_t count, int32_t periodic,
                                   int64_t stride, const double *zeros) {
  int32_t other = number + step;
  if (other >= 0 && other < count) return row + step * stride;
  return periodic ? row + (other < 0 ? count - 1 : 1 - count) * stride : zeros;
}

typedef struct lines {
  const double *row, *below, *above, *front, *back;
  double left, right;
  int32_t y, z;
} lines;

PVK_INLINE lines lines_of(const pvk_box_operator *box, int32_t row, const double *x) {
  lines at;
  at.y = row % box->count_y;
  at.z = row / box->count_y;
  int64_t stride = box->count_x, plane = stride * box->count_y;
  at.row = x + row * stride;
  at.below = neighbour(at.row, at.y, -1, box->count_y, box->periodic_y, stride, box->zeros);
  at.above = neighbour(at.row, at.y, 1, box->count_y, box->periodic_y, stride, box->zeros);
  at.front = neighbour(at.row, at.z, -1, box->count_z, box->periodic_z, plane, box->zeros);
  at.back = neighbour(at.row, at.z, 1, box->count_z, box->periodic_z, plane, box->zeros);
  at.left = box->periodic_x ? at.row[box->count_x - 1] : 0;
  at.right = box->periodic_x ? at.row[0] : 0;
  return at;
}

PVK_INLINE void apply_constant(const pvk_box_operator *box, const lines *at, double *restrict y, int has_z) {
  const double *restrict lower = box->lower_x, *restrict upper = box->upper_x, *restrict width = box->width_x;
  double low_y = box->lower_y[at->y], up_y = box->upper_y[at->y];
  double low_z = box->lower_z[at->z], up_z = box->upper_z[at->z];
  double rest = low_y + up_y + low_z + up_z + box->shift, volume = box->width_y[at->y] * box->width_z[at->z];
  const double *row = at->row, *below = at->below, *above = at->above, *front = at->front, *back = at->back;
  int32_t last = box->count_x - 1;
#define PVK_POINT(I, LEFT, RIGHT)                                                                                   \
  y[I] = volume * width[I] *                                                                                        \
         ((lower[I] + upper[I] + rest) * row[I] - lower[I] * (LEFT)-upper[I] * (RIGHT)-low_y * below[I] -           \
          up_y * above[I] - (has_z ? low_z * front[I] + up_z * back[I] : 0))
  PVK_POINT(0, at->left, last > 0 ? row[1] : at->right);
  for (int32_t i = 1; i < last; i++) PVK_POINT(i, row[i - 1], row[i + 1]);
  if (last > 0) PVK_POINT(last, row[last - 1], at->right);
#undef PVK_POINT
}

PVK_INLINE void apply_variable(const pvk_box_operator *box, const lines *at, double *restrict y, int has_z) {
  int64_t count_x = box->count_x, count_y = box->count_y;
  const double *face_x = box->faces_x + (at->z * count_y + at->y) * (count_x + 1);
  const double *face_y = box->faces_y + (at->z * (count_y + 1) + at->y) * count_x, *next_y = face_y + count_x;
  const double *face_z = has_z ? box->faces_z + (at->z * count_y + at->y) * count_x : face_y;
  const double *next_z = has_z ? face_z + count_x * count_y : face_y;
  double mass = box->shift * box->width_y[at->y] * box->width_z[at->z];
  const double *width = box->width_x;
  const double *row = at->row, *below = at->below, *above = at->above, *front = at->front, *back = at->back;
  int32_t last = box->count_x - 1;
#define PVK_POINT(I, LEFT, RIGHT)                                                                                   \
  y[I] = mass * width[I] * row[I] + face_x[I] * (row[I] - (LEFT)) + face_x[(I) + 1] * (row[I] - (RIGHT)) +          \
         face_y[I] * (row[I] - below[I]) + next_y[I] * (row[I] - above[I]) +                                        \
         (has_z ? face_z[I] * (row[I] - front[I]) + next_z[I] * (row[I] - back[I]) : 0)
  PVK_POINT(0, at->left, last > 0 ? row[1] : at->right);
  for (int32_t i = 1; i < last; i++) PVK_POINT(i, row[i - 1], row[i + 1]);
  if (last > 0) PVK_POINT(last, row[last - 1], at->right);
#undef PVK_POINT
}

PVK_MULTIVERSION
void pvk_box_apply(const pvk_box_operator *box, int32_t first, int32_t last, const double *restrict x,
                   double *restrict y) {
  for (int32_t row = first; row < last; row++) {
    lines at = lines_of(box, row, x);
    double *to = y + (int64_t)row * box->count_x;
    if (box->faces_x) {
      box->faces_z ? apply_variable(box, &at, to, 1) : apply_variable(box, &at, to, 0);
    } else {
      box->count_z > 1 ? apply_constant(box, &at, to, 1) : apply_constant(box, &at, to, 0);
    }
  }
}
