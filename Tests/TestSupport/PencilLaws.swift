import Foundation
import Arrays
import Simulation
package import Spectral

/// Sums over all modes and all points: what a `PencilEvaluator` computes, in the plainest way.
package struct PencilLaws {
  package let layout: PencilLayout

  package init(_ layout: PencilLayout) { self.layout = layout }

  /// Coefficients of a real function, the same for the same purpose.
  package func coefficients(_ functions: [AxisFunctions], purpose: String) -> [Double] {
    let stream = RandomStream(seed: 5, purpose: purpose)
    let result = AlignedStorage<Double>(count: layout.length)
    for mode in 0..<layout.modes {
      let pair = stream.normals(at: UInt64(mode))
      let isIdle = zip(rows(mode), functions).contains { $0 == 0 && $1 == .sine }
      result.baseAddress[mode * layout.width] = isIdle ? 0 : pair.x
      if layout.isComplex { result.baseAddress[2 * mode + 1] = isIdle ? 0 : pair.y }
    }
    if layout.isComplex { layout.projectToRealField(result.baseAddress) }
    return Array(result.buffer)
  }

  /// The values of a function on the grid, in storage order.
  package func values(_ coefficients: [Double], _ functions: [AxisFunctions]) -> [Double] {
    let shape = layout.gridShape
    return (0..<layout.gridPoints).map { point in
      let places = indices(point, shape)
      return (0..<layout.modes).reduce(0) { sum, mode in
        let rows = rows(mode)
        var wave = coefficient(coefficients, mode)
        for axis in places.indices { wave = wave * basis(rows[axis], places[axis], axis, functions[axis]) }
        let isHalved = layout.isComplex && rows[layout.dimension - 1] > 0
        return sum + (isHalved ? 2 : 1) * wave.re
      }
    }
  }

  /// The kept coefficients of values on the grid.
  package func analysis(_ values: [Double], _ functions: [AxisFunctions]) -> [Double] {
    let shape = layout.gridShape
    return (0..<layout.modes).flatMap { mode -> [Double] in
      let rows = rows(mode)
      var sum = Complex.zero
      for (point, value) in values.enumerated() {
        let places = indices(point, shape)
        var weight = Complex(value)
        for axis in places.indices {
          let wave = basis(rows[axis], places[axis], axis, functions[axis])
          let isWhole = functions[axis] == .fourier || (functions[axis] == .cosine && rows[axis] == 0)
          weight = (isWhole ? 1 : 2) / Double(shape[axis]) * (weight * Complex(wave.re, -wave.im))
        }
        sum += weight
      }
      return layout.isComplex ? [sum.re, sum.im] : [sum.re]
    }
  }

  private func coefficient(_ coefficients: [Double], _ mode: Int) -> Complex {
    layout.isComplex
      ? Complex(coefficients[2 * mode], coefficients[2 * mode + 1]) : Complex(coefficients[mode])
  }

  private func rows(_ mode: Int) -> [Int] { indices(mode, layout.counts) }

  private func indices(_ flat: Int, _ shape: [Int]) -> [Int] {
    var rest = flat
    var result = shape
    for axis in shape.indices.reversed() {
      result[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return result
  }

  /// The function of a row at a grid point of an axis.
  private func basis(_ row: Int, _ point: Int, _ axis: Int, _ functions: AxisFunctions) -> Complex {
    let phase =
      layout.wavenumber(ofRow: row, axis: axis, functions: functions)
      * (layout.coordinate(point, axis: axis) - layout.axes[axis].lower)
    return switch functions {
    case .fourier: Complex(cos(phase), sin(phase))
    case .sine, .sineCosine: Complex(sin(phase))
    case .cosine, .cosineSine: Complex(cos(phase))
    }
  }
}
