import Foundation
import Testing

/// Training and judging a problem that the program has never seen.
@Suite struct TrainTests {
  private static let decay = """
    problem: decay
    domain: {x: {interval: [0, 1], periodic: true}, t: [0, 1]}
    parameters: {nu: {uniform: [0.01, 0.02], input: true}}
    unknowns: [u]
    equations: [dt(u) + u*dx(u) = nu*dxx(u)]
    initial: {u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}}
    discretization: {x: 64}
    solver: {tolerance: 1e-6}
    recipes:
      fno:
        model: {type: fno, modes: 6, width: 8, layers: 2, projection: 16}
        training: {epochs: 8, batch: 8, rate: 5e-3}
        data:
          samples: 80
          validation: 10
          test: 10
          resolution: 32
          every: 1
          inputs: [initial.u, parameters.nu]
          outputs: ["u(t=1)"]

    """

  private func prepared() throws -> Tool {
    let tool = try Tool()
    try tool.write(Self.decay, to: "decay.yaml")
    return tool
  }

  @Test func trainsAndEvaluatesWhatAFileDescribes() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let trained = try tool.run("train", "decay.yaml", "--recipe", "fno", "-o", "runs/a", "--format", "json")
    #expect(trained.status == 0, "\(trained.errors)")
    let document = try Document(trained.output)
    #expect(try document.text("problem") == "decay" && document.text("recipe") == "fno")
    #expect(try document.number("steps") == 8 * 8)
    #expect(try document.number("validationError") < 0.5)
    #expect(try document.number("wallSeconds") > 0)
    #expect(
      try document.keys("baselines") == ["mean", "persistence", "ridge", "kernelRidge", "coarsenedSolver"])
    #expect(try document.text("model") == "runs/a/model.safetensors")
    for file in ["model.safetensors", "log.jsonl", "curves.png", "data.nc"] {
      #expect(tool.exists("runs/a/" + file))
    }
    #expect(!tool.exists("runs/a/checkpoint.safetensors"))

    let judged = try tool.run(
      "evaluate", "runs/a", "--resolutions", "16,64", "--plot", "--format", "json")
    #expect(judged.status == 0, "\(judged.errors)")
    let report = try Document(judged.output)
    #expect(try abs(report.number("relativeL2") - document.number("testError")) < 1e-6)
    #expect(try report.number("secondsPerSample") > 0)
    #expect(
      try report.keys("baselines") == ["mean", "persistence", "ridge", "kernelRidge", "coarsenedSolver"])
    let resolutions = try report.list("resolutions")
    #expect(resolutions.count == 2)
    #expect(resolutions.map { $0["resolution"] as? Int } == [16, 64])
    // The resolution of the training has the error of the training's data.
    let fine = try #require(resolutions[1]["relativeL2"] as? Double)
    #expect(try abs(fine - report.number("relativeL2")) < 0.2 * report.number("relativeL2"))
    #expect(tool.exists("runs/a/worst.png") && tool.exists("runs/a/errors.png"))
  }

  @Test func interruptedTrainingsContinueBitForBit() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let settings = ["--set", "training.epochs=400"]
    let whole = try tool.finish(
      try tool.start(["train", "decay.yaml", "-o", "whole", "--quiet", "--threads", "1"] + settings))
    #expect(whole.status == 0, "\(whole.errors)")
    let process = try tool.start(["train", "decay.yaml", "-o", "part", "--data", "whole/data.nc"] + settings)
    while !(tool.exists("part/log.jsonl")) && process.isRunning { usleep(2000) }
    usleep(150_000)
    kill(process.processIdentifier, SIGINT)
    let stopped = try tool.finish(process)
    #expect(stopped.status == 130, "\(stopped.output) \(stopped.errors)")
    #expect(stopped.output.contains("parseval train --resume part"))
    let resumed = try tool.run("train", "--resume", "part", "--quiet")
    #expect(resumed.status == 0, "\(resumed.errors)")
    func tensors(_ folder: String) throws -> Data {
      // The header has times and paths; the tensors stand behind it.
      let bytes = try Data(contentsOf: URL(fileURLWithPath: tool.path(folder + "/model.safetensors")))
      let length = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
      return bytes.dropFirst(8 + length)
    }
    #expect(try tensors("whole") == tensors("part"))
  }

  /// A recipe's resolution holds for data that are given, too; what only their making is about cannot be changed.
  @Test func givenDataAreReadAsTheRecipeSays() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let quick = ["--set", "training.epochs=1", "--no-baselines", "--format", "json"]
    func train(_ arguments: String...) throws -> Tool.Result {
      try tool.finish(try tool.start(["train", "decay.yaml", "--overwrite"] + arguments + quick))
    }
    let first = try train("-o", "run", "--set", "data.resolution=32")
    #expect(first.status == 0, "\(first.errors)")
    let coarse = try train("-o", "coarse", "--data", "run/data.nc", "--set", "data.resolution=16")
    #expect(coarse.status == 0 && coarse.errors.contains("on 16 points"), "\(coarse.errors)")
    let judged = try tool.run("evaluate", "coarse", "--no-baselines", "--format", "json")
    #expect(judged.status == 0 && judged.errors.contains("of 16 points"), "\(judged.errors)")
    // Another data set is judged on its own grid.
    let whole = try tool.run(
      "evaluate", "coarse", "--data", "run/data.nc", "--no-baselines", "--format", "json")
    #expect(whole.status == 65 || whole.errors.contains("of 32 points"), "\(whole.errors)")
    let fine = try train("-o", "fine", "--data", "run/data.nc", "--set", "data.resolution=64")
    #expect(
      fine.status == 65 && fine.errors.contains("data.resolution")
        && fine.errors.contains("cannot be had from the 32"), "\(fine.errors)")
    let samples = try train("-o", "more", "--data", "run/data.nc", "--set", "data.samples=70")
    #expect(
      samples.status == 65 && samples.errors.contains("'samples' is for data that are generated"),
      "\(samples.errors)")
  }

  /// Modes come into use while the network learns, the log says how many, and an interruption changes nothing of it.
  @Test func modesGrow() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let settings = [
      "--set", "training.growth={start: 2, gap: 0.2}", "--set", "training.epochs=300", "--no-baselines",
      "--quiet",
    ]
    let whole = try tool.finish(try tool.start(["train", "decay.yaml", "-o", "whole"] + settings))
    #expect(whole.status == 0, "\(whole.errors)")
    func modes(_ folder: String) throws -> [Int] {
      let log = try String(contentsOfFile: tool.path("\(folder)/log.jsonl"), encoding: .utf8)
      return try log.split(separator: "\n").map {
        try #require(try Document(String($0)).integers("inUse").first)
      }
    }
    let steps = try modes("whole")
    #expect(steps.first == 2 && steps.last == 6 && steps == steps.sorted())
    let process = try tool.start(
      ["train", "decay.yaml", "-o", "part", "--data", "whole/data.nc"] + settings)
    while !tool.exists("part/log.jsonl") && process.isRunning { usleep(2000) }
    usleep(100_000)
    kill(process.processIdentifier, SIGINT)
    #expect(try tool.finish(process).status == 130)
    let resumed = try tool.run("train", "--resume", "part", "--quiet", "--no-baselines")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try modes("part") == steps)
    let losses = try ["whole", "part"].map { folder in
      try String(contentsOfFile: tool.path("\(folder)/log.jsonl"), encoding: .utf8).split(separator: "\n")
        .map { try Document(String($0)).number("loss") }
    }
    #expect(losses[0] == losses[1])
    for (growth, message) in [
      ("{start: 7}", "7 of the modes 6 cannot be in use"), ("{gap: 0.1}", "with how many modes"),
      ("{start: 2, gap: 0.1, explained: 0.9}", "two rules"),
    ] {
      let refused = try tool.run("train", "decay.yaml", "-o", "x", "--set", "training.growth=\(growth)")
      #expect(refused.status == 65 && refused.errors.contains(message), "\(refused.errors)")
    }
  }

  /// Frames of two fields made step by step, from noisy inputs, with gradients that stop at each step.
  @Test func severalFieldsAreRolledOut() throws {
    let tool = try Tool()
    defer { tool.clean() }
    try tool.write(
      """
      problem: waves
      domain: {x: {interval: [0, 1], periodic: true}, t: [0, 0.5]}
      unknowns: [u, v]
      equations: ["dt(u) = -dx(v) + 0.01*dxx(u)", "dt(v) = -dx(u) + 0.01*dxx(v)"]
      initial: {u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}, v: 0}
      discretization: {x: 32}
      solver: {tolerance: 1e-6}
      recipes:
        steps:
          model: {type: fno, modes: 6, width: 12, layers: 2, projection: 16, time: steps, detached: true}
          training: {epochs: 30, batch: 8, rate: 1e-2, noise: 0.01}
          data:
            samples: 50
            every: 0.1
            inputs: ["u(t=0:0.1)", "v(t=0:0.1)"]
            outputs: ["u(t=0.2:0.5)", "v(t=0.2:0.5)"]

      """, to: "waves.yaml")
    let trained = try tool.run("train", "waves.yaml", "-o", "run", "--format", "json")
    #expect(trained.status == 0, "\(trained.errors)")
    let report = try Document(trained.output)
    // What stands still is off by more than all.
    #expect(try report.number("testError") < 0.5 * report.number("baselines", "persistence"))
    let judged = try tool.run("evaluate", "run", "--no-baselines", "--plot", "--format", "json")
    #expect(judged.status == 0, "\(judged.errors)")
    #expect(try abs(Document(judged.output).number("relativeL2") - report.number("testError")) < 1e-6)
    let exact = try tool.run(
      "train", "waves.yaml", "-o", "exact", "--data", "run/data.nc", "--set", "training.noise=0",
      "--no-baselines", "--format", "json")
    #expect(try Document(exact.output).number("trainingError") != report.number("trainingError"))
  }

  /// What a training has left is replaced only if that is wished for, and never by one that cannot begin.
  @Test func earlierTrainingsAreKept() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let quick = ["--set", "training.epochs=1", "--quiet", "--no-baselines"]
    func train(_ arguments: [String]) throws -> Tool.Result {
      try tool.finish(try tool.start(["train"] + arguments + quick))
    }
    let first = try train(["decay.yaml", "-o", "run"])
    #expect(first.status == 0, "\(first.errors)")
    let files = ["model.safetensors", "log.jsonl", "problem.yaml", "request.json", "data.nc"]
    func contents() throws -> [Data] {
      try files.map { try Data(contentsOf: URL(fileURLWithPath: tool.path("run/" + $0))) }
    }
    let kept = try contents()
    for arguments in [
      ["decay.yaml", "-o", "run"], ["decay.yaml", "-o", "run", "--data", "nothing.nc"],
      ["decay.yaml", "-o", "run", "--set", "data.samples=40"], ["decay.yaml", "-o", "run", "--seeds", "2"],
    ] {
      let refused = try train(arguments)
      #expect(
        refused.status == 65 && refused.errors.contains("there is a trained model in it"), "\(refused.errors)"
      )
    }
    let ended = try tool.run("train", "--resume", "run")
    #expect(ended.status == 65 && ended.errors.contains("its training has ended"), "\(ended.errors)")
    #expect(try contents() == kept)
    let replaced = try train(["decay.yaml", "-o", "run", "--overwrite", "--seed", "5"])
    #expect(replaced.status == 0, "\(replaced.errors)")
    #expect(try contents()[0] != kept[0])

    // Data of another plan are not made over either.
    #expect(
      try tool.run("generate", "decay.yaml", "--recipe", "fno", "--samples", "4", "--quiet", "-o", "own.nc")
        .status == 0)
    try FileManager.default.createDirectory(atPath: tool.path("own"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: tool.path("own.nc"), toPath: tool.path("own/data.nc"))
    let other = try train(["decay.yaml", "-o", "own"])
    #expect(other.status == 65 && other.errors.contains("another plan"), "\(other.errors)")
  }

  @Test func oneTrainingAtATimeInAFolder() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let process = try tool.start(
      ["train", "decay.yaml", "-o", "run", "--set", "training.epochs=100000"], tag: "-first")
    while !tool.exists("run/log.jsonl") && process.isRunning { usleep(2000) }
    for arguments in [["decay.yaml", "-o", "run"], ["--resume", "run"]] {
      let second = try tool.finish(try tool.start(["train"] + arguments))
      #expect(
        second.status == 65 && second.errors.contains("another training is at work"), "\(second.errors)")
    }
    // The end of a terminal is like Ctrl-C.
    kill(process.processIdentifier, SIGHUP)
    #expect(try tool.finish(process, tag: "-first").status == 130)
    #expect(tool.exists("run/checkpoint.safetensors"))
    let refused = try tool.run("train", "decay.yaml", "-o", "run")
    #expect(refused.status == 65 && refused.errors.contains("has not ended"), "\(refused.errors)")
  }

  /// A series of seeds that was interrupted goes on as a whole.
  @Test func seriesAreResumed() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let process = try tool.start(
      [
        "train", "decay.yaml", "-o", "series", "--seeds", "2", "--seed", "3", "--no-baselines", "--set",
        "training.epochs=300",
      ])
    while !tool.exists("series/seed-3/log.jsonl") && process.isRunning { usleep(2000) }
    kill(process.processIdentifier, SIGINT)
    let stopped = try tool.finish(process)
    #expect(
      stopped.status == 130 && stopped.output.contains("parseval train --resume series\n"),
      "\(stopped.output)")
    let early = try tool.run("evaluate", "series")
    #expect(early.status == 65 && early.errors.contains("parseval train --resume series"), "\(early.errors)")
    let resumed = try tool.run("train", "--resume", "series", "--quiet", "--no-baselines")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let judged = try tool.run("evaluate", "series", "--no-baselines", "--format", "json")
    #expect(
      try Document(judged.output).list("members").map { $0["folder"] as? String } == [
        "series/seed-3", "series/seed-4",
      ])
    // A model that another training has left is not taken for one of a new series.
    try FileManager.default.removeItem(atPath: tool.path("series/seeds.json"))
    let mixed = try tool.run("train", "decay.yaml", "-o", "series", "--seeds", "2", "--seed", "4")
    #expect(
      mixed.status == 65 && mixed.errors.contains("series/seed-4: error: there is a trained model"),
      "\(mixed.errors)")
    let anew = try tool.run(
      "train", "decay.yaml", "-o", "series", "--seeds", "1", "--seed", "4", "--overwrite", "--quiet", "--set",
      "training.epochs=1")
    #expect(anew.status == 0 && anew.output.contains("series/seed-4/model"), "\(anew.output) \(anew.errors)")
    let again = try tool.run("train", "--resume", "series")
    #expect(
      again.status == 0 && again.output.contains("1 training has ended"),
      "\(again.output) \(again.errors)")
  }

  /// What the command says of the recipe's problem holds for the data and for the training.
  @Test func theRecipesProblemCanBeChanged() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let changed = [
      "--set", "data.set={domain.t: [0, 0.5]}", "--set", "data.outputs=[\"u(t=0.5)\"]", "--set",
      "data.every=0.5",
    ]
    let trained = try tool.finish(
      try tool.start(["train", "decay.yaml", "-o", "run", "--quiet", "--set", "training.epochs=1"] + changed))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(try tool.run("evaluate", "run", "--quiet").status == 0)
    let wrong = try tool.run("train", "decay.yaml", "--data", "run/data.nc", "-o", "other")
    #expect(wrong.status == 65 && wrong.errors.contains("another version of 'decay'"), "\(wrong.errors)")
  }

  @Test func mistakesAreSaidAtTheirPlaces() throws {
    let tool = try prepared()
    defer { tool.clean() }
    func fails(_ arguments: [String], _ status: Int32, _ words: String) throws {
      let result = try tool.finish(try tool.start(["train"] + arguments))
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    try fails(["decay.yaml", "--recipe", "fnx"], 65, "did you mean 'fno'?")
    try fails(["decay.yaml", "--set", "training.epoch=3"], 65, "did you mean")
    try fails(["decay.yaml", "--set", "trainin.epochs=3"], 65, "did you mean 'training'?")
    try fails(["decay.yaml", "--set", "model.type=fnoo"], 65, "did you mean 'fno'?")
    try fails(["decay.yaml", "--set", "model.modes=0"], 65, "must be a whole number from 1")
    try fails(["decay.yaml", "--set", "model={type: fno, width: 8}"], 65, "needs 'modes'")
    try fails(
      ["decay.yaml", "--set", "training.optimizer={type: adam, beta3: 1}"], 65, "did you mean 'beta1'?")
    try fails(["decay.yaml", "--set", "training={optimizer: lbfgs, clip: 1}"], 65, "must not be clipped")
    try fails(["decay.yaml", "--set", "model.time=steps"], 65, "earlier frames of the outputs")
    for (number, inputs) in ["u(t=0:0.5)", "u(t=0:1)", "u(t=1)"].enumerated() {
      try fails(
        [
          "decay.yaml", "--set", "data.every=0.25", "--set", "data.inputs=[\"\(inputs)\"]", "--set",
          "model.time=steps",
          "-o", "steps\(number)",
        ], 65, "earlier frames of the outputs")
    }
    try fails(["decay.yaml", "--set", "model.modes=40"], 65, "does not reach")
    try fails(["decay.yaml", "--set", "model={type: fno, modes: 16, width: 4096, layers: 64}"], 65, "GiB")
    try fails(["decay.yaml", "-o", ""], 64, "-o needs the name")
    try fails(
      ["decay.yaml", "--set", "training.optimizer={type: adam, beta1: 1}"], 65,
      "training.optimizer:1:52: error: adam: beta1 is 1.0")
    try fails(["decay.yaml", "--set", "training.symmetry=exchanges"], 65, "no two axes are alike")
    try fails(["decay.yaml", "--set", "model.symmetry=exchanges"], 65, "no two axes are alike")
    try fails(["decay.yaml", "--set", "training.symmetry=turns"], 65, "'symmetry' cannot be 'turns'")
    try fails(["decay.yaml", "--set", "training.loss=relative-h2"], 65, "'loss' cannot be 'relative-h2'")
    try fails(["decay.yaml", "--seed", "18446744073709551615"], 64, "--seed must be from 0")
    try fails(["decay.yaml", "--data", "nothing.nc"], 65, "nothing.nc")
    try fails(["--resume", "nowhere"], 65, "not the folder of a training")
    try fails(["decay.yaml", "--resume", "x"], 64, "leave out all else")
    let evaluated = try tool.run("evaluate", "nowhere")
    #expect(evaluated.status == 65 && evaluated.errors.contains("there is no model"))
  }

  @Test func modelsThatAreDamagedAreRefused() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let trained = try tool.run(
      "train", "decay.yaml", "-o", "run", "--quiet", "--set", "training.epochs=1", "--set", "data.samples=20",
      "--set", "data.validation=2", "--set", "data.test=2")
    #expect(trained.status == 0, "\(trained.errors)")
    let url = URL(fileURLWithPath: tool.path("run/model.safetensors"))
    let whole = try Data(contentsOf: url)
    for length in [0, 7, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: url)
      let result = try tool.run("evaluate", "run")
      #expect(result.status == 65, "\(length): \(result.errors)")
    }
    var nan = whole
    for index in (whole.count - 4)..<whole.count { nan[index] = 0xFF }
    try nan.write(to: url)
    let result = try tool.run("evaluate", "run")
    #expect(result.status == 65 && result.errors.contains("not finite"), "\(result.errors)")
  }

  /// The files of others that a recipe names lie beside the problem file, wherever the run's folder is.
  @Test func dataOfOthersAreFoundFromTheRunsFolder() throws {
    let tool = try Tool()
    defer { tool.clean() }
    let pairs = Tool.checkout.appendingPathComponent("Tests/Reference/darcy-16-test.nc").path
    try FileManager.default.copyItem(atPath: pairs, toPath: tool.path("pairs.nc"))
    try tool.writePairsProblem(
      points: (16, 16), model: "{type: fno, modes: 4, width: 8, layers: 2, basis: boundary}",
      training: "{epochs: 2, batch: 8, loss: relative-h1}", file: "pairs.nc", split: 0.2)
    let trained = try tool.run("train", "pairs.yaml", "-o", "deep/runs/pairs", "--quiet")
    #expect(trained.status == 0, "\(trained.errors)")
    let judged = try tool.run("evaluate", "deep/runs/pairs", "--format", "json")
    #expect(judged.status == 0, "\(judged.errors)")
    #expect(try Document(judged.output).number("samples") == 10)

    // Other files that are laid out alike are judged whole, on whatever grid.
    let reference = Tool.checkout.appendingPathComponent("Tests/Reference").path
    for (name, samples) in [("darcy-16-test.nc", 50.0), ("darcy-32-test.nc", 50)] {
      let other = try tool.run(
        "evaluate", "deep/runs/pairs", "--data", "\(reference)/\(name)", "--format", "json")
      #expect(other.status == 0, "\(other.errors)")
      #expect(try Document(other.output).number("samples") == samples)
      #expect(try Document(other.output).keys("baselines").isEmpty == name.contains("32"))
    }
  }

  /// A data set of the same seed has the samples of the training; those are no test.
  @Test func samplesOfTheTrainingAreNoTest() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let trained = try tool.run(
      "train", "decay.yaml", "-o", "run", "--quiet", "--no-baselines", "--set", "training.epochs=1", "--set",
      "data.samples=20", "--set", "data.validation=2", "--set", "data.test=4")
    #expect(trained.status == 0, "\(trained.errors)")
    // Of 40 samples the last 5 are the test; the training had 0 to 15.
    for (samples, seed, status, leftOut) in [
      (40, "0", 0, 0.0), (17, "0", 0, 1), (19, "0", 0, 0), (16, "0", 65, 0), (16, "7", 0, 0),
    ] as [(Int, String, Int32, Double)] {
      let name = "\(samples)-\(seed).nc"
      let made = try tool.run(
        "generate", "decay.yaml", "--recipe", "fno", "--samples", "\(samples)", "--seed", seed, "-o", name,
        "--quiet")
      #expect(made.status == 0, "\(made.errors)")
      let judged = try tool.run("evaluate", "run", "--data", name, "--no-baselines", "--format", "json")
      #expect(judged.status == status, "\(name): \(judged.errors) \(judged.output)")
      if status == 0 {
        #expect(try Document(judged.output).number("leftOut") == leftOut, "\(name)")
      } else {
        #expect(judged.errors.contains("has learned from all"), "\(judged.errors)")
      }
    }
  }

  /// Several seeds are judged each alone and by the mean of their predictions.
  @Test func seedsAreJudgedTogether() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let trained = try tool.run(
      "train", "decay.yaml", "--recipe", "fno", "--seeds", "3", "-o", "runs/b", "--no-baselines", "--format",
      "json")
    #expect(trained.status == 0, "\(trained.errors)")
    let errors = try Document(trained.output).list("trainings").map {
      try #require($0["testError"] as? Double)
    }
    let judged = try tool.run("evaluate", "runs/b", "--no-baselines", "--format", "json")
    #expect(judged.status == 0, "\(judged.errors)")
    let report = try Document(judged.output)
    let members = try report.list("members")
    #expect(members.map { $0["folder"] as? String } == (0..<3).map { "runs/b/seed-\($0)" })
    for (member, error) in zip(members, errors) {
      let own = try #require(member["relativeL2"] as? Double)
      #expect(abs(own - error) < 1e-6)
    }
    // The mean is not worse than the mean of the errors: the norm is convex.
    #expect(try report.number("relativeL2") <= errors.reduce(0, +) / 3 + 1e-9)
    #expect(try report.number("relativeL2") < errors.max() ?? 0)
    #expect(try report.count("errorSpectrum") == 17)
  }

  /// A disk that is full while the model or a checkpoint is saved: what was there stays, and the training can go on.
  @Test func trainingsStoppedByTheFileSizeContinue() throws {
    let tool = try prepared()
    defer { tool.clean() }
    let data = try tool.run("generate", "decay.yaml", "--recipe", "fno", "--quiet", "-o", "data.nc")
    #expect(data.status == 0, "\(data.errors)")
    // 12 blocks of 512 bytes hold the texts, and no model.
    let stopped = try tool.run(
      "train", "decay.yaml", "-o", "run", "--data", "data.nc", "--quiet", shell: "ulimit -f 12")
    #expect(stopped.status == 75, "\(stopped.errors)")
    #expect(stopped.errors.contains("parseval train --resume run"))
    #expect(!tool.exists("run/model.safetensors"))
    let resumed = try tool.run("train", "--resume", "run", "--quiet")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(tool.exists("run/model.safetensors"))
  }
}
