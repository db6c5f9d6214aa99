import Arrays
import LearnedSolvers
import LinearSolvers
import Testing

/// What every policy must do, on costs with a known best candidate.
@Suite struct RelaxationPolicyTests {
  static let names = RelaxationPolicyRegistry.all.map(\.name)

  /// A cost whose best ω moves from 1.2 to 1.8 with the context.
  private func cost(_ relaxation: Double, _ context: Double) -> Int {
    let distance = relaxation - (1.2 + 0.6 * context)
    return 10 + Int(400 * distance * distance)
  }

  private func play(_ policy: inout any RelaxationPolicy, count: Int) -> (choices: [Double], costs: [Int]) {
    let contexts = RandomStream(seed: 5, purpose: "contexts")
    var result: ([Double], [Int]) = ([], [])
    for step in 0..<count {
      let context = contexts.uniforms(at: UInt64(step)).x
      let choice = policy.relaxation(for: context)
      let cost = cost(choice, context)
      policy.learn(cost: cost)
      result.0.append(choice)
      result.1.append(cost)
    }
    return result
  }

  @Test(arguments: names) func choosesCandidatesAndRepeatsItself(_ name: String) throws {
    let kind = try #require(RelaxationPolicyRegistry.kind(named: name))
    #expect(kind.name == name && !kind.summary.isEmpty && !kind.source.isEmpty)
    var settings = RelaxationSettings(seed: 3)
    var policy = kind.make(settings)
    #expect(policy.name == name)
    let (choices, _) = play(&policy, count: 300)
    #expect(choices.allSatisfy(settings.candidates.contains))
    var again = kind.make(settings)
    #expect(play(&again, count: 300).choices == choices)
    guard name != "fixed" else { return }
    settings.stream = RandomStream(seed: 4, purpose: "other")
    var other = kind.make(settings)
    #expect(play(&other, count: 300).choices != choices)
  }

  /// A copy goes on as the original does.
  @Test(arguments: names) func isAValue(_ name: String) throws {
    var policy = try #require(RelaxationPolicyRegistry.kind(named: name)).make(RelaxationSettings())
    _ = play(&policy, count: 50)
    var copy = policy
    #expect(play(&policy, count: 50).choices == play(&copy, count: 50).choices)
  }

  @Test(arguments: ["tsallis-inf", "tsallis-inf-cb", "chebcb"]) func learns(_ name: String) throws {
    var policy = try #require(RelaxationPolicyRegistry.kind(named: name)).make(RelaxationSettings(seed: 1))
    let costs = play(&policy, count: 4000).costs
    func mean(_ costs: ArraySlice<Int>) -> Double { Double(costs.reduce(0, +)) / Double(costs.count) }
    // The mean over all candidates is 48, the best fixed one takes 22, the best for each context 10.
    let late = mean(costs.suffix(1000))
    #expect(late < mean(costs.prefix(200)))
    #expect(late < (name == "chebcb" ? 12 : name == "tsallis-inf-cb" ? 21 : 26), "\(late)")
  }

  @Test func tsallisProbabilitiesSolveTheirEquation() {
    var policy = TsallisINF(RelaxationSettings(count: 5))
    for step in 0..<2000 {
      _ = policy.relaxation(for: 0)
      let p = policy.probabilities
      #expect(abs(p.reduce(0, +) - 1) < 1e-12)
      #expect(p.allSatisfy { $0 > 0 })
      policy.learn(cost: step % 3 == 0 ? 10_000 : 3)
    }
    // p_i^(−1/2) differ by η/2 times the differences of the losses: equal losses, equal probabilities.
    var fresh = TsallisINF(RelaxationSettings(count: 4))
    _ = fresh.relaxation(for: 0)
    #expect(fresh.probabilities.allSatisfy { abs($0 - 0.25) < 1e-12 })
  }

  @Test(arguments: names) func survivesOddCostsAndContexts(_ name: String) throws {
    let settings = RelaxationSettings(contexts: 2...2)
    var policy = try #require(RelaxationPolicyRegistry.kind(named: name)).make(settings)
    for (step, context) in [0, -1e300, .infinity, .nan, 2, 2, 2, 2].enumerated() {
      #expect(settings.candidates.contains(policy.relaxation(for: context)))
      policy.learn(cost: [0, 0, 1, Int.max / 4, 0][step % 5])
    }
  }
}
