import Arrays

/// One level of an algebraic hierarchy above the coarsest: its matrix, its transfers, its vectors and its steps.
final class AlgebraicLevel: @unchecked Sendable {
  let matrix: SplitMatrix
  let prolongation: TransferMatrix
  let restriction: TransferMatrix
  let vectors: LevelVectors
  private let before: [Phase]
  private let after: [Phase]
  private let again: [Phase]
  private let ending: Phase

  /// - Parameters:
  ///   - sweeps: 1 for a forward sweep before and a backward one after the coarse level, 2 for both both times.
  ///   - coarse: the vectors of the next level.
  init(
    _ matrix: SplitMatrix, _ vectors: LevelVectors, prolongation: TransferMatrix, restriction: TransferMatrix,
    coarse: LevelVectors, sweeps: Int, isSymmetric: Bool, workers: Workers?
  ) {
    self.matrix = matrix
    self.prolongation = prolongation
    self.restriction = restriction
    self.vectors = vectors
    let (A, P, R, v) = (matrix, prolongation, restriction, vectors)
    func phase(_ body: @escaping @Sendable (Int) -> Void) -> Phase { Phase(A.chunks.count, workers, body) }
    // Without borders their phases are left out.
    func border(_ body: @escaping @Sendable (Int) -> Void) -> [Phase] {
      A.borderRowCount > 0 ? [phase(body)] : []
    }
    let residual: [Phase] =
      isSymmetric
      ? border { A.borderResidual($0, v.x, v.r) } : [phase { A.residual($0, v.b, v.x, v.r) }]
    let restrict = Phase(R.chunks.count, workers) { R.apply($0, v.r, into: coarse.b, adding: false) }
    let prolong = Phase(P.chunks.count, workers) { P.apply($0, coarse.x, into: v.x, adding: true) }
    if sweeps == 1 {
      before =
        [
          phase {
            isSymmetric ? A.forwardWithResidual($0, v.b, v.x, v.r) : A.forward($0, v.b, v.x)
          }
        ] + residual + [restrict]
      after =
        [prolong] + border { A.borderProduct($0, v.x, v.e) }
        + [phase { A.backwardSweep($0, v.b, v.e, v.x, v.r) }]
    } else {
      before =
        [phase { A.forward($0, v.b, v.x) }] + border { A.borderProduct($0, v.x, v.e) }
        + [
          phase {
            A.borderSubtract($0, v.e, from: v.x)
            isSymmetric ? A.backwardWithResidual($0, v.b, v.x, v.r) : A.backward($0, v.x, v.x)
          }
        ] + residual + [restrict]
      after =
        [prolong] + border { A.borderProduct($0, v.x, v.e) }
        + [phase { A.forwardSweep($0, v.b, v.e, v.x, v.r) }]
        + border { A.borderProduct($0, v.x, v.e) }
        + [
          phase {
            A.borderSubtract($0, v.e, from: v.r)
            A.backward($0, v.r, v.x)
          }
        ]
    }
    again = [phase { A.residual($0, v.b, v.x, v.r) }, phase { v.keep(A.chunks[$0]) }]
    ending = phase { v.addKept(A.chunks[$0]) }
  }

  /// Smooths from zero and restricts the residual.
  func descend() { for phase in before { phase.run() } }

  /// Adds the correction of the coarse level and smooths.
  func ascend() { for phase in after { phase.run() } }

  /// Puts the answer of a visit aside and makes its residual the right-hand side of another.
  func prepareSecondVisit() { for phase in again { phase.run() } }

  /// Adds what was put aside.
  func finishSecondVisit() { ending.run() }
}
