import Arrays
import DataSets
import Exchange
import Testing

/// Files of others, whose axes stand in other orders.
@Suite struct ForeignSamplesTests {
  /// `nu(sample, x, y)` and `tensor(sample, time, x, y)`, as PDEBench has them, and `flow(time, sample, channel, x, y)`.
  private func write(_ path: String) throws {
    let lengths = [("s", 5), ("t", 3), ("c", 2), ("x", 4), ("y", 6)]
    let writer = try NetCDFWriter(
      path: path,
      schema: NetCDFSchema(
        dimensions: lengths.map { NetCDFDimension(name: $0.0, length: $0.1) },
        variables: [
          .field(name: "nu", dimensions: ["s", "x", "y"]),
          .field(name: "tensor", dimensions: ["s", "t", "x", "y"], type: .float),
          .field(name: "flow", dimensions: ["t", "s", "c", "x", "y"]),
          .field(name: "series", dimensions: ["s", "t"]),
        ]))
    for (name, shape) in [("nu", [5, 4, 6]), ("tensor", [5, 3, 4, 6]), ("flow", [3, 5, 2, 4, 6])] {
      try writer.write(NDArray<Double>(shape: shape) { Double($0) }, to: name)
    }
    try writer.close()
  }

  private func read(_ samples: ForeignSamples, _ number: Int) throws -> (NDArray<Double>, NDArray<Double>) {
    var input = NDArray<Double>(shape: samples.inputShape)
    var target = NDArray<Double>(shape: samples.targetShape)
    try input.withUnsafeMutableBuffer { input in
      try target.withUnsafeMutableBuffer { target in
        try samples.read(number, input: input.baseAddress!, target: target.baseAddress!)
      }
    }
    return (input, target)
  }

