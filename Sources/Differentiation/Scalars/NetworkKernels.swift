import Arrays
import CKernels

/// The kernels of networks for one type of numbers.
///
/// A table of functions, so that generic code reaches them by one call and needs no specialisation for speed.
public struct NetworkKernels<Scalar: NetworkScalar>: Sendable {
  package let multiply: @Sendable (borrowing MatrixProducts<Scalar>) -> Void
  /// `x = f(x)` for `count` numbers, and f′ where it is wanted.
  package let activate:
    @Sendable (Activation, Int, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>?) -> Void
  /// rows × columns, source and its row distance, target and its row distance.
  package let transpose:
    @Sendable (Int, Int, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>, Int) -> Void
  /// `x *= y`: count, y, x.
  package let scale: @Sendable (Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  /// `y += x`: count, x, y.
  package let add: @Sendable (Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  /// Adds the sums of the columns of rows × columns contiguous numbers, after `x *= y` where y is given: rows, columns, y, x, sums.
  package let addColumns:
    @Sendable (
      Int, Int, UnsafePointer<Scalar>?, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) -> Void
  /// Sums with cosines and sines to coefficients; `true` writes each as (re, −im, im, re).
  package let combine:
    @Sendable (SpectralAxis, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Bool) -> Void
  /// Coefficients to what cosines and sines are multiplied with.
  package let separate: @Sendable (SpectralAxis, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  /// Weights, x, y.
  package let mix:
    @Sendable (ModeMixing, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  /// Weights, x, dy, dweights, whether to add to them, dx, scratch.
  package let mixBack:
    @Sendable (
      ModeMixing, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>,
      UnsafeMutablePointer<Scalar>, Bool, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) -> Void
  /// z, and the jet of f(z); z is left as `jetBack` needs it.
  package let jetForward:
    @Sendable (Activation, JetLayout, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  /// z and f(z) as `jetForward` left them, and a gradient of f(z) that becomes that of z.
  package let jetBack:
    @Sendable (
      Activation, JetLayout, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) -> Void

  /// For every point, the sum over channels of x's numbers times the gradient's, added to the row of the point.
  package let addOuterRows:
    @Sendable (OuterRows, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void

  /// Takes a gradient back through `f(z + bias)`: `dy *= f′` where there is an f, and its sums over rows are added to the gradient
  /// of the bias where that is wanted.
  package func addBiasGradient(
    rows: Int, width: Int, derivative: UnsafePointer<Scalar>?, _ dy: UnsafeMutablePointer<Scalar>,
    into gradient: UnsafeMutablePointer<Scalar>?
  ) {
    if let gradient {
      addColumns(rows, width, derivative, dy, gradient)
    } else if let derivative {
      scale(rows * width, derivative, dy)
    }
  }
}

/// One complex axis of a truncated Fourier transform.
///
/// Sums are of shape (2 (modes + 1), inner, 2, width), coefficients of shape (2 modes, inner) with (2, width) numbers
/// each, `stride` apart; frequencies 0 … modes − 1, then −modes … −1.
package struct SpectralAxis {
  package var modes: Int
  package var inner: Int
  package var width: Int
  package var stride: Int

  package init(modes: Int, inner: Int, width: Int, stride: Int) {
    self.modes = modes
    self.inner = inner
    self.width = width
    self.stride = stride
  }

  fileprivate var c: pvk_axis {
    pvk_axis(modes: Int32(modes), inner: Int32(inner), width: Int32(width), stride: stride)
  }
}

/// One complex matrix per mode, applied to the coefficients of a few samples.
package struct ModeMixing {
  package var modes: Int
  package var samples: Int
  package var inputs: Int
  package var outputs: Int
  /// The number of the matrix of every mode, each its own without; negative ones are modes that are dropped.
  package var slots: UnsafePointer<Int32>?
  /// The samples that there is room for per mode.
  package var capacity: Int

  package init(
    modes: Int, samples: Int, inputs: Int, outputs: Int, slots: UnsafePointer<Int32>?, capacity: Int
  ) {
    self.modes = modes
    self.samples = samples
    self.inputs = inputs
    self.outputs = outputs
    self.slots = slots
    self.capacity = capacity
  }

  fileprivate var c: pvk_mixing {
    pvk_mixing(
      modes: Int32(modes), samples: Int32(samples), inputs: Int32(inputs), outputs: Int32(outputs),
      slots: slots,
      capacity: Int32(capacity))
  }
}

extension Activation {
  fileprivate var c: pvk_activation {
    switch self {
    case .identity: pvk_identity
    case .gelu: pvk_gelu
    case .relu: pvk_relu
    case .silu: pvk_silu
    case .tanh: pvk_tanh
    case .sine: pvk_sine
    }
  }
}

extension JetLayout {
  fileprivate var c: pvk_jet {
    pvk_jet(
      count: count, distance: count, channels: Int32(channels), lines: Int32(lines),
      orders: orders.baseAddress, summed: Int32(summed), top: Int32(top))
  }
}

extension OuterRows {
  fileprivate var c: pvk_outer_rows {
    pvk_outer_rows(
      points: Int32(points), channels: Int32(channels), inner: Int32(inner), width: Int32(width),
      distance: distance)
  }
}

extension MatrixProduct {
  fileprivate var c: pvk_product {
    pvk_product(
      a: left, a_row: leftRow, a_column: leftColumn, a_batch: leftBatch, b: right, b_row: rightRow,
      b_batch: rightBatch, inner: Int32(inner), segments: Int32(segments?.count ?? 0),
      offsets: segments?.baseAddress)
  }
}

extension MatrixProducts {
  fileprivate var c: pvk_products {
    pvk_products(
      batch: Int32(batch), rows: Int32(rows), columns: Int32(columns), first: first.c,
      second: second?.c ?? pvk_product(), bias: bias, result: result, derivative: derivative,
      result_row: resultRow, result_batch: resultBatch, accumulates: accumulates ? 1 : 0,
      activation: activation.c, symmetry: symmetry.c)
  }
}

extension MatrixSymmetry {
  fileprivate var c: pvk_symmetry {
    switch self {
    case .none: pvk_asymmetric
    case .folded: pvk_folded
    case .mirrored: pvk_mirrored
    }
  }
}

extension Float: NetworkScalar {
  public static let networkKernels = NetworkKernels<Float>(
    multiply: {
      var products = $0.c
      pvk_multiply_f32(&products)
    },
    activate: { pvk_activate_f32($0.c, $1, $2, $3) },
    transpose: { pvk_transpose_f32(Int32($0), Int32($1), $2, $3, $4, $5) },
    scale: { pvk_scale_by_f32($0, $1, $2) },
    add: { pvk_add_to_f32($0, $1, $2) },
    addColumns: { pvk_add_columns_f32($0, Int32($1), $2, $3, $4) },
    combine: { pvk_combine_f32($0.c, $1, $2, $3 ? 1 : 0) },
    separate: { pvk_separate_f32($0.c, $1, $2) },
    mix: { pvk_mix_f32($0.c, $1, $2, $3) },
    mixBack: { pvk_mix_back_f32($0.c, $1, $2, $3, $4, $5 ? 1 : 0, $6, $7) },
    jetForward: { activation, layout, z, a in
      var jet = layout.c
      pvk_jet_forward_f32(activation.c, &jet, z, a)
    },
    jetBack: { activation, layout, z, a, gradient in
      var jet = layout.c
      pvk_jet_back_f32(activation.c, &jet, z, a, gradient)
    },
    addOuterRows: { pvk_outer_rows_f32($0.c, $1, $2, $3) })
}

extension Double: NetworkScalar {
  public static let networkKernels = NetworkKernels<Double>(
    multiply: {
      var products = $0.c
      pvk_multiply_f64(&products)
    },
    activate: { pvk_activate_f64($0.c, $1, $2, $3) },
    transpose: { pvk_transpose_f64(Int32($0), Int32($1), $2, $3, $4, $5) },
    scale: { pvk_scale_by_f64($0, $1, $2) },
    add: { pvk_add_to_f64($0, $1, $2) },
    addColumns: { pvk_add_columns_f64($0, Int32($1), $2, $3, $4) },
    combine: { pvk_combine_f64($0.c, $1, $2, $3 ? 1 : 0) },
    separate: { pvk_separate_f64($0.c, $1, $2) },
    mix: { pvk_mix_f64($0.c, $1, $2, $3) },
    mixBack: { pvk_mix_back_f64($0.c, $1, $2, $3, $4, $5 ? 1 : 0, $6, $7) },
    jetForward: { activation, layout, z, a in
      var jet = layout.c
      pvk_jet_forward_f64(activation.c, &jet, z, a)
    },
    jetBack: { activation, layout, z, a, gradient in
      var jet = layout.c
      pvk_jet_back_f64(activation.c, &jet, z, a, gradient)
    },
    addOuterRows: { pvk_outer_rows_f64($0.c, $1, $2, $3) })
}
