// Derivatives along lines through functions, for one width of lanes: included for each, with the names of pvk_lanes.h.

// The derivatives of order 0 ... top of f, at most 5. `kept` is what the forward pass left in place of z0, and `result` f,
// where that is known; else `kept` is z0, and what is to be left there is written to it.
PVK_INLINE void PVK_WIDE(slopes)(const pvk_activation f, const int is_known, int top, V *kept, V result, V s[6]) {
  const V one = (V){0} + (REAL)1;
  switch (f) {
  case pvk_tanh: {
    V t = is_known ? result : PVK_WIDE(tangent)(*kept), q = t * t;
    s[0] = t;
    s[1] = one - q;
    if (top >= 2) s[2] = -2 * t * s[1];
    if (top >= 3) s[3] = (6 * q - 2) * s[1];
    if (top >= 4) s[4] = (16 - 24 * q) * t * s[1];
    if (top >= 5) s[5] = (16 + q * (120 * q - 120)) * s[1];
    return;
  }
  case pvk_sine: {
    V cosine = *kept;
    if (is_known) {
      s[0] = result;
    } else {
      s[0] = PVK_WIDE(sine)(*kept, &cosine);
      *kept = cosine;
    }
    s[1] = cosine;
    s[2] = -s[0];
    s[3] = -cosine;
    s[4] = s[0];
    s[5] = cosine;
    return;
  }
  case pvk_silu: {
    V z = *kept, share = 1 / (1 + PVK_WIDE(exponential)(-z)), p = share * (1 - share), tilt = 1 - 2 * share;
    V d2 = p * tilt, d3 = p * (1 - 6 * p);
    s[0] = z * share;
    s[1] = share + z * p;
    if (top >= 2) s[2] = 2 * p + z * d2;
    if (top >= 3) s[3] = 3 * d2 + z * d3;
    V d4 = d2 * (1 - 12 * p);
    if (top >= 4) s[4] = 4 * d3 + z * d4;
    if (top >= 5) s[5] = 5 * d4 + z * (p * (1 + p * (120 * p - 30)));
    return;
  }
  case pvk_gelu: {
    V z = *kept, q = z * z, density, share = PVK_WIDE(normal)(z, &density);
    s[0] = z * share;
    s[1] = share + z * density;
    if (top >= 2) s[2] = density * (2 - q);
    if (top >= 3) s[3] = density * z * (q - 4);
    if (top >= 4) s[4] = density * (q * (7 - q) - 4);
    if (top >= 5) s[5] = density * z * (q * (q - 11) + 18);
    return;
  }
  default:
    s[0] = *kept;
    s[1] = one;
    for (int i = 2; i < 6; i++) s[i] = (V){0};
  }
}

#define PVK_AT(channel) (i + (channel) * jet->distance)

PVK_INLINE size_t PVK_WIDE(jet_forward)(const pvk_activation f, const pvk_jet *jet, size_t i, REAL *z, REAL *a) {
  for (; i + LANES <= jet->count; i += LANES) {
    V kept = PVK_WIDE(load)(z + i), s[6], squares = {0};
    PVK_WIDE(slopes)(f, 0, jet->top, &kept, kept, s);
    PVK_WIDE(store)(z + i, kept);
    PVK_WIDE(store)(a + i, s[0]);
    size_t c = 1;
    for (int32_t line = 0; line < jet->lines; line++) {
      const int order = jet->orders[line];
      V z1 = PVK_WIDE(load)(z + PVK_AT(c)), q = z1 * z1;
      PVK_WIDE(store)(a + PVK_AT(c), s[1] * z1);
      if (line < jet->summed) squares += q;
      if (order >= 2) {
        V z2 = PVK_WIDE(load)(z + PVK_AT(c + 1));
        PVK_WIDE(store)(a + PVK_AT(c + 1), s[1] * z2 + s[2] * q);
        if (order >= 3) {
          V z3 = PVK_WIDE(load)(z + PVK_AT(c + 2));
          PVK_WIDE(store)(a + PVK_AT(c + 2), s[1] * z3 + z1 * (3 * s[2] * z2 + s[3] * q));
          if (order >= 4) {
            V z4 = PVK_WIDE(load)(z + PVK_AT(c + 3));
            V y = s[1] * z4 + s[2] * (4 * z1 * z3 + 3 * z2 * z2) + q * (6 * s[3] * z2 + s[4] * q);
            PVK_WIDE(store)(a + PVK_AT(c + 3), y);
          }
        }
      }
      c += order;
    }
    if (jet->summed) PVK_WIDE(store)(a + PVK_AT(c), s[1] * PVK_WIDE(load)(z + PVK_AT(c)) + s[2] * squares);
  }
  return i;
}

