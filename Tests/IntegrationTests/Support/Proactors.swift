import ZerverServer

/// The backends that this machine allows. io_uring is often forbidden in containers; epoll never is.
let proactors: [ProactorChoice] = {
  do throws(ProactorError) {
    _ = try ProactorProbe(.ioUring)
    return [.epoll, .ioUring]
  } catch {
    print("io_uring is not tested here: \(error)")
    return [.epoll]
  }
}()
