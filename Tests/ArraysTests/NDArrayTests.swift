import Arrays
import Testing

@Suite("Arrays of values")
struct NDArrayTests {
  @Test("Elements stand in row-major order")
  func rowMajor() {
    let array = NDArray<Double>(shape: [2, 3, 4]) { Double($0) }
    #expect(array[0, 0, 0] == 0)
    #expect(array[0, 0, 3] == 3)
    #expect(array[0, 2, 0] == 8)
    #expect(array[1, 1, 2] == 18)
    #expect(array.count == 24)
    #expect(array.description == "NDArray<Double>(2 × 3 × 4)")
  }

  @Test("A copy keeps its values when the original is written to")
  func valueSemantics() {
    var original = NDArray(shape: [3], [1.0, 2, 3])
    let copy = original
    let reshaped = original.reshaped([3, 1])
    original[1] = 20
    original.withUnsafeMutableBuffer { $0[2] = 30 }
    #expect(copy.elements == [1, 2, 3])
    #expect(reshaped[1, 0] == 2)
    #expect(original.elements == [1, 20, 30])
  }

  @Test("A unique array is written in place")
  func writesInPlace() {
    var array = NDArray<Float>(shape: [1000])
    let before = array.withUnsafeBuffer { $0.baseAddress }
    for index in 0..<1000 { array[flat: index] = Float(index) }
    let after = array.withUnsafeBuffer { $0.baseAddress }
    #expect(after == before)
  }

  @Test("Equality looks at shape and elements")
  func equality() {
    let array = NDArray(shape: [2, 2], [1, 2, 3, 4])
    #expect(array == NDArray(shape: [2, 2], [1, 2, 3, 4]))
    #expect(array != NDArray(shape: [4], [1, 2, 3, 4]))
    #expect(array != NDArray(shape: [2, 2], [1, 2, 3, 5]))
  }

  @Test("Axes of length zero and arrays without axes exist")
  func degenerateShapes() {
    #expect(NDArray<Double>(shape: [3, 0, 2]).elements.isEmpty)
    var scalar = NDArray(shape: [], [7.0])
    #expect(scalar[] == 7)
    scalar[] = 8
    #expect(scalar.elements == [8])
  }
}

@Suite("Aligned memory")
struct AlignedStorageTests {
  @Test("Memory starts on a cache line and holds zeros", arguments: [0, 1, 3, 7, 64, 1000, 262_143, 262_145])
  func alignedAndZero(count: Int) {
    // Dirty memory of the same size first, so that zeros are not there by chance.
    do {
      let dirty = AlignedStorage<Double>(count: count)
      for index in 0..<count { dirty.baseAddress[index] = .nan }
    }
    let storage = AlignedStorage<Double>(count: count)
    #expect(UInt(bitPattern: storage.baseAddress) % 64 == 0)
    #expect(storage.buffer.count == count)
    let isZero = storage.buffer.allSatisfy { $0.bitPattern == 0 }
    #expect(isZero)
  }
}
