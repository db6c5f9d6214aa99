import Arrays

extension ParameterStore {
  /// Moves what is kept but not trained, such as running means, towards what the last step saw: `r ← r + momentum·(s − r)`.
  ///
  /// In the place of its gradient every run leaves `Σ (r − s)` over its samples, where s is what the run saw. So statistics are
  /// summed over the chunks of a batch in the same fixed order as gradients, whatever the number of threads. To be called once the
  /// chunks are summed, before gradients are clipped and given to an optimizer: those of states are zero afterwards.
  ///
  /// - Parameters:
  ///   - gradients: of all parameters, in the layout's order, summed over the batch and not yet divided by anything.
  ///   - samples: of the batch.
  ///   - momentum: the weight of the new.
  public func updateStates(
    gradients: UnsafeMutablePointer<Scalar>, samples: Int, momentum: Scalar = 0.1
  ) {
    for slot in layout.slots where slot.role == .state {
      let (state, gradient) = (values.baseAddress + slot.offset, gradients + slot.offset)
      for index in 0..<slot.count {
        state[index] -= momentum * gradient[index] / Scalar(samples)
        gradient[index] = 0
      }
    }
  }
}
