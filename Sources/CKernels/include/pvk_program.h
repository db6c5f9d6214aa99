#ifndef PVK_PROGRAM_H
#define PVK_PROGRAM_H
#include <stddef.h>
#include <stdint.h>

/// Operations of a pointwise program. Operands are registers of one block of values, or scalars.
typedef enum : int32_t {
  pvk_op_add, pvk_op_sub, pvk_op_mul, pvk_op_div, pvk_op_pow, pvk_op_min, pvk_op_max, pvk_op_atan2,
  pvk_op_less, pvk_op_less_equal,
  pvk_op_multiply_add, // a * b + c
  pvk_op_select,       // a != 0 ? b : c
  pvk_op_neg, pvk_op_sqrt, pvk_op_abs, pvk_op_sign, pvk_op_floor,
  pvk_op_sin, pvk_op_cos, pvk_op_tan, pvk_op_asin, pvk_op_acos, pvk_op_atan,
  pvk_op_sinh, pvk_op_cosh, pvk_op_tanh, pvk_op_asinh, pvk_op_acosh, pvk_op_atanh,
  pvk_op_exp, pvk_op_log, pvk_op_erf, pvk_op_erfc, pvk_op_j0, pvk_op_j1,
  pvk_op_copy,
} pvk_operation;

/// Operand numbers: r >= 0 is register r; r < 0 is scalar -1 - r.
typedef struct {
  int32_t operation;
  int32_t destination;
  int32_t a, b, c;
} pvk_instruction;

/// Runs a program over blocks: registers[r] points at `count` values, scalars hold one number each.
void pvk_program_run(const pvk_instruction *_Nonnull code, int32_t length,
                     double *_Nonnull const *_Nonnull registers, const double *_Nonnull scalars, size_t count);
#endif
