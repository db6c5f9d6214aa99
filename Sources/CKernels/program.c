#include "pvk_program.h"
#include "pvk_targets.h"
#include <math.h>

// Every two-operand operation comes as vector-vector, vector-scalar and scalar-vector; scalar-scalar is folded
// by the compiler of programs.
#define BINARY(EXPRESSION)                                                                                   \
  do {                                                                                                       \
    if (i.a >= 0 && i.b >= 0) {                                                                              \
      const double *a = r[i.a], *b = r[i.b];                                                                 \
      for (size_t j = 0; j < n; j++) { double x = a[j], y = b[j]; d[j] = EXPRESSION; }                       \
    } else if (i.a >= 0) {                                                                                   \
      const double *a = r[i.a], y = s[-1 - i.b];                                                             \
      for (size_t j = 0; j < n; j++) { double x = a[j]; d[j] = EXPRESSION; }                                 \
    } else if (i.b >= 0) {                                                                                   \
      const double x = s[-1 - i.a], *b = r[i.b];                                                             \
      for (size_t j = 0; j < n; j++) { double y = b[j]; d[j] = EXPRESSION; }                                 \
    } else {                                                                                                 \
      const double x = s[-1 - i.a], y = s[-1 - i.b], z = EXPRESSION;                                         \
      for (size_t j = 0; j < n; j++) d[j] = z;                                                               \
    }                                                                                                        \
  } while (0)

#define UNARY(EXPRESSION)                                                                                    \
  do {                                                                                                       \
    if (i.a >= 0) {                                                                                          \
      const double *a = r[i.a];                                                                              \
      for (size_t j = 0; j < n; j++) { double x = a[j]; d[j] = EXPRESSION; }                                 \
    } else {                                                                                                 \
      const double x = s[-1 - i.a], z = EXPRESSION;                                                          \
      for (size_t j = 0; j < n; j++) d[j] = z;                                                               \
    }                                                                                                        \
  } while (0)

PVK_INLINE double operand(int32_t o, double *const *r, const double *s, size_t j) {
  return o >= 0 ? r[o][j] : s[-1 - o];
}

PVK_MULTIVERSION
void pvk_program_run(const pvk_instruction *code, int32_t length, double *const *r, const double *s, size_t n) {
  for (int32_t p = 0; p < length; p++) {
    const pvk_instruction i = code[p];
    double *d = r[i.destination];
    switch ((pvk_operation)i.operation) {
    case pvk_op_add: BINARY(x + y); break;
    case pvk_op_sub: BINARY(x - y); break;
    case pvk_op_mul: BINARY(x * y); break;
    case pvk_op_div: BINARY(x / y); break;
    case pvk_op_pow: BINARY(pow(x, y)); break;
    case pvk_op_min: BINARY(y < x ? y : x); break;
    case pvk_op_max: BINARY(y > x ? y : x); break;
    case pvk_op_atan2: BINARY(atan2(x, y)); break;
    case pvk_op_less: BINARY(x < y ? 1.0 : 0.0); break;
    case pvk_op_less_equal: BINARY(x <= y ? 1.0 : 0.0); break;
    case pvk_op_multiply_add:
      if (i.a >= 0 && i.b >= 0 && i.c >= 0) {
        const double *a = r[i.a], *b = r[i.b], *c = r[i.c];
        for (size_t j = 0; j < n; j++) d[j] = a[j] * b[j] + c[j];
      } else if (i.b >= 0 && i.c >= 0) {
        const double a = s[-1 - i.a], *b = r[i.b], *c = r[i.c];
        for (size_t j = 0; j < n; j++) d[j] = a * b[j] + c[j];
      } else {
        for (size_t j = 0; j < n; j++) d[j] = operand(i.a, r, s, j) * operand(i.b, r, s, j) + operand(i.c, r, s, j);
      }
      break;
    case pvk_op_select:
      for (size_t j = 0; j < n; j++)
        d[j] = operand(i.a, r, s, j) != 0 ? operand(i.b, r, s, j) : operand(i.c, r, s, j);
      break;
    case pvk_op_neg: UNARY(-x); break;
    case pvk_op_sqrt: UNARY(sqrt(x)); break;
    case pvk_op_abs: UNARY(fabs(x)); break;
    case pvk_op_sign: UNARY(x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0); break;
    case pvk_op_floor: UNARY(floor(x)); break;
    case pvk_op_sin: UNARY(sin(x)); break;
    case pvk_op_cos: UNARY(cos(x)); break;
    case pvk_op_tan: UNARY(tan(x)); break;
    case pvk_op_asin: UNARY(asin(x)); break;
    case pvk_op_acos: UNARY(acos(x)); break;
    case pvk_op_atan: UNARY(atan(x)); break;
    case pvk_op_sinh: UNARY(sinh(x)); break;
    case pvk_op_cosh: UNARY(cosh(x)); break;
    case pvk_op_tanh: UNARY(tanh(x)); break;
    case pvk_op_asinh: UNARY(asinh(x)); break;
    case pvk_op_acosh: UNARY(acosh(x)); break;
    case pvk_op_atanh: UNARY(atanh(x)); break;
    case pvk_op_exp: UNARY(exp(x)); break;
    case pvk_op_log: UNARY(log(x)); break;
    case pvk_op_erf: UNARY(erf(x)); break;
    case pvk_op_erfc: UNARY(erfc(x)); break;
    case pvk_op_j0: UNARY(j0(x)); break;
    case pvk_op_j1: UNARY(j1(x)); break;
    case pvk_op_copy: UNARY(x); break;
    }
  }
}
