import Arrays

/// Compares the gradient of a tape with differences of its values.
public struct GradientCheck {
  /// The largest error of a derivative over the largest derivative, per array.
  public private(set) var errors: [(name: String, relativeError: Double)] = []
  /// The largest of them.
  public var largestError: Double { errors.map(\.relativeError).max() ?? 0 }

  /// Checks the derivatives of `Σ weight·result` for the parameters, and for the data that want a gradient.
  ///
  /// Central differences of fourth order; `tries` numbers of each array are varied, or all of a smaller one.
  ///
  /// - Parameters:
  ///   - tape: finished, its data written.
  ///   - loss: one of its results, of one number per sample.
  ///   - data: data that want a gradient.
  public init(
    _ tape: Tape<Double>, loss: Variable, data: [(name: String, Variable)] = [], samples: Int,
    step: Double = 1e-3,
    tries: Int = 12
  ) {
    let store = tape.store
    let gradients = AlignedStorage<Double>(count: max(store.layout.extent, 1))
    func value() -> Double {
      tape.forward(samples: samples)
      return (0..<samples).reduce(0) { $0 + tape.values(loss)[$1] }
    }
    _ = value()
    tape.backward(from: loss, seed: 1, gradients: gradients.baseAddress)
    var arrays: [(name: String, values: UnsafeMutablePointer<Double>, gradient: [Double])] = []
    // States have no derivative; what stands in its place is something else.
    for slot in store.layout.slots where slot.role != .state {
      arrays.append(
        (
          slot.name, store.values.baseAddress + slot.offset,
          (0..<slot.count).map { gradients.buffer[slot.offset + $0] }
        ))
    }
    for (name, variable) in data {
      let gradient = tape.gradient(variable)
      arrays.append((name, tape.values(variable), (0..<variable.count * samples).map { gradient[$0] }))
    }
    let stream = RandomStream(seed: 1, purpose: "gradient check")
    for (name, values, gradient) in arrays {
      let scale = gradient.reduce(0) { max($0, abs($1)) }
      var worst = 0.0
      for number in 0..<min(tries, gradient.count) {
        let index =
          gradient.count <= tries
          ? number : Int(stream.uniforms(at: UInt64(number)).x * Double(gradient.count)) % gradient.count
        let before = values[index]
        func shifted(_ multiple: Double) -> Double {
          values[index] = before + multiple * step
          defer { values[index] = before }
          return value()
        }
        let difference =
          (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * step)
        worst = max(worst, abs(difference - gradient[index]))
      }
      errors.append((name, scale > 0 ? worst / scale : worst))
    }
  }
}
