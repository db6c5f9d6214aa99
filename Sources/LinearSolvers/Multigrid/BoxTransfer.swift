import Arrays
import CKernels

/// Interpolation between two levels of a box and its transpose.
final class BoxTransfer: @unchecked Sendable {
  let fine: BoxLevel
  let coarse: BoxLevel
  private var transfers = pvk_box_transfers()

  init(_ fine: BoxLevel, _ coarse: BoxLevel, coarsened: [Bool]) {
    (self.fine, self.coarse) = (fine, coarse)
    // Variable coefficients come with values per unknown, constant ones with values per volume.
    let isPerVolume = fine.conductances == nil
    func along(_ axis: Int) -> pvk_box_transfer {
      var transfer = pvk_box_transfer()
      transfer.ratio = coarsened[axis] ? 2 : 1
      guard coarsened[axis] else { return transfer }
      let weights = BoxInterpolation(
        from: coarse.axes[axis], to: fine.axes[axis], isPerVolume: isPerVolume)
      (transfer.even_below, transfer.even_above) = (
        coarse.stored(weights.evenBelow), coarse.stored(weights.evenAbove)
      )
      (transfer.odd_below, transfer.odd_above) = (
        coarse.stored(weights.oddBelow), coarse.stored(weights.oddAbove)
      )
      let taps = weights.restriction.map(coarse.stored)
      (transfer.first, transfer.second, transfer.third, transfer.fourth) = (
        taps[0], taps[1], taps[2], taps[3]
      )
      return transfer
    }
    transfers = pvk_box_transfers(x: along(0), y: along(1), z: along(2))
  }

  /// Writes the right-hand side of the coarse level on a chunk of its rows.
  func restrict(_ chunk: Int) {
    let (box, coarseBox, transfers) = (fine.box, coarse.box, transfers)
    withUnsafePointer(to: box) { box in
      withUnsafePointer(to: coarseBox) { coarseBox in
        withUnsafePointer(to: transfers) { transfers in
          pvk_box_restrict(
            box, coarseBox, transfers, coarse.first(chunk), coarse.last(chunk), fine.r.baseAddress,
            coarse.f.baseAddress)
        }
      }
    }
  }

  /// Adds the correction of the coarse level on a chunk of fine rows.
  func prolong(_ chunk: Int) {
    let (box, coarseBox, transfers) = (fine.box, coarse.box, transfers)
    withUnsafePointer(to: box) { box in
      withUnsafePointer(to: coarseBox) { coarseBox in
        withUnsafePointer(to: transfers) { transfers in
          pvk_box_prolong(
            box, coarseBox, transfers, fine.first(chunk), fine.last(chunk), coarse.u.baseAddress,
            fine.u.baseAddress)
        }
      }
    }
  }
}
