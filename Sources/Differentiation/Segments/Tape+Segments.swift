// Tapes for a part of what another one computes.

extension Tape {
  /// A tape for a part of what this one computes, with the same parameters and scopes.
  func makeSegment() -> Tape {
    let segment = Tape(store, capacity: capacity, differentiates: differentiates, isTraining: isTraining)
    segment.scopes = scopes
    return segment
  }

  /// Data whose memory is given to every run.
  func borrow(_ shape: [Int], wantsGradient: Bool) -> Variable {
    let variable = input(shape, wantsGradient: wantsGradient)
    borrowed = variable.index
    return variable
  }

  /// Plans the memory as `finish` does, and leaves it to the owner, who gives it to every run.
  func finishSegment(results: [Variable]) -> Int { plan(results: results) }

  /// Computes a segment in the memory of its owner.
  func runSegment(
    _ owner: Tape, values: UnsafeMutablePointer<Scalar>, memory: UnsafeMutablePointer<Scalar>
  ) {
    (isTraining, step, firstSample) = (owner.isTraining, owner.step, owner.firstSample)
    self.memory = memory
    borrowedValues = values
    forward(samples: owner.samples, parameters: owner.parameters)
  }

  /// Takes gradients back through a segment that has just been run.
  ///
  /// - Parameter accumulates: for what is borrowed and for each parameter whether its gradient is added to.
  func differentiateSegment(
    _ owner: Tape, gradient: UnsafeMutablePointer<Scalar>?, accumulates: (Int) -> Bool
  ) {
    borrowedGradient = gradient
    if let borrowed { accumulatesVariable[borrowed] = accumulates(0) }
    for (number, parameter) in parameterVariables.enumerated() {
      accumulatesVariable[parameter.variable.index] = accumulates(number + 1)
    }
    propagate(gradients: owner.parameterGradients!, accumulates: false)
  }
}
