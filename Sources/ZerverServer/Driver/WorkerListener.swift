/// A socket on which a worker accepts connections, and what it speaks with them.
struct WorkerListener: Sendable {
  /// -1 when it is closed.
  var descriptor: Int32
  /// Another process may accept on it as well.
  var isShared = false
  var isEncrypted = false
  /// A client may begin with HTTP/2 without having asked.
  var allowsHTTP2 = false
  /// A proxy names its client before the client speaks.
  var expectsProxyHeader = false
  var isAccepting = false
  /// Accepts since the drain began. Bounded, because connections may keep coming.
  var lastAccepts = 0
}
