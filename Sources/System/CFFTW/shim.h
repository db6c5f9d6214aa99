#include <fftw3.h>

/// FFTW's version text: an array of unknown length does not reach Swift.
static inline const char *parseval_fftw_version(void) { return fftw_version; }
