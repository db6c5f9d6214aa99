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
  ///   - path: the data set that `generate` made; not needed where the recipe names a file of others.
  ///   - original: the absolute path of the problem file that files of others are named in, if `problem` was read from a copy.
  ///   - options: resolution, and what becomes of time, for data sets of this program.
  ///   - isolation: in which process files are opened that are not of the classic kind.
  /// - Throws: `DataSetError`, `ExchangeError`.
  public func samples(
    for split: DataSplit, of problem: ProblemFile, from path: String? = nil, readAs original: String? = nil,
    options: OperatorSampleOptions = .init(), isolation: NetCDF.Isolation = .inProcess
  ) throws -> any TrainingData {
    if path == nil, let file, let layout {
      let base = folder(of: original ?? absolutePath(problem.file))
      func resolved(_ name: String) -> String { name.hasPrefix("/") ? name : "\(base)/\(name)" }
      if let testFile {
        // Nothing of the first file is for the test then, and nothing of the second for anything else.
        return try ForeignSamples(
          path: resolved(split == .test ? testFile : file), layout: layout, split: split,
          validation: split == .test ? 0 : validation, test: split == .test ? 1 : 0, isolation: isolation)
      }
      return try ForeignSamples(
        path: resolved(file), layout: layout, split: split, validation: validation, test: test,
        isolation: isolation)
    }
    guard let path else { throw DataSetError.noData(problem: problem.problem.name) }
    let data = try DataSetFile(path: path)
    try data.check(problem: problem.problem.name, statement: problem.statementText)
    return try OperatorSamples(data, split: split, inputs: inputs, outputs: outputs, options: options)
  }
}
