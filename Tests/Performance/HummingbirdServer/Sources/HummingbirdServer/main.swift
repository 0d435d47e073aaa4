import Glibc
import Hummingbird
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOPosix

// The same answers as the shop's and those of Examples/Conformance, on one event loop, with nothing in between: no middleware and
// no request log.
//
//   hummingbird-server PORT http1|http2
//
// Port 0: the system chooses one, and the line on standard output tells which. HTTP/2 is spoken by prior knowledge.

struct Message: ResponseEncodable {
  let message: String
}

let router = Router()
router.get("flow/v1/say-hello") { _, _ in "Hello, world!" }
router.get("flow/v1/show-message") { _, _ in Message(message: "Hello, world!") }
router.get("flow/v1/hello-world") { _, _ in "Hello, world!" }
router.get("flow/v1/sized-answer") { request, _ in
  String(repeating: "0123456789abcdef", count: try request.uri.queryParameters.require("bytes", as: Int.self) / 16)
}

guard CommandLine.argc == 3, let port = Int(CommandLine.arguments[1]) else { fatalError("hummingbird-server PORT http1|http2") }
var logger = Logger(label: "hummingbird-server")
logger.logLevel = .error
let application = Application(
  router: router,
  server: CommandLine.arguments[2] == "http2" ? .plaintextHTTP2() : .http1(),
  configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
  onServerRunning: { channel in
    print("listening on 127.0.0.1:\(channel.localAddress?.port ?? 0)")
    // The line goes to a file, which is buffered.
    fflush(nil)
  },
  eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
  logger: logger)

try await application.runService()
