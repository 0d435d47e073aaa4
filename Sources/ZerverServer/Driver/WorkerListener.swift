/// A socket on which a worker accepts connections, and what it speaks with them.
struct WorkerListener: Sendable {
  /// -1 when it is closed.
  var descriptor: Int32
  /// Another process may accept on it as well.
  var isShared = false
  var isEncrypted = false
  /// A client may begin with HTTP/2 without having asked.
  var allowsHTTP2 = false
  var isAccepting = false
}
