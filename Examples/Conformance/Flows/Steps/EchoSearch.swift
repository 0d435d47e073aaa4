public import ZerverCore

public enum EchoSearch: EchoSearchStep {
  public static func run(search: Search) throws(FlowFailure) -> Decision<Search> { .continue(search) }
}
