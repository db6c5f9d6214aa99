import Foundation
import Parseval
import Testing

/// What recipes say of their data.
@Suite struct DataRecipeTests {
  private func recipe(_ problem: String, _ name: String = "fno") throws -> (DataRecipe, ProblemFile) {
    let path = Tool.checkout.appendingPathComponent("Problems/\(problem).yaml").path
    let file = try ProblemFileReader.standard.read(file: path, recipe: name)
    return (try DataRecipe(try file.recipe(named: name), of: file), file)
  }

  @Test func theProblemsThatComeWithTheProgram() throws {
    let (burgers, _) = try recipe("burgers")
    #expect(burgers.samples == 1200)
    #expect(SplitSizes(total: 1200, validation: burgers.validation, test: burgers.test).training == 1000)
    #expect(burgers.inputs == [DataQuantity("u", .initial)])
    #expect(burgers.outputs == [DataQuantity("u", .records(1...1))])
    let (darcy, medium) = try recipe("darcy")
    #expect(darcy.inputs == [DataQuantity("a", .coefficient)])
    #expect(medium.problem.discretization.points == ["x": 128, "y": 128])
    let (flow, forced) = try recipe("navier-stokes-2d", "fno2d")
    #expect(flow.times == [0...19])
    #expect(forced.problem.domain.time == -30...19)
    #expect(forced.problem.parameters.first?.value == 1e-3)
    #expect(forced.problem.output.every == 1)
  }

  /// Recipes of kinds that are not there yet do not keep a file from being read; training them does not work.
  @Test func recipesOfUnknownKindsArePassedOver() throws {
    let path = Tool.checkout.appendingPathComponent("Problems/burgers.yaml").path
    let text =
      try String(contentsOfFile: path, encoding: .utf8)
      + "  later: {model: {type: graph, width: 64, depth: 4}, sampler: r3, training: {steps: 20000}}\n"
    let file = try ProblemFileReader.standard.read(text: text, file: "burgers.yaml")
    #expect(file.recipeNames == ["fno", "later"])
    #expect(
      file.warnings.map(\.message) == ["'later' is of the kind 'graph', which this version does not know"])
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(text, to: "burgers.yaml")
    let trained = try tool.run("train", "burgers.yaml", "--recipe", "later")
    #expect(trained.status == 65 && trained.errors.contains("'graph' cannot be trained"), "\(trained.errors)")
  }

  @Test func withoutInputsAndOutputsTheyAreWhatIsRandomAndTheEnd() throws {
    let text = """
      problem: plain
      domain: {x: {interval: [0, 1], periodic: true}, t: [0, 2]}
      parameters: {nu: {uniform: [0.1, 0.2], input: true}, c: {normal: [1, 0.1]}}
      unknowns: [{h: complex}]
      equations: [i*dt(h) + c*dxx(h) = nu*h]
      initial: {h: exp(2*pi*i*x)}
      recipes: {fno: {others: {width: 2*pi, modes: 1.5, list: [1, two]}}}

      """
    let file = try ProblemFileReader.standard.read(text: text, file: "plain.yaml", recipe: "fno")
    let recipe = try file.recipe(named: "fno")
    let data = try DataRecipe(recipe, of: file)
    #expect(data.inputs == [DataQuantity("nu", .parameter)])
    #expect(data.outputs == ["h_re", "h_im"].map { DataQuantity($0, .records(2...2)) })
    let model = try #require(recipe["others"])
    #expect(try #require(model["width"]).number() == 2 * .pi)
    #expect { try model["modes"]?.integer() } throws: {
      "\($0)".contains("plain.yaml:7:46: error: 'modes' must be a whole")
    }
    #expect(model["list"]?.elements?.map(\.scalar) == ["1", "two"])
    #expect(model.entries?.map(\.key) == ["width", "modes", "list"])
    #expect { try file.recipe(named: "fn") } throws: { "\($0)".contains("did you mean 'fno'?") }
  }

  @Test func samplesComeFromTheFileOfTheProblem() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let made = try tool.run("generate", "burgers", "--recipe", "fno", "--samples", "24", "-o", "data.nc")
    #expect(made.status == 0, "\(made.errors)")
    let (data, file) = try recipe("burgers")
    for (split, count) in [(DataSplit.training, 20), (.validation, 2), (.test, 2)] {
      let samples = try data.samples(for: split, of: file, from: tool.path("data.nc"))
      #expect(samples.count == count)
      #expect(samples.inputShape == [128, 1] && samples.targetShape == [128, 1])
    }
    let (other, darcy) = try recipe("darcy")
    #expect(throws: DataSetError.self) {
      try other.samples(for: .test, of: darcy, from: tool.path("data.nc"))
    }
  }

  /// A mask, which stands for the coefficients 3 and 12.
  @Test func filesOfOthersAreReadByTheirLayout() throws {
    let others = Tool.checkout.appendingPathComponent("Tests/Reference").path
    let path = Tool.checkout.appendingPathComponent("Problems/darcy.yaml").path
    let overrides = [
      "recipes.fno.data.file=\(others)/darcy-16-train.nc", "recipes.fno.data.samples=1000",
      "recipes.fno.data.testFile=\(others)/darcy-16-test.nc", "recipes.fno.data.validation=0.1",
      "recipes.fno.data.layout={input: a, output: u, sample: sample, inputScale: [9, 3]}",
    ]
    let file = try ProblemFileReader.standard.read(file: path, overrides: overrides, recipe: "fno")
    let data = try DataRecipe(try file.recipe(named: "fno"), of: file)
    let samples = try data.samples(for: .test, of: file)
    #expect(samples.count == 50)
    #expect(try data.samples(for: .training, of: file).count == 900)
    #expect(data.unusedKeys == ["resolution", "set", "inputs", "outputs"])
    #expect(samples.inputShape == [16, 16, 1])
    var (input, target) = ([Float](repeating: 0, count: 256), [Float](repeating: 0, count: 256))
    try samples.read(7, input: &input, target: &target)
    #expect(Set(input) == [3, 12])
    #expect(target.contains { $0 != 0 })
  }
}
