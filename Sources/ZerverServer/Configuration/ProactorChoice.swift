/// Which source of completions a server runs on.
public enum ProactorChoice: String, CaseIterable, Equatable, Sendable {
  /// io_uring where a probe at start-up finds everything that it needs, epoll elsewhere. Containers often forbid io_uring.
  case automatic
  /// io_uring, or the server does not start.
  case ioUring = "io_uring"
  /// epoll, also where io_uring would work.
  case epoll
}
