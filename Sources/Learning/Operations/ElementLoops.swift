package import Differentiation

// Loops over numbers, compiled for both types: through a generic they would be sixty times slower.

/// Copies `channels` of `points` from rows `sourceRow` apart to rows `targetRow` apart, or adds them to what stands there.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func copyChannels<Scalar: NetworkScalar>(
  _ source: UnsafePointer<Scalar>, row sourceRow: Int, to target: UnsafeMutablePointer<Scalar>,
  row targetRow: Int,
  points: Int, channels: Int, adding: Bool = false
) {
  if adding {
    for point in 0..<points {
      for channel in 0..<channels {
        target[point * targetRow + channel] += source[point * sourceRow + channel]
      }
    }
  } else {
    for point in 0..<points {
      for channel in 0..<channels {
        target[point * targetRow + channel] = source[point * sourceRow + channel]
      }
    }
  }
}

/// `target = scale·source + shift` with factors that repeat every `period` numbers; without shifts where there are none.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func scaleAndShift<Scalar: NetworkScalar>(
  _ source: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, count: Int,
  scale: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>?, period: Int, adding: Bool
) {
  for start in stride(from: 0, to: count, by: period) {
    for index in 0..<period {
      var value = scale[index] * source[start + index]
      if let shift { value += shift[index] }
      target[start + index] = adding ? target[start + index] + value : value
    }
  }
}

/// Σ (p − t)² and Σ t².
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func squaredNorms<Scalar: NetworkScalar>(
  _ p: UnsafePointer<Scalar>, _ t: UnsafePointer<Scalar>, _ count: Int
) -> (distance: Double, size: Double) {
  // Several sums at a time, in a fixed order whatever the processor.
  var distance = SIMD8<Double>.zero
  var size = SIMD8<Double>.zero
  var index = 0
  while index + 8 <= count {
    var (a, b) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
    for lane in 0..<8 {
      a[lane] = Double(p[index + lane])
      b[lane] = Double(t[index + lane])
    }
    let difference = a - b
    distance += difference * difference
    size += b * b
    index += 8
  }
  var result = (distance: distance.sum(), size: size.sum())
  while index < count {
    let (a, b) = (Double(p[index]), Double(t[index]))
    result.distance += (a - b) * (a - b)
    result.size += b * b
    index += 1
  }
  return result
}

/// ‖p − t‖ / ‖t‖; of t = 0 it is 0 where p is, too, else infinite.
package func relativeDistance<Scalar: NetworkScalar>(
  _ p: UnsafePointer<Scalar>, _ t: UnsafePointer<Scalar>, _ count: Int
) -> Double {
  let (distance, size) = squaredNorms(p, t, count)
  return distance == 0 ? 0 : (distance / size).squareRoot()
}

/// `target = factor·(p − t)`, or adds it.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func scaledDifference<Scalar: NetworkScalar>(
  _ p: UnsafePointer<Scalar>, _ t: UnsafePointer<Scalar>, _ factor: Scalar,
  into target: UnsafeMutablePointer<Scalar>, count: Int, adding: Bool
) {
  if adding {
    for index in 0..<count { target[index] += factor * (p[index] - t[index]) }
  } else {
    for index in 0..<count { target[index] = factor * (p[index] - t[index]) }
  }
}
