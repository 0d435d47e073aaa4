import FlowLanguage
import Testing

@testable import FlowTools

@Suite("The rule configuration")
struct ConfigurationReaderTests {
  private let file = SourceFile(path: "route-gen.yaml", text: "x")
  private var span: SourceSpan { SourceSpan(file: file, start: 0, end: 1) }

  private func text(_ text: String) -> ConfigurationNode { .text(text, span) }
  private func list(_ elements: String...) -> ConfigurationNode { .list(elements.map(text), span) }
  private func map(_ members: (String, ConfigurationNode)...) -> ConfigurationNode {
    .map(members.map { ($0.0, span, $0.1) }, span)
  }

  @Test("every part becomes a setting, and survives the way through the lock")
  func everything() throws {
    let (settings, diagnostics) = ConfigurationReader.read(
      map(
        ("rules", map(
          ("unused-binding", text("error")), ("check-owner-changed", text("off")),
          ("check-deadline-shortened", map(("internal/**", text("warning")), ("**", text("error")))))),
        ("numbers", map(("sunset-grace-days", text("180")), ("slug-length-max", text("40")))),
        ("organisation", map(
          ("owners", list("payments", "search")), ("required", list("summary", "guide")),
          ("slugs", .list(
            [map(("pattern", text("(show|find): in \"[a-z]\"-.*")), ("because", text("Say: \"what\" is done.")), ("path", text("v2/**")))],
            span))))))
    #expect(diagnostics.isEmpty)
    #expect(settings.level(of: .unusedBinding, in: "v1/a.flow") == .error)
    #expect(settings.level(of: .checkOwnerChanged, in: "v1/a.flow") == .off)
    #expect(settings.level(of: .checkDeadlineShortened, in: "v1/a.flow") == .error)
    #expect(settings.level(of: .checkDeadlineShortened, in: "internal/v1/a.flow") == .warning)
    #expect(settings.level(of: .checkMethodChanged, in: "v1/a.flow") == nil)
    #expect(settings.sunsetGraceDays == 180)
    #expect(settings.slugLengthMax == 40)
    #expect(settings.owners == ["payments", "search"])
    #expect(settings.requiredAttributes == [.summary, .guide])
    #expect(settings.slugRules.count == 1)

    var lock = CatalogLock()
    lock[.settings] = settings.block
    let (read, problems) = CatalogLock.read(SourceFile(path: "catalog.lock", text: lock.text))
    #expect(problems.isEmpty)
    #expect(GovernanceSettings(read[.settings]).block.facts.mapValues(\.value) == settings.block.facts.mapValues(\.value))
    #expect(settings.changes(from: read).isEmpty)
    #expect(
      GovernanceSettings().changes(from: read).contains("- sunset-grace-days: 180"), "what the file does not say any more")
  }

  @Test("an empty file configures nothing")
  func empty() {
    #expect(ConfigurationReader.read(nil).settings == GovernanceSettings())
    #expect(ConfigurationReader.read(text("")).diagnostics.isEmpty)
  }

  @Test("YAML's own word for off is off")
  func off() {
    let settings = ConfigurationReader.read(map(("rules", map(("unused-binding", text("false")))))).settings
    #expect(settings.level(of: .unusedBinding, in: "") == .off)
  }

  @Test("what cannot be a setting is reported, and the rest counts")
  func mistakes() {
    let (settings, diagnostics) = ConfigurationReader.read(
      map(
        ("rule", map()), ("numbers", map(("sunset-grace-days", text("half a year")), ("slug-length-max", text("12")))),
        ("rules", map(
          ("unused-bindings", text("off")), ("unknown-step", text("warning")), ("past-sunset", text("loud")),
          ("unused-fragment", .list([], span)))),
        ("organisation", map(
          ("owners", text("payments")), ("required", list("summery")),
          ("slugs", .list([map(("pattern", text("(show"))), text("show-.*")], span))))))
    let counts = Dictionary(grouping: diagnostics, by: \.code).mapValues(\.count)
    #expect(counts == [.configurationKey: 2, .configurationCode: 2, .configurationValue: 7])
    #expect(settings.slugLengthMax == 12)
    let titles = Set(diagnostics.compactMap(\.fix?.title))
    #expect(titles == ["write `rules`", "write `unused-binding`", "write `summary`"])
  }
}
