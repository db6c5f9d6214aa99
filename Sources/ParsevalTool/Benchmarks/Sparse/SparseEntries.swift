import LinearSolvers

extension BenchmarkSuite {
  /// Sparse matrices and their solvers, each beside what the machine or the library beneath allows.
  static let sparseEntries: [Entry] =
    [(512, 2), (32, 3)].map { n, dimension in
      let name = Array(repeating: "\(n)", count: dimension).joined(separator: "x")
      return Entry(name: "sparse/cholmod/\(name)") { suite in
        try suite.cholmod(points: n, dimension: dimension, name: name)
      }
    }
    + [1024, 2048].flatMap { n in
      [
        Entry(name: "sparse/product/\(n)") { $0.product(points: n) },
        Entry(name: "sparse/cg-iteration/\(n)") { $0.conjugateGradientIteration(points: n) },
        Entry(name: "sparse/sor-multicolored/\(n)") { suite in
          try suite.bothThreadCounts.map { try suite.relaxation(points: n, .multicolored, threads: $0) }
        },
        Entry(name: "sparse/sor-lexicographic/\(n)") { suite in
          [try suite.relaxation(points: n, .lexicographic, threads: 1)]
        },
      ]
    }
    + [
      Entry(name: "sparse/cg/512") { $0.poisson(points: 512, .plain) },
      Entry(name: "sparse/amg/1024") { $0.poisson(points: 1024, .algebraic) },
      Entry(name: "sparse/multigrid/1024") { $0.poisson(points: 1024, .geometric) },
      Entry(name: "sparse/transform-cg/128") { try $0.transformConjugateGradients(points: 128) },
      Entry(name: "sparse/elements/p1-256") { try $0.elementAssembly(cells: 256, element: "P1") },
      Entry(name: "sparse/elements/p2-128") { try $0.elementAssembly(cells: 128, element: "P2") },
      Entry(name: "sparse/darcy/256") { try $0.darcy(cells: 256) },
    ]

  /// One thread, and as many as are asked for.
  var bothThreadCounts: [Int] { Set([1, threads]).sorted() }
}
