import FlowLanguage
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("New flows, steps and apps")
struct TemplateTests {
  /// The `.flow` files of a template compile, and have their canonical form.
  private func expectClean(_ files: [TemplateFile], besides text: String = "") {
    let sources = files.filter { $0.path.hasSuffix(".flow") }.map { SourceFile(path: $0.path, text: $0.text) }
    let more = text.isEmpty ? [] : [SourceFile(path: "Types.flow", text: text)]
    let result = FlowCompiler.compile(module: "Shop", files: sources + more)
    #expect(result.module != nil, "\(TextRenderer.render(result.diagnostics))")
    for source in sources { #expect(FlowFormatter.format(source) == .formatted(source.text(0..<source.bytes.count))) }
  }

  @Test("a new flow compiles and stands where its version says", arguments: ["v1/show-invoice", "v3/pay-all-invoices"])
  func flow(name: String) throws {
    let reference = try #require(FlowReference(text: name))
    let files = FlowTemplate(reference, owner: "billing", method: .get).files
    expectClean(files)
    #expect(files[0].path == "\(name).flow")
    #expect(files[1].path == "Steps/\(SwiftNames.type(reference.slug.text)).swift")
  }

  @Test("a new step has a line that compiles and Swift of the same signature")
  func step() throws {
    let files = try StepTemplate(
      name: "load-invoice", signature: "(invoice-id: string, class: [Kind]?) -> Invoice needs db fails invoice-not-found"
    ).files
    expectClean(files, besides: "enum Kind { paid }\nrecord Invoice { id: string }\nerror invoice-not-found\n")
    #expect(files.map(\.path) == ["LoadInvoice.flow", "LoadInvoice.swift"])
    #expect(
      files[1].text == """
        public import ZerverCore

        public enum LoadInvoice: LoadInvoiceStep {
          public static func run(invoiceId: String, `class`: [Kind]?) throws(FlowFailure) -> Decision<Invoice> {
            .fail(.internalError("load-invoice has not been written yet."))
          }

          public static func resume(_ resumption: Resumption, invoiceId: String, `class`: [Kind]?) throws(FlowFailure) -> Decision<Invoice> {
            .fail(.internalError("load-invoice has not been written yet."))
          }
        }

        """)
  }

  @Test("a new step that takes a stream is given parts of it, and is resumed")
  func streamStep() throws {
    let files = try StepTemplate(name: "add-rows", signature: "(rows: stream [Row]) -> Total").files
    expectClean(files, besides: "record Row { sku: string }\nrecord Total { rows: int }\n")
    #expect(files[0].text.hasSuffix("step add-rows(rows: stream [Row]) -> Total\n"))
    #expect(files[1].text.contains("static func run(rows: StreamPart<[Row]>) throws(FlowFailure) -> Decision<Total>"))
    #expect(files[1].text.contains("static func resume(_ resumption: Resumption, rows: StreamPart<[Row]>)"))
  }

  @Test("a line that cannot be read says why")
  func brokenStep() {
    #expect {
      try StepTemplate(name: "load-invoice", signature: "(id string)")
    } throws: { error in
      guard case StepTemplate.Failure.line(let diagnostics)? = error as? StepTemplate.Failure else { return false }
      return diagnostics.map(\.code) == [.unexpectedToken]
    }
  }

  @Test("a new app has a flow that compiles, and gets Zerver from where it is told")
  func app() throws {
    let app = try #require(AppTemplate(name: "pet-shop", source: .path("../zerver")))
    expectClean(app.files)
    let package = try #require(app.files.first { $0.path == "Package.swift" }).text
    #expect(package.contains(".package(name: \"zerver\", path: \"../zerver\")"))
    #expect(app.files.contains { $0.path == "Sources/PetShop/main.swift" })
    let other = try #require(AppTemplate(name: "pet-shop", source: .url("https://example.com/a/Zerver.git", branch: "main")))
    let text = try #require(other.files.first { $0.path == "Package.swift" }).text
    #expect(text.contains(".package(url: \"https://example.com/a/Zerver.git\", branch: \"main\")"))
    #expect(text.contains("package: \"zerver\")"))
  }

  @Test("an app has a name that can name its folder and its Swift module", arguments: ["Pet", "pet_shop", "", "-", "pet--shop", "pet-"])
  func appName(name: String) {
    #expect(AppTemplate(name: name, source: .path("..")) == nil)
  }
}
