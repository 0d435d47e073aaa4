// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Zerver builds a fuzzer. Its sources are links: the language, and what the
// tests of this repository say must hold for it. `Scripts/fuzz.sh` runs both programs.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// With coverage of every branch, which libFuzzer is led by. Only the fuzzer brings a `main` of its own.
let coverage: [SwiftSetting] = Context.environment["ZERVER_FUZZER"] == "1" ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : []

let package = Package(
  name: "fuzzing",
  targets: [
    .target(name: "ZerverCatalog", swiftSettings: settings + coverage),
    .target(name: "FlowLanguage", dependencies: ["ZerverCatalog"], swiftSettings: settings + coverage),
    .target(name: "FlowTools", dependencies: ["FlowLanguage", "ZerverCatalog"], swiftSettings: settings + coverage),
    .target(name: "FrontEndChecks", dependencies: ["FlowLanguage", "FlowTools", "ZerverCatalog"], swiftSettings: settings),
    // Mutates the files of the repository, a given number of times.
    .executableTarget(name: "MutateFlowFiles", dependencies: ["FlowLanguage", "FrontEndChecks"], swiftSettings: settings),
    // Searches for inputs on its own, led by the branches that they reach.
    .executableTarget(
      name: "FuzzFlowFiles", dependencies: ["FlowLanguage", "FrontEndChecks"], swiftSettings: settings + coverage,
      linkerSettings: coverage.isEmpty ? [] : [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]
)
