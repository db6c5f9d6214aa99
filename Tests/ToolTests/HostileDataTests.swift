import Arrays
import DataSets
import Exchange
import Foundation
import Learning
import Parseval
import Testing

/// Damaged files given for training: always an answer.
@Suite struct HostileDataTests {
  private static let layout = {
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs) = (["a"], ["u"])
    return layout
  }()

  /// Four samples of `a` and `u` on 3 × 2 points, as ncgen writes them in a format.
  private func pairs(_ tool: Tool, format: String) throws -> [UInt8] {
    let numbers = { (first: Int) in (first..<first + 24).map { "\($0)" }.joined(separator: ", ") }
    try tool.write(
      """
      netcdf pairs { dimensions: sample = 4 ; x = 3 ; y = 2 ;
      variables: float a(sample, x, y) ; double u(sample, x, y) ; :title = "pairs" ;
      data: a = \(numbers(1)) ; u = \(numbers(50)) ; }
      """, to: "pairs.cdl")
    try generate(tool, "pairs.cdl", format: format, to: format)
    return Array(try Data(contentsOf: URL(fileURLWithPath: tool.path(format))))
  }

  private func generate(_ tool: Tool, _ text: String, format: String, to name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ncgen")
    process.arguments = ["-k", format, "-o", tool.path(name), tool.path(text)]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// Eight kilobytes may declare any size; the product of two lengths is beyond all integers.
  @Test(arguments: ["1048576", "1073741824"])
  func declaredSizesTakeNoMemory(_ length: String) throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(
      """
      netcdf huge { dimensions: sample = 4 ; x = \(length) ; y = 2147483648 ;
      variables: float a(sample, x, y) ; a:_Storage = "chunked" ; a:_ChunkSizes = 1, 1, 1000 ; }
      """, to: "huge.cdl")
    try generate(tool, "huge.cdl", format: "nc4", to: "huge.nc")
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs) = (["a"], ["a"])
    #expect(throws: DataSetError.self) {
      try ForeignSamples(
        path: tool.path("huge.nc"), layout: layout, split: .training, validation: 0, test: 0,
        isolation: .inProcess)
    }
  }

  /// One to four changes of bits, bytes, or fields of four and eight bytes, or a shorter file.
  private func mutated(_ seed: [UInt8], head: Int, _ stream: RandomStream, _ trial: Int) -> [UInt8] {
    var bytes = seed
    let first = stream.words(at: UInt64(trial) * 8)
    for change in 0..<Int(first.x % 4 + 1) {
      let words = stream.words(at: UInt64(trial) * 8 + 1 + UInt64(change))
      // Most changes hit what describes the file.
      let place = Int(words.x) % min(bytes.count, words.w % 3 > 0 ? head : bytes.count)
      let extreme = [0, 1, 0x7F, 0x80, 0xFF][Int(words.z) % 5] as UInt8
      switch words.y % 5 {
      case 0: bytes[place] ^= 1 << UInt8(words.z % 8)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: words.z)
      case 2, 3:
        let width = words.y % 5 == 2 ? 4 : 8
        for index in (place / 4 * 4)..<min(place / 4 * 4 + width, bytes.count) { bytes[index] = extreme }
      default: if words.w % 4 == 0 { bytes = Array(bytes.prefix(max(1, Int(words.z) % bytes.count))) }
      }
    }
    return bytes
  }

  /// Reads all samples of a file; whether that went well.
  private func isRead(_ data: () throws -> any TrainingData) throws -> Bool {
    do {
      let data = try data()
      // What a damaged file promises need not fit into memory.
      guard data.inputShape.reduce(1, *) <= 1 << 20, data.targetShape.reduce(1, *) <= 1 << 20 else {
        return false
      }
      let input = AlignedStorage<Float>(count: data.inputShape.reduce(1, *))
      let target = AlignedStorage<Float>(count: data.targetShape.reduce(1, *))
      for sample in 0..<min(data.count, 8) {
        try data.read(sample, input: input.baseAddress, target: target.baseAddress)
      }
      return true
    } catch let error as ExchangeError {
      #expect(!error.reason.isEmpty)
    } catch let error as DataSetError {
      #expect(!error.description.isEmpty)
    }
    return false
  }

  /// All that are read by way of a process of their own take minutes.
  private static let isLong = ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil

  /// Files of others, by way of a process of their own where they are not of the classic kind.
  @Test(arguments: [("nc3", 3_500), ("nc6", 3_500), ("nc4", isLong ? 1_500 : 150)])
  func mutatedFilesOfOthers(_ format: String, _ count: Int) throws {
    let tool = try Tool()
    defer { tool.clean() }
    let seed = try pairs(tool, format: format)
    let isolation = NetCDF.Isolation.childProcess(executable: try Tool.executable)
    func data() throws -> any TrainingData {
      try ForeignSamples(
        path: tool.path("m.nc"), layout: Self.layout, split: .training, validation: 0.25, test: 0.25,
        isolation: isolation)
    }
    let stream = RandomStream(seed: 11, purpose: "mutated pairs \(format)")
    var read = 0
    for trial in 0..<count {
      let bytes = trial == 0 ? seed : mutated(seed, head: format == "nc4" ? seed.count : 300, stream, trial)
      try Data(bytes).write(to: URL(fileURLWithPath: tool.path("m.nc")))
      if try isRead(data) { read += 1 } else { #expect(trial > 0) }
    }
    // Both ways are travelled.
    #expect(read > count / 50 && read < count * 9 / 10, "\(read) of \(count) were read")
  }

  /// Data sets of this program.
  @Test func mutatedDataSets() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(
      """
      problem: small
      domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
      unknowns: [u]
      equations: [dt(u) = 0.01*dxx(u)]
      initial: {u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}}
      discretization: {x: 8}
      output: {every: 0.5}

      """, to: "small.yaml")
    let made = try tool.run("generate", "small.yaml", "--samples", "4", "-o", "small.nc", "--quiet")
    try #require(made.status == 0, "\(made.errors)")
    let seed = Array(try Data(contentsOf: URL(fileURLWithPath: tool.path("small.nc"))))
    let file = try ProblemFileReader.standard.read(file: tool.path("small.yaml"))
    func data() throws -> any TrainingData {
      let data = try DataSetFile(path: tool.path("m.nc"))
      try data.check(problem: "small", statement: file.statementText)
      return try OperatorSamples(
        data, split: .training, inputs: [DataQuantity(parsing: "initial.u")],
        outputs: [DataQuantity(parsing: "u(t=0.5:1)")])
    }
    let stream = RandomStream(seed: 12, purpose: "mutated data sets")
    var read = 0
    for trial in 0..<1_500 {
      let bytes = trial == 0 ? seed : mutated(seed, head: seed.count, stream, trial)
      try Data(bytes).write(to: URL(fileURLWithPath: tool.path("m.nc")))
      if try isRead(data) { read += 1 } else { #expect(trial > 0) }
    }
    #expect(read > 30 && read < 1_350, "\(read) were read")
  }

  /// The program itself, on some of them: an error with its exit status, never a signal.
  @Test func theProgramAnswers() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let seed = try pairs(tool, format: "nc4")
    try tool.writePairsProblem(
      points: (3, 2), model: "{type: fno, modes: 1, width: 2, layers: 1, projection: 4}",
      training: "{epochs: 1, batch: 2}", file: "m.nc", split: 0.25)
    let stream = RandomStream(seed: 13, purpose: "mutated for the program")
    for trial in 0..<30 {
      let bytes = trial == 0 ? seed : mutated(seed, head: seed.count, stream, trial)
      try Data(bytes).write(to: URL(fileURLWithPath: tool.path("m.nc")))
      let result = try tool.run(
        "train", "pairs.yaml", "-o", "run", "--overwrite", "--quiet", "--no-baselines")
      #expect([0, 65].contains(result.status), "\(trial): \(result.status), \(result.errors)")
      #expect(trial > 0 || result.status == 0)
    }
  }
}
