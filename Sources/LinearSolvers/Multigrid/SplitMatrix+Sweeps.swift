import CKernels

/// One chunk's share of each step of a cycle, in the precision of the matrix.
extension SplitMatrix {
  private func withParts<Result>(_ body: (UnsafePointer<pvk_split_matrix>) -> Result) -> Result {
    withUnsafePointer(to: parts, body)
  }

  /// x = (I + L)⁻¹ b.
  func forward(_ chunk: Int, _ b: CycleVector, _ x: CycleVector) {
    withParts {
      precision == .single
        ? pvk_forward_f32($0, Int32(chunk), b.singles, x.singles)
        : pvk_forward_f64($0, Int32(chunk), b.doubles, x.doubles)
    }
  }

  /// The same with the residual of a symmetric matrix, up to E.
  func forwardWithResidual(_ chunk: Int, _ b: CycleVector, _ x: CycleVector, _ r: CycleVector) {
    withParts {
      precision == .single
        ? pvk_forward_residual_f32($0, Int32(chunk), b.singles, x.singles, r.singles)
        : pvk_forward_residual_f64($0, Int32(chunk), b.doubles, x.doubles, r.doubles)
    }
  }

  /// x = (I + U)⁻¹ g.
  func backward(_ chunk: Int, _ g: CycleVector, _ x: CycleVector) {
    withParts {
      precision == .single
        ? pvk_backward_f32($0, Int32(chunk), g.singles, x.singles)
        : pvk_backward_f64($0, Int32(chunk), g.doubles, x.doubles)
    }
  }

  /// x = (I + U)⁻¹ x after `forward`, with the residual of a symmetric matrix, up to E.
  func backwardWithResidual(_ chunk: Int, _ b: CycleVector, _ x: CycleVector, _ r: CycleVector) {
    withParts {
      precision == .single
        ? pvk_backward_residual_f32($0, Int32(chunk), b.singles, x.singles, r.singles)
        : pvk_backward_residual_f64($0, Int32(chunk), b.doubles, x.doubles, r.doubles)
    }
  }

  /// One forward sweep on A x = b with e = E x; leaves g = b − L x.
  func forwardSweep(_ chunk: Int, _ b: CycleVector, _ e: CycleVector, _ x: CycleVector, _ g: CycleVector) {
    withParts {
      precision == .single
        ? pvk_forward_sweep_f32($0, Int32(chunk), b.singles, e.singles, x.singles, g.singles)
        : pvk_forward_sweep_f64($0, Int32(chunk), b.doubles, e.doubles, x.doubles, g.doubles)
    }
  }

  /// One backward sweep on A x = b with e = E x; g is scratch.
  func backwardSweep(_ chunk: Int, _ b: CycleVector, _ e: CycleVector, _ x: CycleVector, _ g: CycleVector) {
    withParts {
      precision == .single
        ? pvk_backward_sweep_f32($0, Int32(chunk), b.singles, e.singles, x.singles, g.singles)
        : pvk_backward_sweep_f64($0, Int32(chunk), b.doubles, e.doubles, x.doubles, g.doubles)
    }
  }

  /// e = E x on the border rows.
  func borderProduct(_ chunk: Int, _ x: CycleVector, _ e: CycleVector) {
    withParts {
      precision == .single
        ? pvk_border_product_f32($0, Int32(chunk), x.singles, e.singles)
        : pvk_border_product_f64($0, Int32(chunk), x.doubles, e.doubles)
    }
  }

  /// v −= e on the border rows.
  func borderSubtract(_ chunk: Int, _ e: CycleVector, from v: CycleVector) {
    withParts {
      precision == .single
        ? pvk_border_subtract_f32($0, Int32(chunk), e.singles, v.singles)
        : pvk_border_subtract_f64($0, Int32(chunk), e.doubles, v.doubles)
    }
  }

  /// r −= E x.
  func borderResidual(_ chunk: Int, _ x: CycleVector, _ r: CycleVector) {
    withParts {
      precision == .single
        ? pvk_border_residual_f32($0, Int32(chunk), x.singles, r.singles)
        : pvk_border_residual_f64($0, Int32(chunk), x.doubles, r.doubles)
    }
  }

  /// r = b − A x.
  func residual(_ chunk: Int, _ b: CycleVector, _ x: CycleVector, _ r: CycleVector) {
    withParts {
      precision == .single
        ? pvk_split_residual_f32($0, Int32(chunk), b.singles, x.singles, r.singles)
        : pvk_split_residual_f64($0, Int32(chunk), b.doubles, x.doubles, r.doubles)
    }
  }
}