// d holds the gradient of a, and then that of z.
PVK_INLINE size_t PVK_WIDE(jet_back)(const pvk_activation f, const pvk_jet *jet, size_t i, const REAL *z, const REAL *a,
                                     REAL *d) {
  for (; i + LANES <= jet->count; i += LANES) {
    V kept = PVK_WIDE(load)(z + i), s[6], squares = {0}, sum_gradient = {0};
    PVK_WIDE(slopes)(f, 1, jet->top + 1, &kept, PVK_WIDE(load)(a + i), s);
    V d0 = s[1] * PVK_WIDE(load)(d + i);
    size_t c = 1, last = jet->channels - 1;
    if (jet->summed) {
      sum_gradient = PVK_WIDE(load)(d + PVK_AT(last));
      PVK_WIDE(store)(d + PVK_AT(last), s[1] * sum_gradient);
      d0 += s[2] * PVK_WIDE(load)(z + PVK_AT(last)) * sum_gradient;
    }
    for (int32_t line = 0; line < jet->lines; line++) {
      const int order = jet->orders[line];
      V z1 = PVK_WIDE(load)(z + PVK_AT(c)), g1 = PVK_WIDE(load)(d + PVK_AT(c)), q = z1 * z1;
      V d1 = s[1] * g1;
      d0 += s[2] * z1 * g1;
      if (line < jet->summed) {
        squares += q;
        d1 += 2 * s[2] * z1 * sum_gradient;
      }
      if (order >= 2) {
        V z2 = PVK_WIDE(load)(z + PVK_AT(c + 1)), g2 = PVK_WIDE(load)(d + PVK_AT(c + 1));
        V second = s[2] * z2 + s[3] * q, d2 = s[1] * g2;
        d1 += 2 * s[2] * z1 * g2;
        d0 += second * g2;
        if (order >= 3) {
          V z3 = PVK_WIDE(load)(z + PVK_AT(c + 2)), g3 = PVK_WIDE(load)(d + PVK_AT(c + 2));
          V d3 = s[1] * g3, third = s[2] * z3 + z1 * (3 * s[3] * z2 + s[4] * q);
          d2 += 3 * s[2] * z1 * g3;
          d1 += 3 * second * g3;
          d0 += third * g3;
          if (order >= 4) {
            V z4 = PVK_WIDE(load)(z + PVK_AT(c + 3)), g4 = PVK_WIDE(load)(d + PVK_AT(c + 3));
            PVK_WIDE(store)(d + PVK_AT(c + 3), s[1] * g4);
            d3 += 4 * s[2] * z1 * g4;
            d2 += 6 * second * g4;
            d1 += 4 * third * g4;
            d0 += (s[2] * z4 + s[3] * (4 * z1 * z3 + 3 * z2 * z2) + q * (6 * s[4] * z2 + s[5] * q)) * g4;
          }
          PVK_WIDE(store)(d + PVK_AT(c + 2), d3);
        }
        PVK_WIDE(store)(d + PVK_AT(c + 1), d2);
      }
      PVK_WIDE(store)(d + PVK_AT(c), d1);
      c += order;
    }
    if (jet->summed) d0 += s[3] * squares * sum_gradient;
    PVK_WIDE(store)(d + i, d0);
  }
  return i;
}
#undef PVK_AT
