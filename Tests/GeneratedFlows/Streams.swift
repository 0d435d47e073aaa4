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

/// Asks for an effect for each number that is 13, and keeps the sum and the part meanwhile.
public enum AddNumbers: AddNumbersStep {
  public static func run(numbers: StreamPart<Numbered>) -> Decision<Sum> {
    numbers.elements.contains { $0.number == 13 } ? .need(.now) : added(numbers, to: 0)
  }

  public static func resume(_ resumption: Resumption, numbers: StreamPart<Numbered>) throws(FlowFailure) -> Decision<Sum> {
    let isNew = resumption.outcomes.isEmpty
    if isNew, numbers.elements.contains(where: { $0.number == 13 }) { return .need(.now) }
    if numbers.elements.contains(where: { $0.number < 0 }) { return .fail(.itemLocked) }
    return added(numbers, to: try resumption.progress(or: 0))
  }

  private static func added(_ numbers: StreamPart<Numbered>, to sum: Int) -> Decision<Sum> {
    let sum = sum + numbers.elements.map(\.number).reduce(0, +)
    return numbers.isLast ? .continue(Sum(sum: sum)) : .take(Progress(sum))
  }
}

public enum ShowSum: ShowSumStep {
  public static func run(sum: Sum) -> Decision<Sum> { .continue(sum) }
}

public enum FindLetter: FindLetterStep {
  public static func run(request: LetterRequest) -> Decision<String> {
    request.name == "burnt" ? .fail(.letterBurnt) : .continue("letters/\(request.name).txt")
  }
}
