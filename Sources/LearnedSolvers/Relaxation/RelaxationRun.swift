/// What a policy chose on a sequence and what it cost.
public struct RelaxationRecord: Sendable {
  public var policy: String
  public var relaxations: [Double]
  public var costs: [Int]
  /// Seconds in solves, and in the policy itself.
  public var solveSeconds: Double
  public var learningSeconds: Double

  public var totalCost: Int { costs.reduce(0, +) }

  /// The mean cost of the last systems, from a share of the sequence on.
  public func meanCost(from share: Double = 0) -> Double {
    let late = costs.dropFirst(Int(share * Double(costs.count)))
    return late.isEmpty ? 0 : Double(late.reduce(0, +)) / Double(late.count)
  }

  /// Cumulative costs above those of the best fixed candidate.
  public func regretAgainstBestFixed(_ baselines: RelaxationBaselines) -> [Int] {
    regret(against: baselines.costs.map { $0[baselines.bestFixed] })
  }

  /// Cumulative costs above those of the best candidate of every single system.
  public func regretAgainstInstanceOptimum(_ baselines: RelaxationBaselines) -> [Int] {
    regret(against: baselines.costs.map { $0.min() ?? 0 })
  }

  private func regret(against reference: [Int]) -> [Int] {
    precondition(
      reference.count == costs.count, "RelaxationRecord: \(costs.count) costs against \(reference.count)")
    var sum = 0
    return zip(costs, reference).map {
      sum += $0 - $1
      return sum
    }
  }
}

/// What every candidate would have cost on every system of a sequence: what policies are measured by.
///
/// All candidates solve the same systems, those of one trajectory; trajectories of different candidates differ by less
/// than the tolerance of the solves.
public struct RelaxationBaselines: Sendable {
  public let candidates: [Double]
  /// Per system, the cost of each candidate.
  public let costs: [[Int]]

  /// Baselines from costs that are known.
  init(candidates: [Double], costs: [[Int]]) {
    self.candidates = candidates
    self.costs = costs
  }

  /// Solves every system with every candidate, and goes on from the best one's solution.
  public init(_ sequence: SystemSequence, candidates: [Double]) {
    precondition(!candidates.isEmpty, "RelaxationBaselines: no candidates")
    self.candidates = candidates
    sequence.restart()
    costs = (0..<sequence.count).map { _ in
      _ = sequence.advance()
      let costs = candidates.map { sequence.cost(relaxation: $0) }
      let best = costs.indices.min { costs[$0] < costs[$1] } ?? 0
      _ = sequence.solve(relaxation: candidates[best])
      return costs
    }
  }

  /// The total cost of each candidate.
  public var totals: [Int] { candidates.indices.map { index in costs.reduce(0) { $0 + $1[index] } } }
  /// The candidate of least total cost.
  public var bestFixed: Int {
    let totals = totals
    return totals.indices.min { totals[$0] < totals[$1] } ?? 0
  }
  /// The total with the best candidate of every system.
  public var instanceOptimum: Int { costs.reduce(0) { $0 + ($1.min() ?? 0) } }
}

extension SystemSequence {
  /// Solves all systems from the first one with the ω that a policy chooses, and lets it learn.
  public func run(_ policy: inout some RelaxationPolicy) -> RelaxationRecord {
    restart()
    let clock = ContinuousClock()
    var record = RelaxationRecord(
      policy: policy.name, relaxations: [], costs: [], solveSeconds: 0, learningSeconds: 0)
    record.relaxations.reserveCapacity(count)
    record.costs.reserveCapacity(count)
    var (solving, learning) = (Duration.zero, Duration.zero)
    for _ in 0..<count {
      let context = advance()
      let start = clock.now
      let relaxation = policy.relaxation(for: context)
      let chosen = clock.now
      let cost = solve(relaxation: relaxation)
      let solved = clock.now
      policy.learn(cost: cost)
      learning += start.duration(to: chosen) + solved.duration(to: clock.now)
      solving += chosen.duration(to: solved)
      record.relaxations.append(relaxation)
      record.costs.append(cost)
    }
    record.solveSeconds = solving / .seconds(1)
    record.learningSeconds = learning / .seconds(1)
    return record
  }

  /// The same for a policy of any kind.
  public func run(_ policy: any RelaxationPolicy) -> RelaxationRecord {
    var policy = policy
    return run(&policy)
  }
}
