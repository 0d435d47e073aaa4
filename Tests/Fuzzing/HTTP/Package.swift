// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building or testing Zerver never builds it. The sources are Zerver's, by symbolic link:
// what is fuzzed is not public, and has to be built with coverage. `run.sh` gives the flags that libFuzzer needs.
let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "zerver-fuzzing-http",
  dependencies: [.package(url: "https://github.com/apple/swift-log", from: "1.6.0")],
  targets: [
    .target(name: "ZerverCatalog", swiftSettings: settings),
    .target(
      name: "ZerverCore", dependencies: ["ZerverCatalog"], swiftSettings: settings, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CUring", linkerSettings: [.linkedLibrary("uring")]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "CNGHTTP2", linkerSettings: [.linkedLibrary("nghttp2")]),
    .target(
      name: "CCompression", linkerSettings: [.linkedLibrary("z"), .linkedLibrary("brotlienc"), .linkedLibrary("zstd")]),
    .target(
      name: "ZerverServer",
      dependencies: ["ZerverCore", "CUring", "COpenSSL", "CNGHTTP2", "CCompression", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings),
    // libFuzzer's entry point, which it calls with our function.
    .target(name: "FuzzDriver", swiftSettings: settings),
    // Heads, chunked bodies, paths, conditions: the pure parts, whole and in pieces.
    .executableTarget(name: "fuzz-parser", dependencies: ["ZerverCore", "FuzzDriver"], swiftSettings: settings),
    // A whole worker on a proactor that plays a script.
    .target(
      name: "FuzzedServer",
      dependencies: ["ZerverCatalog", "ZerverCore", "ZerverServer", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings),
    .executableTarget(name: "fuzz-connection", dependencies: ["FuzzedServer", "FuzzDriver"], swiftSettings: settings),
    // The same for a client of HTTP/2.
    .executableTarget(name: "fuzz-frames", dependencies: ["FuzzedServer", "FuzzDriver"], swiftSettings: settings),
  ]
)
