import ArgumentParser
import Parseval

/// `parseval list`: what there is to choose from.
struct ListCommand: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case problems, steppers, bases, functions, keys, solvers, preconditioners, orderings, relaxations
    case architectures, optimizers, schedules, losses, metrics, baselines
    case networks, samplers, balancers, constraints
  }

  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List problems, methods, functions, keys and other names to choose from.")

  @Argument(help: ArgumentHelp("What to list.", valueName: "kind"))
  var kind: Kind

  @OptionGroup var options: OutputOptions

  func run() throws {
    let rows = rows
    options.console.show(Table(rows).text())
    options.console.document(
      .object([
        (
          kind.rawValue,
          .list(
            rows.map {
              .object([("name", .text($0[0])), ("text", .text($0.dropFirst().joined(separator: "; ")))])
            })
        )
      ]))
  }

  /// What a method does, and the numbers that it reads.
  private func described(_ summary: String, _ parameters: [MethodParameter]) -> String {
    let settings = parameters.map { "\($0.name)=\(brief($0.defaultValue))" }
    return summary + (settings.isEmpty ? "" : "; --set \(settings.joined(separator: ", "))")
  }

  private var rows: [[String]] {
    switch kind {
    case .problems: ProblemLibrary.standard.entries().map { [$0.name, $0.title] }
    case .steppers:
      (StepperRegistry.all + StepperRegistry.implicit).map { stepper in
        [
          stepper.name, "order \(stepper.order)", stepper.estimateOrder == nil ? "fixed step" : "adaptive",
          stepper.summary,
        ]
      }
    case .bases: BasisRegistry.all.map { [$0.name, "\($0)"] }
    case .functions:
      Function.allCases.map {
        [$0.rawValue, counted($0.arity, "argument") + ($0.isReduction ? ", quantities only" : "")]
      }
        + VectorOperator.allCases.map { [$0.rawValue, "vector operator"] }
        + [
          ["dt, dx, dxx, …", "derivatives; also d(u, x, 4) and, on any axis, d(u, x1)"],
          ["if", "if(condition, then, otherwise)"],
        ]
    case .solvers:
      DirectSolverRegistry.all.map { [$0.name, "direct", $0.summary] }
        + IterativeMethodRegistry.all.map { [$0.name, "iterative", described($0.summary, $0.parameters)] }
    case .preconditioners:
      PreconditionerRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .relaxations: RelaxationPolicyRegistry.all.map { [$0.name, $0.summary] }
    case .architectures: ArchitectureRegistry.all.map { [$0.name, $0.summary] }
    case .optimizers:
      OptimizerRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
        + LeastSquaresRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .networks: JetNetworkRegistry.all.map { [$0.name, $0.summary] }
    case .samplers: SamplerRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .balancers: BalancerRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .constraints: ConstraintForms.all.map { [$0.name, $0.summary] }
    case .schedules: RateScheduleRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .losses: LossRegistry.all.map { [$0.name, described($0.summary, $0.parameters)] }
    case .metrics: MetricRegistry.all.map { [$0.name, $0.text] }
    case .baselines: BaselineRegistry.all.map { [$0.name, $0.summary] }
    case .orderings: OrderingRegistry.all.map { [$0.name, $0.summary] }
    case .keys:
      ProblemFileReader.standard.tables.flatMap(\.keys).map { key in
        [
          key.path,
          key.text + (key.defaultValue.map { " Default: \($0)." } ?? ""),
        ]
      }
    }
  }
}
