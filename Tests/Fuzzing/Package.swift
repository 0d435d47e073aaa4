// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Zerver builds a fuzzer. Its sources are links: the language, and what the
// tests of this repository say must hold for it. `Scripts/fuzz.sh` runs both programs.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "fuzzing",
  targets: [
    .target(name: "ZerverCatalog", swiftSettings: settings),
    .target(name: "FlowLanguage", dependencies: ["ZerverCatalog"], swiftSettings: settings),
    .target(name: "FlowTools", dependencies: ["FlowLanguage", "ZerverCatalog"], swiftSettings: settings),
    .target(name: "FrontEndChecks", dependencies: ["FlowLanguage", "FlowTools", "ZerverCatalog"], swiftSettings: settings),
    // Mutates the files of the repository, a given number of times.
    .executableTarget(name: "MutateFlowFiles", dependencies: ["FlowLanguage", "FrontEndChecks"], swiftSettings: settings),
    // libFuzzer's entry point, which it calls with our function.
    .target(name: "FuzzDriver", swiftSettings: settings),
    // Searches for inputs on its own, led by the branches that they reach. The script gives the flags that libFuzzer needs.
    .executableTarget(
      name: "FuzzFlowFiles", dependencies: ["FlowLanguage", "FrontEndChecks", "FuzzDriver"], swiftSettings: settings),
  ]
)
