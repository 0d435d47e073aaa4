public import ZerverCore

public enum SendDocument: SendDocumentStep {
  public static func run() throws(FlowFailure) -> Decision<String> {
    .done(
      Response(
        status: 200, contentType: "text/plain; charset=utf-8",
        headers: [.init("ETag", "\"d-1\""), .init("Last-Modified", "Wed, 01 Apr 2026 12:00:00 GMT")],
        body: Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)))
  }
}
