import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix

// The same two answers as the shop's, on one event loop, with nothing in between: no middleware and no request log.

struct Message: ResponseEncodable {
  let message: String
}

let router = Router()
router.get("flow/v1/say-hello") { _, _ in "Hello, world!" }
router.get("flow/v1/show-message") { _, _ in Message(message: "Hello, world!") }

var logger = Logger(label: "hummingbird-server")
logger.logLevel = .error
let application = Application(
  router: router,
  // Port 0: the system chooses one, and the line below tells which.
  configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
  onServerRunning: { channel in
    print("listening on 127.0.0.1:\(channel.localAddress?.port ?? 0)")
    // The line goes to a file, which is buffered.
    fflush(nil)
  },
  eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
  logger: logger)

try await application.runService()
