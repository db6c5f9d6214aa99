import Arrays
import Foundation
import Synchronization
import Testing

/// Counters that chunks write to from any worker.
private final class Tally: Sendable {
  let counts: Mutex<[Int]>
  let workers = Mutex<Set<Int>>([])

  init(_ chunks: Int) { counts = Mutex(Array(repeating: 0, count: chunks)) }

  func note(_ chunk: Int, _ worker: Int) {
    counts.withLock { $0[chunk] += 1 }
    _ = workers.withLock { $0.insert(worker) }
  }

  func usesOnly(_ known: Set<Int>) -> Bool { workers.withLock { $0.isSubset(of: known) } }

  var isOnceEach: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
}

@Suite("Workers")
struct WorkersTests {
  @Test("Every chunk runs once, on a worker that exists", arguments: 1...8)
  func everyChunkOnce(count: Int) {
    let workers = Workers(count: count)
    for chunks in [0, 1, 2, count, 3 * count + 1, 200] {
      for _ in 0..<20 {
        let tally = Tally(chunks)
        workers.run(chunks: chunks) { chunk, worker in tally.note(chunk, worker) }
        #expect(tally.isOnceEach)
        #expect(tally.usesOnly(Set(0..<count)))
      }
    }
  }

  @Test("Runs that follow each other closely or after a pause lose nothing", arguments: [2, 3, 5])
  func manyRuns(count: Int) {
    let workers = Workers(count: count)
    let sum = Atomic(0)
    let task = WorkerTask(chunks: 7) { chunk, _ in sum.add(chunk, ordering: .relaxed) }
    for round in 0..<3000 {
      workers.run(task)
      // Long enough for the threads to fall asleep.
      if round % 1000 == 999 { Thread.sleep(forTimeInterval: 0.005) }
    }
    #expect(sum.load(ordering: .relaxed) == 3000 * 21)
  }

  /// The first chunk waits for the second, which is in the same worker's part: another has to take it.
  @Test("Who is done takes chunks that belong to others", arguments: [2, 4])
  func stealing(count: Int) {
    let workers = Workers(count: count)
    let second = DispatchSemaphore(value: 0)
    let waited = Atomic(false)
    workers.run(chunks: 2 * count) { chunk, _ in
      if chunk == 1 { second.signal() }
      if chunk == 0 { waited.store(second.wait(timeout: .now() + 30) == .success, ordering: .relaxed) }
    }
    let hasWaited = waited.load(ordering: .relaxed)
    #expect(hasWaited)
  }

  @Test("A call from inside a chunk runs on the calling worker")
  func nestedCalls() {
    let workers = Workers(count: 3)
    let tally = Tally(12 * 5)
    let strays = Atomic(0)
    workers.run(chunks: 12) { outer, worker in
      workers.run(chunks: 5) { inner, own in
        if own != worker { strays.add(1, ordering: .relaxed) }
        tally.note(outer * 5 + inner, own)
      }
    }
    #expect(tally.isOnceEach)
    #expect(strays.load(ordering: .relaxed) == 0)
  }

  @Test("A chunk that calls another pool gets only workers that the other pool has")
  func nestedPools() {
    let outer = Workers(count: 4)
    // One small pool per chunk, as where every sample has its own.
    let pools = (0..<8).map { _ in Workers(count: 2) }
    let tally = Tally(8 * 6)
    outer.run(chunks: 8) { chunk, _ in
      // Every worker of the outer pool takes part.
      Thread.sleep(forTimeInterval: 0.01)
      pools[chunk].run(chunks: 6) { inner, worker in tally.note(chunk * 6 + inner, worker) }
    }
    #expect(tally.isOnceEach)
    #expect(tally.usesOnly([0, 1]))
  }

  @Test("Two threads may call the same pool at once")
  func concurrentCalls() {
    let workers = Workers(count: 2)
    let tallies = (0..<4).map { _ in Tally(500) }
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      workers.run(chunks: 500) { chunk, worker in tallies[caller].note(chunk, worker) }
    }
    for tally in tallies { #expect(tally.isOnceEach) }
  }

  @Test("Pools come and go")
  func lifetimes() {
    let sum = Atomic(0)
    for count in [1, 2, 8, 4, 2] {
      for _ in 0..<10 {
        let workers = Workers(count: count)
        workers.run(chunks: 5) { chunk, _ in sum.add(chunk, ordering: .relaxed) }
      }
    }
    #expect(sum.load(ordering: .relaxed) == 500)
  }
}
