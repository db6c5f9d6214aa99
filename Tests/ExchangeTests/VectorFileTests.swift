import Arrays
import Exchange
import Testing

@Suite("Vectors in files")
struct VectorFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Vectors are read back bit for bit", arguments: ["v.npy", "v.mtx", "v.txt", "v"])
  func roundTrip(name: String) throws {
    let vector = NDArray<Double>(shape: [5], [1, -0.0, 1 / 3, 0x1p-1060, -2e17])
    try VectorFile.write(vector, to: folder(name))
    let read = try VectorFile.read(folder(name))
    #expect(read.shape == [5])
    #expect(read.elements.map(\.bitPattern) == vector.elements.map(\.bitPattern))
  }

  @Test("Text, sparse columns and single rows are vectors")
  func spellings() throws {
    try put(Array("# b\n1 2\n\n% more\n 3\t4e0\r\n".utf8), to: folder("b.txt"))
    #expect(try VectorFile.read(folder("b.txt")).elements == [1, 2, 3, 4])
    let sparse = "%%MatrixMarket matrix coordinate real general\n3 1 2\n3 1 5\n3 1 2\n"
    try put(Array(sparse.utf8), to: folder("b.mtx"))
    #expect(try VectorFile.read(folder("b.mtx")).elements == [0, 0, 7])
    try NumPyFile.write(NDArray<Double>(shape: [1, 2], [3, 4]), to: folder("b.npy"))
    #expect(try VectorFile.read(folder("b.npy")).elements == [3, 4])
  }

  @Test("What is no vector of numbers is refused")
  func refused() throws {
    try NumPyFile.write(NDArray<Double>(shape: [2, 2]), to: folder("m.npy"))
    try NumPyFile.write(NDArray<Double>(shape: [2], [0, .nan]), to: folder("n.npy"))
    try put(Array("1\ntwo\n".utf8), to: folder("w.txt"))
    try put([], to: folder("e.txt"))
    for (name, words, line) in [
      ("m.npy", "2 × 2", nil), ("n.npy", "number 2 is nan", nil), ("w.txt", "'two'", 2),
      ("e.txt", "no numbers", nil),
    ] as [(String, String, Int?)] {
      let error = #expect(throws: ExchangeError.self) { try VectorFile.read(folder(name)) }
      #expect(error?.description.contains(words) == true && error?.line == line)
    }
    try put(Array("1 2 3\n".utf8), to: folder("t.txt"))
    #expect(throws: ExchangeError.self) { try VectorFile.read(folder("t.txt"), memoryLimit: 16) }
  }
}
