// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in CI only, so that a newer compiler does not break a user's build.
let strictness: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + strictness

func room(
  _ name: String, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: swiftSettings,
    plugins: plugins)
}

func tests(_ room: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(room)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(room)Tests",
    exclude: [], swiftSettings: swiftSettings)
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Every room: what depends on the umbrella names them too, since a change of a re-exported room would not have it built
/// anew otherwise.
let rooms: [Target.Dependency] = [
  "Arrays", "Exchange", "Spectral", "LinearSolvers", "Geometry", "Equations", "ProblemFiles", "Simulation",
  "Differentiation", "Learning", "DataSets", "NeuralOperators", "PhysicsInformed", "LearnedSolvers",
  "Plotting", "Comparison",
]

let package = Package(
  name: "Parseval",
  products: [
    .library(name: "Parseval", targets: ["Parseval"]),
    .executable(name: "parseval", targets: ["ParsevalTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    system("CFFTW", pkgConfig: "fftw3", apt: "libfftw3-dev"),
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CNetCDF", pkgConfig: "netcdf", apt: "libnetcdf-dev"),
    system("CSuiteSparse", apt: "libsuitesparse-dev"),
    .target(name: "CKernels", cSettings: [.define("_GNU_SOURCE")], linkerSettings: [.linkedLibrary("m")]),

    room("Arrays", ["CKernels", "COpenBLAS"]),
    room("Exchange", ["Arrays", "CNetCDF"]),
    room("Spectral", ["Arrays", "CKernels", "CFFTW", "COpenBLAS"]),
    room("LinearSolvers", ["Arrays", "CKernels", "COpenBLAS", "CSuiteSparse", "Spectral", "Exchange"]),
    room("Geometry", ["Arrays", "Exchange"]),
    room("Equations", ["Geometry", "Spectral"]),
    room("ProblemFiles", ["Equations", "Geometry", .product(name: "Yams", package: "Yams")]),
    room(
      "Simulation",
      ["Arrays", "CKernels", "COpenBLAS", "Geometry", "Spectral", "LinearSolvers", "Equations", "Exchange"]),
    room("Differentiation", ["Arrays", "CKernels", "LinearSolvers"]),
    room("Learning", ["Arrays", "CKernels", "COpenBLAS", "Exchange", "Differentiation"]),
    room("DataSets", ["Arrays", "Exchange", "Spectral", "Equations", "Simulation", "Learning"]),
    room(
      "NeuralOperators", ["Arrays", "Exchange", "Spectral", "Differentiation", "Learning", "DataSets"]),
    room(
      "PhysicsInformed",
      [
        "Arrays", "CKernels", "COpenBLAS", "Spectral", "Geometry", "Equations", "Exchange", "Simulation",
        "Differentiation", "Learning",
      ]),
    room("LearnedSolvers", ["Arrays", "LinearSolvers"]),
    room("Plotting", ["Arrays", "Exchange", "Simulation"]),
    room("Comparison", ["Arrays", "COpenBLAS", "Simulation", "Learning", "DataSets", "NeuralOperators"]),
    room(
      "Parseval", rooms, plugins: ["EmbedCommit"]),
    .plugin(name: "EmbedCommit", capability: .buildTool()),
    .executableTarget(
      name: "ParsevalTool",
      dependencies: rooms + ["Parseval", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: swiftSettings),

    .target(name: "CAllocationCount", path: "Tests/TestSupport/CAllocationCount"),
    .target(
      name: "TestSupport",
      dependencies: [
        "CAllocationCount", "Arrays", "Spectral", "LinearSolvers", "Equations", "ProblemFiles", "Simulation",
        "Differentiation",
      ],
      path: "Tests/TestSupport", exclude: ["CAllocationCount"], swiftSettings: swiftSettings),
    tests("Arrays", ["Arrays"]),
    tests("Exchange", ["Arrays", "Exchange", "CSuiteSparse"]),
    tests("Spectral", ["Arrays", "Spectral"]),
    tests("LinearSolvers", ["Arrays", "Spectral", "Exchange", "LinearSolvers"]),
    tests("Geometry", ["Arrays", "Exchange", "Geometry"]),
    tests("LearnedSolvers", ["Arrays", "Spectral", "LinearSolvers", "LearnedSolvers"]),
    tests("Differentiation", ["Arrays", "LinearSolvers", "Differentiation"]),
    tests("Learning", ["Arrays", "Exchange", "Differentiation", "Learning"]),
    tests(
      "DataSets",
      ["Arrays", "Exchange", "Geometry", "Equations", "ProblemFiles", "Simulation", "Learning", "DataSets"]),
    tests(
      "NeuralOperators", ["Arrays", "Spectral", "Differentiation", "Learning", "DataSets", "NeuralOperators"]),
    tests("PhysicsInformed", rooms),
    tests("Comparison", ["Arrays", "Exchange", "DataSets", "Learning", "Comparison"]),
    tests("Equations", ["Equations", "Geometry"]),
    tests("ProblemFiles", ["ProblemFiles", "Equations"]),
    tests("Simulation", rooms + ["Parseval"]),
    tests("Plotting", ["Plotting", "Simulation", "Exchange"]),
    tests("Tool", rooms + ["Parseval"]),
  ]
)
