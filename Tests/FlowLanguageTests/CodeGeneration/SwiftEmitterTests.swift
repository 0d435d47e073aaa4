import FlowLanguage
import Foundation
import Testing

@Suite("Generated Swift")
struct SwiftEmitterTests {
  @Test("a case becomes the Swift that it expects", arguments: GeneratedCase.names)
  func golden(name: String) throws {
    let generatedCase = try GeneratedCase(name: name)
    let (files, problems) = generatedCase.generate()
    try #require(!files.isEmpty, "\(problems)")
    if ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1" { return try generatedCase.update(files) }
    for (name, text) in generatedCase.expected {
      #expect(files.first { $0.name == name }?.text == text)
    }
    #expect(!generatedCase.expected.isEmpty)
  }

  @Test("there are cases at all")
  func cases() { #expect(GeneratedCase.names.count >= 3) }

  /// A module with this many flows.
  func module(_ count: Int) throws -> ResolvedModule {
    let flows = (0..<count).map { number in
      SourceFile(
        path: "v1/say-thing-\(number).flow",
        text: "flow say-thing-\(number) { owner shop method GET output text plan { done say() } }")
    }
    let types = SourceFile(path: "Steps.flow", text: "step say() -> string")
    let result = FlowCompiler.compile(module: "Shop", files: flows + [types])
    return try #require(result.module, "\(TextRenderer.render(result.diagnostics))")
  }

  @Test(
    "fifty flows share a file, and the plugin knows the names before", arguments: [0, 1, 50, 51, 101])
  func files(count: Int) throws {
    let files = SwiftEmitter.emit(try module(count), flowFileCount: count)
    #expect(files.map(\.name) == SwiftEmitter.fileNames(flowFileCount: count))
    let flowFiles = files.filter { $0.name.contains("Flows") }
    #expect(flowFiles.count == (count + 49) / 50)
    #expect(flowFiles.map { $0.text.components(separatedBy: "static var plan").count - 1 }.reduce(0, +) == count)
  }

  @Test("the same files give the same bytes, in whatever order they come")
  func deterministic() throws {
    var shuffled = try module(60)
    let files = SwiftEmitter.emit(shuffled)
    shuffled.flows.reverse()
    #expect(SwiftEmitter.emit(shuffled) == files)
  }

  @Test("a step stands in the generated Swift on the line and in the column where it stands in the plan")
  func places() throws {
    let file = SourceFile(
      path: "/shop/v1/say-thing.flow",
      text: """
        flow say-thing {
          owner shop  method GET
          output text
          plan {
            when exists input.name { greeting = say-hello(input.name) }
            done  say-all(greeting)
          }
          input Who
        }
        """)
    let steps = SourceFile(
      path: "/shop/Steps.flow",
      text: "record Who { name: string? }\nstep say-hello(name: string?) -> string\n step say-all(text: string?) -> string\n")
    let result = FlowCompiler.compile(module: "Shop", files: [file, steps])
    let module = try #require(result.module, "\(TextRenderer.render(result.diagnostics))")
    let text = SwiftEmitter.emit(module).map(\.text).joined()
    for (code, path, line, column) in [
      ("SayHello.run(", "/shop/v1/say-thing.flow", 5, 41), ("SayAll.run(", "/shop/v1/say-thing.flow", 6, 11),
      ("SayHello.self", "/shop/Steps.flow", 2, 6), ("SayAll.self", "/shop/Steps.flow", 3, 7),
      ("static func run(text:", "/shop/Steps.flow", 3, 7),
    ] {
      let place = try #require(Self.place(of: code, in: text))
      #expect(place == .init(path: path, line: line, column: column), "\(code)")
    }
  }

  struct Place: Equatable {
    var path: String
    var line: Int
    var column: Int
  }

  /// Where the Swift compiler would report a mistake in `code`.
  static func place(of code: String, in text: String) -> Place? {
    var path = ""
    var line = 0
    for row in text.components(separatedBy: "\n") {
      if row.hasPrefix("#sourceLocation(file: \"") {
        let parts = row.components(separatedBy: "\"")
        path = parts[1]
        line = Int(parts[2].filter(\.isNumber)) ?? 0
        continue
      }
      if row == "#sourceLocation()" { path = "" }
      if !path.isEmpty, let range = row.range(of: code) {
        return Place(path: path, line: line, column: row.distance(from: row.startIndex, to: range.lowerBound) + 1)
      }
      line += 1
    }
    return nil
  }
}
