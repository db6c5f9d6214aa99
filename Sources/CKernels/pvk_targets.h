#ifndef PVK_TARGETS_H
#define PVK_TARGETS_H
/// Compiles a function for AVX-512, AVX2 and the baseline; the loader picks one.
#define PVK_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
/// For the loops inside such functions: they take the instruction set of their caller.
#define PVK_INLINE static inline __attribute__((always_inline))
#endif
