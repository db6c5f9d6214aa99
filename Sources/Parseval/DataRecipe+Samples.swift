public import DataSets
public import Exchange
public import Learning
public import ProblemFiles

extension DataRecipe {
  /// The samples of a split.
  ///
  /// - Parameters:
  ///   - split: what they are for.
  ///   - problem: the problem, read with this recipe.
  ///   - path: the data set that `generate` made; where the recipe names a file of others, another one that is laid out as it.
  ///   - isWhole: whether the file is taken as it is: on its own grid instead of the recipe's, and if it is one of others, all of its
  ///     samples for this split.
  ///   - original: the absolute path of the problem file that files of others are named in, if `problem` was read from a copy.
  ///   - options: resolution, and what becomes of time, for data sets of this program.
  ///   - isolation: in which process files are opened that are not of the classic kind.
  /// - Throws: `DataSetError`, `ExchangeError`.
  public func samples(
    for split: DataSplit, of problem: ProblemFile, from path: String? = nil, isWhole: Bool = false,
    readAs original: String? = nil, options: OperatorSampleOptions = .init(),
    isolation: NetCDF.Isolation = .inProcess
  ) throws -> any TrainingData & NamedChannels {
    if let file, let layout {
      let base = folder(of: original ?? absolutePath(problem.file))
      func resolved(_ name: String) -> String { name.hasPrefix("/") ? name : "\(base)/\(name)" }
      // Counts are of the file that training and validation are from.
      let isOwn = !(path != nil && isWhole) && !(testFile != nil && split == .test)
      var (name, shares) = (path ?? resolved(file), (validation: validation, test: test))
      if let path, isWhole {
        name = path
        shares = (split == .validation ? 1 : 0, split == .test ? 1 : 0)
      } else if let testFile {
        // Nothing of the first file is for the test then, and nothing of the second for anything else.
        name = split == .test ? resolved(testFile) : name
        shares = split == .test ? (0, 1) : (validation, 0)
      }
      return try ForeignSamples(
        path: name, layout: layout, samples: isOwn ? samples : nil, split: split,
        validation: shares.validation, test: shares.test,
        isolation: isolation)
    }
    guard let path else { throw DataSetError.noData(problem: problem.problem.name) }
    let data = try DataSetFile(path: path)
    try data.check(problem: problem.problem.name, statement: problem.statementText)
    var options = options
    if !isWhole, options.resolution.isEmpty { options.resolution = resolution }
    do {
      return try OperatorSamples(data, split: split, inputs: inputs, outputs: outputs, options: options)
    } catch { throw located(error) ?? error }
  }
}
