#include "pvk_program.h"
#include "pvk_targets.h"
#include <math.h>

#define AT(REGISTER) (r[REGISTER] + first)

// A destination may be one of the operands, index for index: the compiler need not look for other overlaps.
#define IN_VECTORS _Pragma("clang loop vectorize(assume_safety)") for (size_t j = 0; j < n; j++)
#define ONE_BY_ONE for (size_t j = 0; j < n; j++)

// Every two-operand operation comes as vector-vector, vector-scalar and scalar-vector; scalar-scalar is folded
// by the compiler of programs.
#define BINARY_OVER(EACH, EXPRESSION)                                                                        \
  do {                                                                                                       \
    if (i.a >= 0 && i.b >= 0) {                                                                              \
      const double *a = AT(i.a), *b = AT(i.b);                                                               \
      EACH { double x = a[j], y = b[j]; d[j] = EXPRESSION; }                                                 \
    } else if (i.a >= 0) {                                                                                   \
      const double *a = AT(i.a), y = s[-1 - i.b];                                                            \
      EACH { double x = a[j]; d[j] = EXPRESSION; }                                                           \
    } else if (i.b >= 0) {                                                                                   \
      const double x = s[-1 - i.a], *b = AT(i.b);                                                            \
      EACH { double y = b[j]; d[j] = EXPRESSION; }                                                           \
    } else {                                                                                                 \
      const double x = s[-1 - i.a], y = s[-1 - i.b], z = EXPRESSION;                                         \
      EACH d[j] = z;                                                                                         \
    }                                                                                                        \
  } while (0)

#define UNARY_OVER(EACH, EXPRESSION)                                                                         \
  do {                                                                                                       \
    if (i.a >= 0) {                                                                                          \
      const double *a = AT(i.a);                                                                             \
      EACH { double x = a[j]; d[j] = EXPRESSION; }                                                           \
    } else {                                                                                                 \
      const double x = s[-1 - i.a], z = EXPRESSION;                                                          \
      EACH d[j] = z;                                                                                         \
    }                                                                                                        \
  } while (0)

#define BINARY(EXPRESSION) BINARY_OVER(IN_VECTORS, EXPRESSION)
#define UNARY(EXPRESSION) UNARY_OVER(IN_VECTORS, EXPRESSION)
// Functions of the C library, which has them for single numbers only.
#define CALL2(EXPRESSION) BINARY_OVER(ONE_BY_ONE, EXPRESSION)
#define CALL(EXPRESSION) UNARY_OVER(ONE_BY_ONE, EXPRESSION)

PVK_INLINE double operand(int32_t o, double *const *r, const double *s, size_t j) {
  return o >= 0 ? r[o][j] : s[-1 - o];
}

enum { block = 1024 }; // values that stay in the first-level cache from one instruction to the next

/// The whole program for n values from `first` on.
PVK_INLINE void run(const pvk_instruction *code, int32_t length, double *const *r, const double *s, size_t first,
                    size_t n) {
  for (int32_t p = 0; p < length; p++) {
    const pvk_instruction i = code[p];
    double *d = AT(i.destination);
    switch ((pvk_operation)i.operation) {
    case pvk_op_add: BINARY(x + y); break;
    case pvk_op_sub: BINARY(x - y); break;
    case pvk_op_mul: BINARY(x * y); break;
    case pvk_op_div: BINARY(x / y); break;
    case pvk_op_pow: CALL2(pow(x, y)); break;
    case pvk_op_min: BINARY(y < x ? y : x); break;
    case pvk_op_max: BINARY(y > x ? y : x); break;
    case pvk_op_atan2: CALL2(atan2(x, y)); break;
    case pvk_op_less: BINARY(x < y ? 1.0 : 0.0); break;
    case pvk_op_less_equal: BINARY(x <= y ? 1.0 : 0.0); break;
    case pvk_op_multiply_add:
      if (i.a >= 0 && i.b >= 0 && i.c >= 0) {
        const double *a = AT(i.a), *b = AT(i.b), *c = AT(i.c);
        IN_VECTORS d[j] = a[j] * b[j] + c[j];
      } else if (i.b >= 0 && i.c >= 0) {
        const double a = s[-1 - i.a], *b = AT(i.b), *c = AT(i.c);
        IN_VECTORS d[j] = a * b[j] + c[j];
      } else {
        for (size_t j = first; j < first + n; j++)
          r[i.destination][j] = operand(i.a, r, s, j) * operand(i.b, r, s, j) + operand(i.c, r, s, j);
      }
      break;
    case pvk_op_select:
      for (size_t j = first; j < first + n; j++)
        r[i.destination][j] = operand(i.a, r, s, j) != 0 ? operand(i.b, r, s, j) : operand(i.c, r, s, j);
      break;
    case pvk_op_neg: UNARY(-x); break;
    case pvk_op_sqrt: UNARY(__builtin_elementwise_sqrt(x)); break;
    case pvk_op_abs: UNARY(fabs(x)); break;
    case pvk_op_sign: UNARY(x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0); break;
    case pvk_op_floor: CALL(floor(x)); break;
    case pvk_op_sin: CALL(sin(x)); break;
    case pvk_op_cos: CALL(cos(x)); break;
    case pvk_op_tan: CALL(tan(x)); break;
    case pvk_op_asin: CALL(asin(x)); break;
    case pvk_op_acos: CALL(acos(x)); break;
    case pvk_op_atan: CALL(atan(x)); break;
    case pvk_op_sinh: CALL(sinh(x)); break;
    case pvk_op_cosh: CALL(cosh(x)); break;
    case pvk_op_tanh: CALL(tanh(x)); break;
    case pvk_op_asinh: CALL(asinh(x)); break;
    case pvk_op_acosh: CALL(acosh(x)); break;
    case pvk_op_atanh: CALL(atanh(x)); break;
    case pvk_op_exp: CALL(exp(x)); break;
    case pvk_op_log: CALL(log(x)); break;
    case pvk_op_erf: CALL(erf(x)); break;
    case pvk_op_erfc: CALL(erfc(x)); break;
    case pvk_op_j0: CALL(j0(x)); break;
    case pvk_op_j1: CALL(j1(x)); break;
    case pvk_op_copy: UNARY(x); break;
    }
  }
}

PVK_MULTIVERSION
void pvk_program_run(const pvk_instruction *code, int32_t length, double *const *registers, const double *scalars,
                     size_t count) {
  for (size_t first = 0; first < count; first += block)
    run(code, length, registers, scalars, first, count - first < block ? count - first : block);
}
