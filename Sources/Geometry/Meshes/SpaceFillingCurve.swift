import Arrays

/// The order of points along a Morton curve.
enum SpaceFillingCurve {
  /// Numbers of points, sorted by the interleaved bits of their coordinates within the bounding box.
  static func order(_ points: AlignedStorage<Double>, dimension: Int) -> [Int32] {
    let count = points.count / dimension
    let levels = Double(1 << (dimension == 1 ? 31 : dimension == 2 ? 31 : 20))
    var lower = [Double](repeating: .infinity, count: dimension)
    var extent = 0.0
    for axis in 0..<dimension {
      var upper = -Double.infinity
      for point in 0..<count {
        let value = points.baseAddress[point * dimension + axis]
        lower[axis] = min(lower[axis], value)
        upper = max(upper, value)
      }
      extent = max(extent, upper - lower[axis])
    }
    let scale = extent > 0 ? (levels - 1) / extent : 0
    var keyed = (0..<count).map { point in
      var key: UInt64 = 0
      for axis in 0..<dimension {
        let cell = UInt64(max(0, (points.baseAddress[point * dimension + axis] - lower[axis]) * scale))
        key |= spread(cell, dimension) << UInt64(axis)
      }
      return (key, Int32(point))
    }
    keyed.sort { $0.0 != $1.0 ? $0.0 < $1.0 : $0.1 < $1.1 }
    return keyed.map(\.1)
  }

  /// Puts `dimension − 1` zero bits between the bits of a number.
  private static func spread(_ value: UInt64, _ dimension: Int) -> UInt64 {
    var x = value
    switch dimension {
    case 1: return x
    case 2:
      x = (x | x << 16) & 0x0000_FFFF_0000_FFFF
      x = (x | x << 8) & 0x00FF_00FF_00FF_00FF
      x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F
      x = (x | x << 2) & 0x3333_3333_3333_3333
      return (x | x << 1) & 0x5555_5555_5555_5555
    default:
      x &= 0x1F_FFFF
      x = (x | x << 32) & 0x001F_0000_0000_FFFF
      x = (x | x << 16) & 0x001F_0000_FF00_00FF
      x = (x | x << 8) & 0x100F_00F0_0F00_F00F
      x = (x | x << 4) & 0x10C3_0C30_C30C_30C3
      return (x | x << 2) & 0x1249_2492_4924_9249
    }
  }
}
