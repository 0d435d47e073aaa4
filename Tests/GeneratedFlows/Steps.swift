public import ZerverCore

// What the steps do is chosen so that a test can tell from the answer which of them have run, and with what.

public enum EchoEverything: EchoEverythingStep {
  public static func run(input: Everything) -> Decision<Everything> { .continue(input) }
}

public enum EchoSearch: EchoSearchStep {
  public static func run(search: Search) -> Decision<Search> { .continue(search) }
}

public enum Greet: GreetStep {
  public static func run() -> Decision<String> { .continue("Hello!") }
}

public enum Forget: ForgetStep {
  public static func run(search: Search) throws(FlowFailure) -> Decision<NoOutput> {
    if search.exact { throw .itemLocked }
    return .continue(NoOutput())
  }
}

public enum LoadItem: LoadItemStep {
  public static func run(key: String) -> Decision<Item> { .need(.query("SELECT", .text(key))) }

  public static func resume(_ resumption: Resumption, key: String) throws(FlowFailure) -> Decision<Item> {
    guard let row = try resumption.rows().first else {
      return .fail(.itemMissing(key: key, tried: 1, retry: false))
    }
    var owner: Owner?
    if let kind = Delivery(rawValue: try row.optionalText("kind") ?? "") {
      owner = Owner(isStaff: try row.bool("staff"), kind: kind, nickname: try row.optionalText("nickname"))
    }
    return .continue(Item(key: key, value: try row.int("value"), owner: owner))
  }
}

public enum NoteItem: NoteItemStep {
  public static func run(item: Item) -> Decision<NoOutput> {
    switch item.key {
    case "audit": .insert(.audit, NoOutput())
    case "give-up": .replace(.giveUp)
    case "start-over": .replace(.startOver)
    case "undeclared": .replace(Fragment("unheard-of"))
    default: .continue(NoOutput())
    }
  }
}

public enum CountUp: CountUpStep {
  public static func run(from: Int, audited: String?) -> Decision<Int> {
    from == 0 ? .continue(0) : .yield(Progress(from + 1))
  }

  public static func resume(_ resumption: Resumption, from: Int, audited: String?) throws(FlowFailure) -> Decision<Int> {
    let count: Int = try resumption.progress()
    return count < from + 3 ? .yield(Progress(count + 1)) : .continue(count)
  }
}

public enum WriteAudit: WriteAuditStep {
  public static func run(item: Item) -> Decision<String> { .need(.now) }

  public static func resume(_ resumption: Resumption, item: Item) throws(FlowFailure) -> Decision<String> {
    .continue("\(item.key) at \(try resumption.instant())")
  }
}

public enum FindNickname: FindNicknameStep {
  public static func run(item: Item) -> Decision<String?> { .continue(item.owner?.nickname) }
}

public enum ReportItems: ReportItemsStep {
  public static func run(first: Item?, second: Item?, third: Item?, note: String?) -> Decision<Report> {
    .continue(Report(lines: [first, second, third].map { $0.map { "\($0.key)=\($0.value)" } ?? "-" } + (note.map { [$0] } ?? [])))
  }
}

public enum ReportChoice: ReportChoiceStep {
  public static func run(choice: String?, number: Int?) -> Decision<Report> {
    .continue(Report(lines: [choice ?? "-", number.map(String.init) ?? "-"]))
  }
}

public enum ChooseStaff: ChooseStaffStep {
  public static func run(item: Item) -> Decision<String> { .continue("staff") }
}

public enum ChooseGuest: ChooseGuestStep {
  public static func run(item: Item) -> Decision<String> { .continue("guest") }
}

public enum Apologise: ApologiseStep {
  public static func run(item: Item) -> Decision<Report> { .continue(Report(lines: ["sorry, \(item.key)"])) }
}

public enum TellCount: TellCountStep {
  public static func run(count: Int) -> Decision<String> { .continue("counted to \(count)") }
}

public enum NoteCount: NoteCountStep {
  public static func run(count: Int) -> Decision<NoOutput> { .continue(NoOutput()) }
}
