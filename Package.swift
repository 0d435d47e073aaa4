// swift-tools-version: 6.2
import PackageDescription

// Spans that a method returns need the `Lifetimes` feature inside this package; clients need no flag.
let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "zerver",
  products: [
    .library(name: "Zerver", targets: ["Zerver"]),
    // Pure steps import this and nothing else, so a step library builds without the server.
    .library(name: "ZerverCore", targets: ["ZerverCore"]),
    .library(name: "ZerverTesting", targets: ["ZerverTesting"]),
    .plugin(name: "RouteGen", targets: ["RouteGen"]),
    .plugin(name: "RouteGenLint", targets: ["RouteGenLint"]),
    .plugin(name: "RouteGenWrite", targets: ["RouteGenWrite"]),
    .executable(name: "route-gen", targets: ["route-gen"]),
    .executable(name: "checkout", targets: ["Checkout"]),
    .executable(name: "conformance", targets: ["Conformance"]),
  ],
  dependencies: [
    // The field's logging API: an app chooses the backend.
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    // File, environment and flags behind one reader. The JSON trait alone: YAML triples the build time.
    .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
    // Command lines of `route-gen` and the example server. What the plugin runs does not use it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    // The rule configuration of `route-gen`. What the plugin runs reads the copy in `catalog.lock` instead.
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // The catalog: slugs, versions, aliases, deprecation and their rules. Standard library only.
    .target(name: "ZerverCatalog", swiftSettings: settings),
    // The pure centre: machine, plans, queues, HTTP bytes, JSON. No system import.
    // Rounding a `Double` calls the C mathematics library, which nothing else brings in when this is used alone.
    .target(
      name: "ZerverCore", dependencies: ["ZerverCatalog"], swiftSettings: settings, linkerSettings: [.linkedLibrary("m")]),

    // The impure ring: proactor, connections, workers, effects. One module, because a generic queue called across a
    // module border cost 70 times the same call inside it.
    .target(
      name: "ZerverServer",
      dependencies: [
        "ZerverCore", "CUring", "COpenSSL", "CNGHTTP2", "CCompression",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // Loads a `ServerConfiguration`. Apart from the server, because swift-configuration brings C headers that claim the
    // declarations of epoll and io_uring for themselves.
    .target(
      name: "ZerverConfiguration",
      dependencies: [
        "ZerverServer",
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // The `db` effect over libpq and SQLite.
    .target(
      name: "ZerverDatabase",
      dependencies: ["ZerverServer", "CPostgres", "CSQLite", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings),
    // Fakes and helpers for the tests of apps and of this package.
    .target(name: "ZerverTesting", dependencies: ["ZerverServer"], swiftSettings: settings),
    // What an app imports.
    .target(
      name: "Zerver",
      dependencies: [
        "ZerverCore", "ZerverServer", "ZerverConfiguration", "ZerverDatabase", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),

    // The language: every phase from bytes to generated Swift. Depends on the catalog's rules and on nothing else.
    .target(name: "FlowLanguage", dependencies: ["ZerverCatalog"], swiftSettings: settings),
    // What the plugin runs. Every user builds it before anything else, so it depends on no package.
    .executableTarget(name: "route-gen-build", dependencies: ["FlowLanguage", "CFiles"], swiftSettings: settings),
    // What people ask of a catalog beyond building it: format, governance, graphs, documents, clients, the language server.
    // Apart from the language, so that the plugin's tool does not build it.
    .target(name: "FlowTools", dependencies: ["FlowLanguage", "ZerverCatalog"], swiftSettings: settings),
    // The command line for people.
    .executableTarget(
      name: "route-gen",
      dependencies: [
        "FlowLanguage", "FlowTools", "ZerverCatalog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .plugin(name: "RouteGen", capability: .buildTool(), dependencies: ["route-gen-build"]),
    // Two command plugins, because one that may write asks for permission whatever it is asked to do.
    .plugin(
      name: "RouteGenLint",
      capability: .command(
        intent: .custom(verb: "route-gen-lint", description: "Check every .flow file, and find changes that break callers")),
      dependencies: ["route-gen"]),
    .plugin(
      name: "RouteGenWrite",
      capability: .command(
        intent: .custom(verb: "route-gen", description: "Accept the catalog into catalog.lock, or format the .flow files"),
        permissions: [
          .writeToPackageDirectory(reason: "`accept` writes catalog.lock, and `fmt` the .flow files, in the folders of your targets.")
        ]),
      dependencies: ["route-gen"]),

    // Files for `route-gen-build`, without the C library's headers: to import those took longer than the rest of its module.
    .target(name: "CFiles"),
    // C libraries, from Debian's -dev packages. CUring adds the few inline wrappers that Swift cannot import.
    .target(name: "CUring", linkerSettings: [.linkedLibrary("uring")]),
    // Sessions of TLS that read and write memory.
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    // Sessions of HTTP/2 that read and write memory.
    .target(name: "CNGHTTP2", linkerSettings: [.linkedLibrary("nghttp2")]),
    // The codings that HTTP clients know.
    .target(
      name: "CCompression", linkerSettings: [.linkedLibrary("z"), .linkedLibrary("brotlienc"), .linkedLibrary("zstd")]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // The reference shop: steps, routes, and the app that wires them.
    .target(
      name: "CheckoutSteps", dependencies: ["ZerverCore"], path: "Examples/CheckoutSteps", swiftSettings: settings,
      plugins: ["RouteGen"]),
    // Tables and seed of the shop, for the app and for tests.
    .target(
      name: "CheckoutData", dependencies: ["CheckoutSteps", "ZerverCore", "ZerverDatabase"], path: "Examples/CheckoutData",
      swiftSettings: settings),
    .target(
      name: "ReferenceRoutes", dependencies: ["ZerverCore", "CheckoutSteps"], path: "Routes", swiftSettings: settings,
      plugins: ["RouteGen"]),
    .executableTarget(
      name: "Checkout",
      dependencies: [
        "Zerver", "CheckoutData", "ReferenceRoutes",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Examples/Checkout", exclude: ["Config"], swiftSettings: settings),
    // Flows that say nothing and do nothing, for tools that test HTTP servers.
    .target(
      name: "ConformanceFlows", dependencies: ["ZerverCore"], path: "Examples/Conformance/Flows", swiftSettings: settings,
      plugins: ["RouteGen"]),
    .executableTarget(
      name: "Conformance",
      dependencies: ["Zerver", "ZerverConfiguration", "ConformanceFlows", .product(name: "Logging", package: "swift-log")],
      path: "Examples/Conformance/Server", swiftSettings: settings),

    .testTarget(name: "ZerverCatalogTests", dependencies: ["ZerverCatalog"], swiftSettings: settings),
    .testTarget(
      name: "ZerverCoreTests", dependencies: ["ZerverCore"], exclude: ["Builder/FlowProblems.txt"], swiftSettings: settings),
    .testTarget(
      name: "ZerverServerTests", dependencies: ["ZerverServer", "ZerverTesting"], exclude: ["Connections/TLS/peer.py", "Connections/HTTP2/frames.py"],
      swiftSettings: settings),
    .testTarget(
      name: "ZerverConfigurationTests",
      dependencies: [
        "ZerverConfiguration", .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .testTarget(name: "ZerverDatabaseTests", dependencies: ["ZerverDatabase", "ZerverTesting"], swiftSettings: settings),
    // Flows and steps that use every construct of the language: what the generator writes is compiled and run.
    .target(
      name: "GeneratedFlows", dependencies: ["ZerverCore"], path: "Tests/GeneratedFlows", swiftSettings: settings,
      plugins: ["RouteGen"]),
    // No flow, and the tombstones of some.
    .target(
      name: "RetiredFlows", dependencies: ["ZerverCore"], path: "Tests/RetiredFlows", swiftSettings: settings,
      plugins: ["RouteGen"]),
    .testTarget(
      name: "FlowLanguageTests", dependencies: ["FlowLanguage", "FlowTools", "route-gen", "GeneratedFlows", "ZerverCore"],
      exclude: ["Cases", "CodeGeneration/Cases"], swiftSettings: settings),
    .testTarget(
      name: "FlowToolsTests", dependencies: ["FlowTools", "FlowLanguage", "ZerverCatalog"],
      exclude: ["Format/Cases", "Governance/Cases", "Documents/Golden", "Client/Golden/every-construct-client.ts"],
      swiftSettings: settings),
    .testTarget(
      name: "ZerverTestingTests", dependencies: ["ZerverTesting", "GeneratedFlows", "ZerverCore"], swiftSettings: settings),
    // The examples of the shop's flows.
    .testTarget(
      name: "ReferenceRoutesTests", dependencies: ["ReferenceRoutes", "ZerverTesting", "ZerverCore"], swiftSettings: settings),
    .testTarget(name: "CheckoutStepsTests", dependencies: ["CheckoutSteps"], swiftSettings: settings),
    // HTTP/1.1 over real sockets, byte by byte, from cases that are data.
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["ConformanceFlows", "Conformance", "ZerverCore", "ZerverServer", "ZerverTesting",
        .product(name: "Logging", package: "swift-log")],
      exclude: ["Cases", "Differential"], swiftSettings: settings),
    // The shop over real sockets, on SQLite and on a private PostgreSQL cluster.
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "Zerver", "ZerverCore", "ZerverServer", "ZerverDatabase", "ZerverTesting", "CheckoutData", "ReferenceRoutes",
        "GeneratedFlows", "RetiredFlows",
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Clients/Node"], swiftSettings: settings),
  ]
)
