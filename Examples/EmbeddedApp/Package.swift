// swift-tools-version: 6.2
import PackageDescription

// A package of its own: it sees of Zerver what every app sees.
let package = Package(
  name: "embedded-app",
  dependencies: [
    .package(name: "zerver", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "EmbeddedApp",
      dependencies: [
        .product(name: "Zerver", package: "zerver"),
        .product(name: "ZerverCore", package: "zerver"),
      ],
      plugins: [.plugin(name: "RouteGen", package: "zerver")])
  ]
)
