import Simulation
import TestSupport
import Testing

@Suite("Memory")
struct AllocationTests {
  private static let problems = [
    ("forced Burgers", ProblemTexts.forcedBurgers), ("damped wave", ProblemTexts.dampedWave),
    ("Schrödinger", ProblemTexts.schrodinger), ("vorticity", ProblemTexts.vorticity),
  ]

  @Test("Steps allocate nothing once they are warm", arguments: StepperCase.all(problems))
  func steady(_ item: StepperCase) throws {
    let simulation = try item.simulation(step: 0.005)
    let stepper = try simulation.makeStepper()
    func step(_ number: Int, wantsError: Bool) {
      _ = stepper.attempt(from: 0.005 * Double(number), step: 0.005, errorOver: wantsError ? 1 : nil)
      stepper.accept()
    }
    // Every arrangement of a multistep method's vectors occurs within this many steps.
    for number in 0..<48 { step(number, wantsError: true) }
    let count = allocations { for number in 48..<96 { step(number, wantsError: true) } }
    #expect(count == 0)
    for number in 96..<100 { step(number, wantsError: false) }
    #expect(allocations { for number in 100..<110 { step(number, wantsError: false) } } == 0)
  }

  @Test("The count sees what Swift allocates")
  func counter() {
    var kept: [[Int]] = []
    #expect(allocations { kept.append(Array(repeating: kept.count, count: 100)) } >= 1)
    #expect(kept.count == 1)
    #expect(allocations {} == 0)
  }

  @Test("A whole run allocates per record, not per step")
  func runs() throws {
    func count(_ step: String) throws -> Int {
      let simulation = try simulation(
        ProblemTexts.forcedBurgers, set: ["solver.method=etdrk4", "solver.step=\(step)"])
      return try allocations { _ = try simulation.run() }
    }
    // The first run also sets up what the process needs once.
    _ = try count("0.02")
    // The runtime now and then allocates something of its own; the least of three runs is ours.
    func least(_ step: String) throws -> Int {
      let counts = try (0..<3).map { _ in try count(step) }
      return counts.min() ?? 0
    }
    let (few, many) = (try least("0.02"), try least("0.0005"))
    #expect(abs(many - few) <= 4, "\(few) for 50 steps, \(many) for 2000")
  }

  @Test(
    "Vectors, tables and work space stay within a number of fields on the grid",
    arguments: [("etdrk4", 18.0), ("carpenter-kennedy", 12), ("cn-carpenter-kennedy", 12)])
  func bytes(method: String, fields: Double) throws {
    let simulation = try simulation(
      ProblemTexts.vorticity,
      set: ["solver.method=\(method)", "solver.step=0.001", "discretization.x=256", "discretization.y=256"])
    let stepper = try simulation.makeStepper()
    for number in 0..<3 {
      _ = stepper.attempt(from: 0.001 * Double(number), step: 0.001, errorOver: 1)
      stepper.accept()
    }
    let held = Double(simulation.system.bytes + stepper.bytes) / Double(8 * 256 * 256)
    #expect(held <= fields, "\(held) fields")
    #expect(held > 2)
  }
}
