public import ZerverCore

/// The plan of `share-fragments`, once more.
enum ShareFragments: PlanInSwiftV1Plan {
  static func plan(_ input: Handle<Keys>) -> FlowAnswer<Report> {
    let pair = LoadPair.plan(first: input.first, second: input.second, note: input.note)
    let text = DescribeItem.plan(key: input.third)
    let item = step(LoadItem.self, input.first)
    NoteQuietly.plan(item: item)
    let again = when(item.owner.isStaff == true) { DescribeItem.plan(key: item.key) }
    DescribeReport.step(report: pair, text: text, again: again)
  }
}

public enum DescribeItem: DescribeItemFragment {
  public static func plan(key: Handle<String>) -> Handle<String> {
    let item = LoadItem.step(key: key)
    let count = step(CountIfThere.self, item.owner.nickname, item.owner.nickname, item.owner.nickname)
    when(item.owner.kind == .standard) { step(TellCount.self, item.value) } otherwise: { step(TellCount.self, count) }
  }
}

public enum NoteQuietly: NoteItemQuietlyFragment {
  public static func plan(item: Handle<Item>) -> Handle<NoOutput> { step(NoteCount.self, item.value) }
}

public enum CountIfThere: CountIfThereStep {
  public static func run(choice: String?, guest: String?, nickname: String?) -> Decision<Int> {
    .continue([choice, guest, nickname].count { $0 != nil })
  }
}

public enum DescribeReport: DescribeReportStep {
  public static func run(report: Report, text: String, again: String?) -> Decision<Report> {
    .continue(Report(lines: report.lines + [text, again ?? "-"]))
  }
}