  @Test func aVariableWithFewerAxesLacksTime() throws {
    let data = try SampleData()
    defer { data.clean() }
    try write(data.path("foreign.nc"))
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs, layout.time) = (["nu"], ["tensor"], .number(1))
    layout.inputScale = .init(factor: 2, offset: 1)
    let samples = try ForeignSamples(
      path: data.path("foreign.nc"), layout: layout, split: .validation, validation: 0.4, test: 0.2,
      isolation: .inProcess)
    #expect(samples.positions == 2..<4)
    #expect(samples.inputShape == [4, 6, 1] && samples.targetShape == [4, 6, 1])
    let (input, target) = try read(samples, 1)
    // Sample 3, point (1, 2); the last record unless another is asked for.
    #expect(input[1, 2, 0] == 2 * Double((3 * 4 + 1) * 6 + 2) + 1)
    #expect(target[1, 2, 0] == Double(((3 * 3 + 2) * 4 + 1) * 6 + 2))
  }

  @Test func recordsAndChannelsBecomeChannels() throws {
    let data = try SampleData()
    defer { data.clean() }
    try write(data.path("foreign.nc"))
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs) = (["flow", "nu"], ["tensor"])
    (layout.sample, layout.time, layout.channel) = (.name("s"), .name("t"), .name("c"))
    (layout.inputRecords, layout.outputRecords) = (0...1, 2...2)
    let samples = try ForeignSamples(
      path: data.path("foreign.nc"), layout: layout, split: .training, validation: 0, test: 0,
      isolation: .inProcess)
    #expect(samples.inputShape == [4, 6, 5])
    #expect(
      samples.inputChannels == [
        "flow[0] of record 0", "flow[1] of record 0", "flow[0] of record 1", "flow[1] of record 1", "nu",
      ])
    #expect(samples.inputFields == ["flow[0]", "flow[1]", "flow[0]", "flow[1]", "nu"])
    let (input, _) = try read(samples, 4)
    for record in 0..<2 {
      for channel in 0..<2 {
        let flat = (((record * 5 + 4) * 2 + channel) * 4 + 3) * 6 + 5
        #expect(input[3, 5, 2 * record + channel] == Double(flat))
      }
    }
    #expect(input[3, 5, 4] == Double((4 * 4 + 3) * 6 + 5))
  }

  /// Scalars and vectors side by side, as The Well has them: a trailing axis of channels, or none.
  @Test func aVariableWithFewerAxesLacksChannelsWhereItsPointsSaySo() throws {
    let data = try SampleData()
    defer { data.clean() }
    let path = data.path("well.nc")
    let lengths = [("s", 5), ("t", 3), ("x", 4), ("y", 6), ("d", 2)]
    let writer = try NetCDFWriter(
      path: path,
      schema: NetCDFSchema(
        dimensions: lengths.map { NetCDFDimension(name: $0.0, length: $0.1) },
        variables: [
          .field(name: "density", dimensions: ["s", "t", "x", "y"]),
          .field(name: "velocity", dimensions: ["s", "t", "x", "y", "d"]),
          .field(name: "force", dimensions: ["s", "x", "y", "d"]),
          .field(name: "depth", dimensions: ["s", "x", "y"]),
        ]))
    for (name, shape) in [
      ("density", [5, 3, 4, 6]), ("velocity", [5, 3, 4, 6, 2]), ("force", [5, 4, 6, 2]),
      ("depth", [5, 4, 6]),
    ] { try writer.write(NDArray<Double>(shape: shape) { Double($0) }, to: name) }
    try writer.close()
    var layout = ForeignLayout()
    layout.inputs = ["density", "velocity", "force", "depth"]
    layout.outputs = ["density", "velocity"]
    (layout.time, layout.channel) = (.number(1), .number(-1))
    let samples = try ForeignSamples(
      path: path, layout: layout, split: .training, validation: 0, test: 0, isolation: .inProcess)
    #expect(samples.inputShape == [4, 6, 6] && samples.targetShape == [4, 6, 3])
    #expect(
      samples.inputChannels == ["density", "velocity[0]", "velocity[1]", "force[0]", "force[1]", "depth"])
    #expect(samples.outputFields == 3)
    let (input, target) = try read(samples, 2)
    let point = 1 * 6 + 5
    let record = { (time: Int) in (2 * 3 + time) * 24 + point }
    #expect(
      (0..<6).map { input[1, 5, $0] }
        == [
          record(0), 2 * record(0), 2 * record(0) + 1, 2 * (2 * 24 + point), 2 * (2 * 24 + point) + 1,
          2 * 24 + point,
        ].map(Double.init))
    #expect(
      (0..<3).map { target[1, 5, $0] } == [record(2), 2 * record(2), 2 * record(2) + 1].map(Double.init))
  }

  /// As the CF conventions have it.
  @Test func packedNumbersAreUnpackedAndMissingOnesRefused() throws {
    let data = try SampleData()
    defer { data.clean() }
    let path = data.path("packed.nc")
    var packed = NetCDFVariable.field(name: "u", dimensions: ["s", "x"], type: .int32)
    packed.attributes = [
      NetCDFAttribute("scale_factor", .doubles([0.5])), NetCDFAttribute("add_offset", .doubles([3])),
      NetCDFAttribute("missing_value", .integers([-9])),
    ]
    let writer = try NetCDFWriter(
      path: path,
      schema: NetCDFSchema(
        dimensions: [NetCDFDimension(name: "s", length: 3), NetCDFDimension(name: "x", length: 4)],
        variables: [packed]))
    try writer.write(NDArray<Double>(shape: [3, 4]) { $0 == 9 ? -9 : Double($0) }, to: "u")
    try writer.close()
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs) = (["u"], ["u"])
    layout.outputScale = .init(factor: 10, offset: 1)
    let samples = try ForeignSamples(
      path: path, layout: layout, split: .training, validation: 0, test: 0, isolation: .inProcess)
    let (input, target) = try read(samples, 1)
    #expect(input.elements == [5, 5.5, 6, 6.5] && target.elements == [51, 56, 61, 66])
    #expect(throws: DataSetError.notFinite(path: path, variable: "u", sample: 2)) { try read(samples, 2) }
  }

  /// However they are asked for, one after the other or here and there.
  @Test func samplesAreTheSameInAnyOrder() throws {
    let data = try SampleData()
    defer { data.clean() }
    try write(data.path("foreign.nc"))
    var layout = ForeignLayout()
    (layout.inputs, layout.outputs, layout.time) = (["nu"], ["tensor"], .number(1))
    let samples = try ForeignSamples(
      path: data.path("foreign.nc"), layout: layout, split: .training, validation: 0, test: 0,
      isolation: .inProcess)
    for number in [0, 1, 2, 3, 4, 2, 0, 4, 1, 2, 3] {
      let (input, target) = try read(samples, number)
      #expect(input.elements == (0..<24).map { Double(number * 24 + $0) })
      #expect(target.elements == (0..<24).map { Double((number * 3 + 2) * 24 + $0) })
    }
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let data = try SampleData()
    defer { data.clean() }
    try write(data.path("foreign.nc"))
    func attempt(_ change: (inout ForeignLayout) -> Void) throws {
      var layout = ForeignLayout()
      (layout.inputs, layout.outputs, layout.time) = (["nu"], ["tensor"], .number(1))
      change(&layout)
      _ = try ForeignSamples(
        path: data.path("foreign.nc"), layout: layout, split: .training, validation: 0, test: 0,
        isolation: .inProcess)
    }
    try attempt { _ in }
    #expect(throws: ExchangeError.self) { try attempt { $0.inputs = ["mu"] } }
    #expect(throws: DataSetError.self) { try attempt { $0.time = nil } }
    #expect(throws: DataSetError.self) { try attempt { $0.outputRecords = 2...3 } }
    #expect(throws: DataSetError.self) { try attempt { $0.sample = .name("sample") } }
    #expect(throws: DataSetError.self) { try attempt { $0.time = .number(2) } }
    #expect(throws: DataSetError.self) { try attempt { $0.time = .name("z") } }
    #expect(throws: DataSetError.self) { try attempt { $0.channel = .name("z") } }
    // Nothing would be left of space.
    #expect(throws: DataSetError.self) {
      try attempt {
        $0.inputs = ["series"]
        $0.outputs = ["series"]
      }
    }
    for (count, isThere) in [(5, true), (4, true), (6, false)] {
      func samples(_ split: DataSplit) throws -> ForeignSamples {
        var layout = ForeignLayout()
        (layout.inputs, layout.outputs, layout.time) = (["nu"], ["tensor"], .number(1))
        return try ForeignSamples(
          path: data.path("foreign.nc"), layout: layout, samples: count, split: split, validation: 0,
          test: 0.5, isolation: .inProcess)
      }
      if isThere {
        #expect(try samples(.training).count + samples(.test).count == count)
      } else {
        #expect(throws: DataSetError.self) { try samples(.training) }
      }
    }
  }
}
