import Arrays
import Differentiation
import Learning

/// A collocation loss in double precision as a sum of squares.
package final class CollocationLeastSquares: LeastSquaresModel {
  private let system: CollocationSystem<Double>
  private let place: AlignedStorage<Double>

  package init(_ system: CollocationSystem<Double>) {
    self.system = system
    place = AlignedStorage(count: max(1, system.store.layout.extent))
    place.baseAddress.update(from: system.store.values.baseAddress, count: system.store.layout.extent)
  }

  package var parameterCount: Int { system.parameterCount }
  package var rowCount: Int { system.rowCount }

  package func loss(at parameters: UnsafePointer<Double>) -> Double {
    spread(parameters)
    return system.total(system.losses(at: place.baseAddress))
  }

  package func linearize(
    at parameters: UnsafePointer<Double>, into rows: UnsafeMutablePointer<Double>, distance: Int
  ) -> Double {
    spread(parameters)
    return system.linearize(at: place.baseAddress, into: rows, distance: distance)
  }

  private func spread(_ parameters: UnsafePointer<Double>) {
    for (index, target) in system.columns.places.enumerated() {
      place.baseAddress[target] = parameters[index]
    }
  }

  /// The parameters of the system, one after the other.
  package var parameters: [Double] {
    get { system.columns.places.map { system.store.values.baseAddress[$0] } }
    set {
      for (index, target) in system.columns.places.enumerated() {
        system.store.values.baseAddress[target] = newValue[index]
      }
    }
  }
}
