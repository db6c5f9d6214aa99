/// The integers that number the rows and columns of a sparse matrix: `Int`, or `Int32` where bandwidth counts.
///
/// Direct solvers need `Int`, which is also what other people's data comes in. Matrices that are only multiplied
/// with vectors move a quarter less memory with `Int32`. The kernels exist once for each.
public protocol SparseIndex: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable {}

extension Int: SparseIndex {}
extension Int32: SparseIndex {}
