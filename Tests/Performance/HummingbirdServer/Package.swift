// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who uses or tests Zerver builds it. Exact version: a figure is worth comparing only
// as long as the opponent is the same. The folder must not be named like the package that it depends on, or SwiftPM takes
// one for the other.
let package = Package(
  name: "hummingbird-server",
  platforms: [.macOS(.v14)],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1")
  ],
  targets: [
    .executableTarget(
      name: "hummingbird-server",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdHTTP2", package: "hummingbird"),
      ],
      path: "Sources/HummingbirdServer")
  ]
)
