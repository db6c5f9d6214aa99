#ifndef PVK_TILES_H
#define PVK_TILES_H
#include <stddef.h>
#include <stdint.h>

/// Sine, cosine and Fourier transforms of sixteen real lines at once. A tile holds one row of sixteen doubles per
/// point of the lines; neighbouring lines make up complex numbers, so that one complex transform serves two lines.
/// What is here are the steps around that transform. Tiles are 64-byte aligned.
enum { pvk_tile_width = 16 };

/// Moves `width` <= 16 lines of n points into rows map[j] of a tile, the other columns zero; every second point
/// with its sign changed if `alternates`. Points of a line are `step` apart and lines neighbours (columns), or
/// points neighbours and lines `step` apart (lines).
void pvk_tile_load_columns(const double *_Nonnull source, size_t step, size_t width, size_t n,
                           const int32_t *_Nonnull map, int32_t alternates, double *_Nonnull tile);
void pvk_tile_load_lines(const double *_Nonnull source, size_t step, size_t width, size_t n,
                         const int32_t *_Nonnull map, int32_t alternates, double *_Nonnull tile);
/// The way back: point j from row map[j].
void pvk_tile_store_columns(double *_Nonnull destination, size_t step, size_t width, size_t n,
                            const int32_t *_Nonnull map, int32_t alternates, const double *_Nonnull tile);
void pvk_tile_store_lines(double *_Nonnull destination, size_t step, size_t width, size_t n,
                          const int32_t *_Nonnull map, int32_t alternates, const double *_Nonnull tile);

/// From the complex transform of reordered lines to their cosine coefficients (DCT-II), and from coefficients to
/// what the backward complex transform wants (DCT-III). `angles` has (cos, sin)(pi k / 2n), k = 0...n/2.
void pvk_tile_to_cosines(double *_Nonnull tile, size_t n, const double *_Nonnull angles);
void pvk_tile_from_cosines(double *_Nonnull tile, size_t n, const double *_Nonnull angles);
/// The same for real Fourier coefficients in FFTW's half-complex order.
void pvk_tile_to_halfcomplex(double *_Nonnull tile, size_t n);
void pvk_tile_from_halfcomplex(double *_Nonnull tile, size_t n);
/// Fills rows of a line's even or odd extension of 2 (n - 1) or 2 (n + 1) rows from those of the line itself.
void pvk_tile_mirror_even(double *_Nonnull tile, size_t n);
void pvk_tile_mirror_odd(double *_Nonnull tile, size_t n);
/// Multiplies all pairs by i.
void pvk_tile_turn(double *_Nonnull tile, size_t rows);
/// Divides row j, column c by normalization * (coefficient * (rows[j] + columns[c]) + shift). Where the bracket is not
/// above the threshold, sets zero instead; returns the largest of what was there, over the normalization.
double pvk_tile_divide(double *_Nonnull tile, size_t count, const double *_Nonnull rows,
                       const double *_Nonnull columns, double coefficient, double shift, double normalization,
                       double threshold);
#endif
