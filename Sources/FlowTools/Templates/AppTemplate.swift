import FlowLanguage

/// A new app: a package with one flow, its step, a server and a test, which builds and answers as it is.
package struct AppTemplate {
  /// Where the app gets Zerver from.
  package enum Source: Equatable {
    case path(String)
    case url(String, branch: String)
  }

  /// In kebab-case: the package and its folder.
  private let name: String
  private let source: Source

  /// `nil` when the name is not in kebab-case: `pet-shop`.
  package init?(name: String, source: Source) {
    guard NameStyle.kebab.accepts(name), name.last != "-", !name.contains("--") else { return nil }
    self.name = name
    self.source = source
  }

  private var executable: String { SwiftNames.type(name) }
  private var flows: String { executable + "Flows" }

  package var files: [TemplateFile] {
    [
      TemplateFile("Package.swift", package),
      TemplateFile("README.md", readme),
      TemplateFile(".gitignore", ".build\n"),
      TemplateFile("Sources/\(executable)/main.swift", main),
      TemplateFile("Sources/\(flows)/v1/greet-guest.flow", Self.flow),
      TemplateFile("Sources/\(flows)/Steps/GreetGuest.swift", Self.step),
      TemplateFile("Tests/\(flows)Tests/GreetGuestTests.swift", test),
    ]
  }

  // MARK: The package

  private var dependency: String {
    switch source {
    case .path(let path): ".package(name: \"zerver\", path: \"\(Self.escaped(path))\")"
    case .url(let url, let branch): ".package(url: \"\(Self.escaped(url))\", branch: \"\(Self.escaped(branch))\")"
    }
  }

  /// The identity of a package at an address is the last part of the address.
  private var identity: String {
    guard case .url(let url, _) = source else { return "zerver" }
    let last = url.split(separator: "/").last.map(String.init) ?? "zerver"
    return (last.hasSuffix(".git") ? String(last.dropLast(4)) : last).lowercased()
  }

  private static func escaped(_ text: String) -> String { text.replacingAll("\\", "\\\\").replacingAll("\"", "\\\"") }

  private var package: String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    let package = Package(
      name: "\(name)",
      dependencies: [
        \(dependency)
      ],
      targets: [
        // Flows and their pure steps: the plugin compiles the .flow files of this folder.
        .target(
          name: "\(flows)",
          dependencies: [.product(name: "ZerverCore", package: "\(identity)")],
          plugins: [.plugin(name: "RouteGen", package: "\(identity)")]),
        .executableTarget(
          name: "\(executable)",
          dependencies: ["\(flows)", .product(name: "Zerver", package: "\(identity)")]),
        .testTarget(
          name: "\(flows)Tests",
          dependencies: ["\(flows)", .product(name: "ZerverCore", package: "\(identity)")]),
      ]
    )

    """
  }

  private var readme: String {
    """
    # \(name)

    A server of flows, built on Zerver.

        swift run \(executable)

    Then, in another terminal:

        curl 'http://127.0.0.1:8080/flow/v1/greet-guest?name=Ada'

    `swift run \(executable) 0` takes any free port and logs which one it got.

    | folder | what is in it |
    |---|---|
    | `Sources/\(flows)/v1` | the flows of version 1: one file each, named after the flow |
    | `Sources/\(flows)/Steps` | the steps: pure functions, one file each |
    | `Sources/\(executable)` | the server: which catalogs it serves, and on which port |
    | `Tests/\(flows)Tests` | the steps' tests |

    A new flow: `route-gen new flow show-invoice --owner billing --path Sources/\(flows)`.

    """
  }

  private var main: String {
    """
    import \(flows)
    import Zerver

    var configuration = ServerConfiguration()
    // The first argument is the port: 0 for any that is free.
    if let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) { configuration.port = port }
    try Server(catalogs: [Routes.catalog], configuration: configuration).run()

    """
  }

  // MARK: The flow

  private static let flow = """
    record Guest {
      name: string length 1..80
    }

    record Greeting {
      text: string
    }

    step greet-guest(guest: Guest) -> Greeting

    /// Greets a guest by name.
    flow greet-guest {
      owner    reception
      method   GET
      profile  interactive
      deadline 1s

      input  Guest
      output Greeting

      plan {
        done greet-guest(input)
      }
    }

    """

  private static let step = """
    public import ZerverCore

    public enum GreetGuest: GreetGuestStep {
      public static func run(guest: Guest) throws(FlowFailure) -> Decision<Greeting> {
        .continue(Greeting(text: "Welcome, \\(guest.name)!"))
      }
    }

    """

  private var test: String {
    """
    import \(flows)
    import Testing
    import ZerverCore

    @Suite("Greetings")
    struct GreetGuestTests {
      @Test("a guest is greeted by name", arguments: [("Ada", "Welcome, Ada!"), ("Grace", "Welcome, Grace!")])
      func greeting(name: String, text: String) throws {
        #expect(try GreetGuest.run(guest: Guest(name: name)) == .continue(Greeting(text: text)))
      }
    }

    """
  }
}
