public import ZerverCore

/// The one page that there is, in its seventh version.
enum StoredPage {
  static let name = "home"
  static let tag = "7"
  /// 1 April 2026, noon.
  static let lastModified = 1_775_044_800

  static func allows(_ precondition: Precondition, _ name: String) -> Bool {
    name == Self.name
      ? precondition.holds(entityTag: tag, lastModified: lastModified) : precondition.holds(entityTag: nil)
  }
}

public enum CheckLine: CheckLineStep {
  public static func run(line: String, name: String, precondition: Precondition) -> Decision<String> {
    guard StoredPage.allows(precondition, name) else { return .fail(.preconditionFailed) }
    return .continue(line + "!")
  }
}

public enum WritePage: WritePageStep {
  public static func run(change: PageChange, lines: [String]?, precondition: Precondition) -> Decision<Page> {
    guard StoredPage.allows(precondition, change.name) else { return .fail(.preconditionFailed) }
    return .continue(Page(name: change.name, lines: lines ?? []))
  }
}

public enum DescribeCondition: DescribeConditionStep {
  public static func run(condition: Precondition) -> Decision<String> {
    .continue(condition.isEmpty ? "on no condition" : "on a condition")
  }
}

public enum KeepPage: KeepPageStep {
  public static func run(page: Page) -> Decision<Page> { .continue(page) }
}

public enum ShowText: ShowTextStep {
  public static func run(text: String) -> Decision<String> { .continue(text) }
}

enum RewritePagePlan: RewritePageV1Plan {
  static func plan(_ change: Handle<PageChange>) -> FlowAnswer<Page> {
    let lines = forEach(change.lines, max: 5) { line in step(CheckLine.self, line, change.name, .precondition()) }
    WritePage.step(change: change, lines: optional(lines), precondition: .precondition())
  }
}

public enum TellCondition: TellConditionFragment {
  public static func plan() -> Handle<String> { DescribeCondition.step(condition: .precondition()) }
}
