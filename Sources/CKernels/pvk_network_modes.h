// Truncated Fourier transforms and the mixing of modes for one type of numbers: a part of pvk_network_numbers.h, whose
// products and lanes they use.

PVK_MULTIVERSION
void PVK_NAMED(pvk_combine)(pvk_axis axis, const REAL *restrict sums, REAL *restrict coefficients, int32_t doubled) {
  const ptrdiff_t w = axis.width, half = (ptrdiff_t)(axis.modes + 1) * axis.inner * 2 * w;
  for (int32_t k = 0; k <= axis.modes; k++)
    for (int32_t j = 0; j < axis.inner; j++) {
      const REAL *c = sums + ((ptrdiff_t)k * axis.inner + j) * 2 * w, *s = c + half;
      for (int sign = 0; sign < 2; sign++) {
        if (sign ? k == 0 : k == axis.modes) continue;
        int32_t row = sign ? 2 * axis.modes - k : k;
        const REAL f = sign ? -1 : 1;
        REAL *z = coefficients + ((ptrdiff_t)row * axis.inner + j) * axis.stride;
        // Rows far apart are unknown to the hardware: all lines of one are asked for before the first is written.
        for (ptrdiff_t i = 0; i < (doubled ? 4 : 2) * w; i += WIDE) __builtin_prefetch(z + i, 1, 3);
        if (doubled)
          for (ptrdiff_t i = 0; i < w; i++) {
            REAL re = c[i] + f * s[w + i], im = c[w + i] - f * s[i];
            z[i] = re;
            z[w + i] = -im;
            z[2 * w + i] = im;
            z[3 * w + i] = re;
          }
        else
          for (ptrdiff_t i = 0; i < w; i++) {
            z[i] = c[i] + f * s[w + i];
            z[w + i] = c[w + i] - f * s[i];
          }
      }
    }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_separate)(pvk_axis axis, const REAL *restrict coefficients, REAL *restrict sums) {
  const ptrdiff_t w = axis.width, half = (ptrdiff_t)(axis.modes + 1) * axis.inner * 2 * w;
  for (int32_t k = 0; k <= axis.modes; k++)
    for (int32_t j = 0; j < axis.inner; j++) {
      REAL *c = sums + ((ptrdiff_t)k * axis.inner + j) * 2 * w, *s = c + half;
      const REAL *a = coefficients + ((ptrdiff_t)k * axis.inner + j) * axis.stride;
      const REAL *b = coefficients + ((ptrdiff_t)(2 * axis.modes - k) * axis.inner + j) * axis.stride;
      if (k == 0)
        for (ptrdiff_t i = 0; i < w; i++) {
          c[i] = a[i];
          c[w + i] = a[w + i];
          s[i] = -a[w + i];
          s[w + i] = a[i];
        }
      else if (k == axis.modes)
        for (ptrdiff_t i = 0; i < w; i++) {
          c[i] = b[i];
          c[w + i] = b[w + i];
          s[i] = b[w + i];
          s[w + i] = -b[i];
        }
      else
        for (ptrdiff_t i = 0; i < w; i++) {
          c[i] = a[i] + b[i];
          c[w + i] = a[w + i] + b[w + i];
          s[i] = b[w + i] - a[w + i];
          s[w + i] = a[i] - b[i];
        }
    }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_mix)(pvk_mixing mixing, const REAL *weights, const REAL *x, REAL *y) {
  const ptrdiff_t in = mixing.inputs, out = mixing.outputs;
  for (int32_t mode = 0; mode < mixing.modes; mode++) {
    int32_t slot = mixing.slots ? mixing.slots[mode] : mode;
    REAL *row = y + (ptrdiff_t)mode * mixing.capacity * 2 * out;
    if (slot < 0) {
      __builtin_memset(row, 0, (size_t)mixing.samples * 2 * out * sizeof(REAL));
      continue;
    }
    pvk_products p = {
        .batch = 1,
        .rows = 2 * mixing.samples,
        .columns = mixing.outputs,
        .first = {.a = x + (ptrdiff_t)mode * mixing.capacity * 4 * in,
                  .a_row = 2 * in,
                  .a_column = 1,
                  .b = weights + (ptrdiff_t)slot * 2 * in * out,
                  .b_row = out,
                  .inner = 2 * mixing.inputs},
        .result = row,
        .result_row = out,
    };
    PVK_NAMED(pvk_rows)(&p, 0, p.rows, p.first.a, p.first.b, p.first.a, p.first.b, row);
  }
}

PVK_MULTIVERSION
void PVK_NAMED(pvk_mix_back)(pvk_mixing mixing, const REAL *weights, const REAL *x, const REAL *dy, REAL *dweights,
                             int32_t accumulates, REAL *dx, REAL *scratch) {
  const ptrdiff_t in = mixing.inputs, out = mixing.outputs;
  REAL *transposed = scratch, *doubled = scratch + 2 * in * out;
  for (int32_t mode = 0; mode < mixing.modes; mode++) {
    int32_t slot = mixing.slots ? mixing.slots[mode] : mode;
    REAL *dx_row = dx + (ptrdiff_t)mode * mixing.capacity * 2 * in;
    if (slot < 0) {
      __builtin_memset(dx_row, 0, (size_t)mixing.samples * 2 * in * sizeof(REAL));
      continue;
    }
    const REAL *w = weights + (ptrdiff_t)slot * 2 * in * out, *dy_row = dy + (ptrdiff_t)mode * mixing.capacity * 2 * out;
    pvk_products gradient = {
        .batch = 1,
        .rows = 2 * mixing.inputs,
        .columns = mixing.outputs,
        .first = {.a = x + (ptrdiff_t)mode * mixing.capacity * 4 * in,
                  .a_row = 1,
                  .a_column = 2 * in,
                  .b = dy_row,
                  .b_row = out,
                  .inner = 2 * mixing.samples},
        .result = dweights + (ptrdiff_t)slot * 2 * in * out,
        .result_row = out,
        .accumulates = accumulates,
    };
    PVK_NAMED(pvk_rows)
    (&gradient, 0, gradient.rows, gradient.first.a, gradient.first.b, gradient.first.a, gradient.first.b,
     gradient.result);
    // dx = (re + i im) conj(W): rows (re, im) and (im, -re) times (Re W, Im W) transposed.
    PVK_NAMED(transpose)(mixing.inputs, mixing.outputs, w, out, transposed, in);
    PVK_NAMED(transpose)(mixing.inputs, mixing.outputs, w + in * out, out, transposed + in * out, in);
    for (int32_t b = 0; b < mixing.samples; b++) {
      const REAL *re = dy_row + (ptrdiff_t)b * 2 * out, *im = re + out;
      REAL *row = doubled + (ptrdiff_t)b * 4 * out;
      for (ptrdiff_t o = 0; o < out; o++) {
        row[o] = re[o];
        row[out + o] = im[o];
        row[2 * out + o] = im[o];
        row[3 * out + o] = -re[o];
      }
    }
    pvk_products p = {
        .batch = 1,
        .rows = 2 * mixing.samples,
        .columns = mixing.inputs,
        .first = {.a = doubled,
                  .a_row = 2 * out,
                  .a_column = 1,
                  .b = transposed,
                  .b_row = in,
                  .inner = 2 * mixing.outputs},
        .result = dx_row,
        .result_row = in,
    };
    PVK_NAMED(pvk_rows)(&p, 0, p.rows, p.first.a, p.first.b, p.first.a, p.first.b, dx_row);
  }
}
