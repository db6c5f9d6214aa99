#ifndef PVK_TARGETS_H
#define PVK_TARGETS_H
/// Compiles a function for AVX-512, AVX2 and the baseline; the loader picks one.
#define PVK_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
/// Whether the first of them was picked: 32 registers of 64 bytes.
#define PVK_HAS_WIDE_REGISTERS __builtin_cpu_supports("x86-64-v4")
/// For the loops inside such functions: they take the instruction set of their caller.
#define PVK_INLINE static inline __attribute__((always_inline))
#endif
