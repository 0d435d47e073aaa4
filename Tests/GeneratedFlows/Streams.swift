public import ZerverCore

public enum GiveNumbers: GiveNumbersStep {
  public static func run(count: Int) -> Decision<[Numbered]> { count == 13 ? .fail(.itemLocked) : part(after: 0, of: count) }

  public static func resume(_ resumption: Resumption, count: Int) throws(FlowFailure) -> Decision<[Numbered]> {
    part(after: try resumption.progress(), of: count)
  }

  private static func part(after given: Int, of count: Int) -> Decision<[Numbered]> {
    let end = min(given + 2, count)
    let part = (given..<end).map { Numbered(number: $0 + 1) }
    return end == count ? .continue(part) : .emit(part, Progress(end))
  }
}

public enum SpellOut: SpellOutStep {
  public static func run() -> Decision<[String]> { .continue(["a", "b"]) }
}

public enum FindLetter: FindLetterStep {
  public static func run(request: LetterRequest) -> Decision<String> {
    request.name == "burnt" ? .fail(.letterBurnt) : .continue("letters/\(request.name).txt")
  }
}
