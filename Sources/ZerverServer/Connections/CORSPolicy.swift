@_spi(Server) import ZerverCore

/// What the server tells browsers about pages of other origins: header lines that are made once, at the start.
struct CORSPolicy: Sendable {
  /// Which lines an answer gets.
  enum Lines: Equatable {
    /// None: the server says nothing about origins, or everybody is let in and the client has named none.
    case none
    /// The client may not see the answer, or is no browser: caches are told that others may.
    case others
    /// Those of the origin with this number.
    case origin(Int)
  }

  private let origins: [[UInt8]]
  private let isOpen: Bool
  private let originLines: [[UInt8]]
  private let preflightLines: [UInt8]

  /// `nil` when nothing is to be said.
  init?(_ cors: ServerConfiguration.CORS) {
    guard !cors.origins.isEmpty else { return nil }
    isOpen = cors.origins == ["*"]
    origins = cors.origins.map { Array($0.utf8) }
    let isOpen = isOpen
    originLines = cors.origins.map { origin in
      var text = "Access-Control-Allow-Origin: \(origin)\r\n"
      if cors.credentials == .include { text += "Access-Control-Allow-Credentials: true\r\n" }
      if !cors.responseHeaders.isEmpty { text += "Access-Control-Expose-Headers: \(cors.responseHeaders.joined(separator: ", "))\r\n" }
      // With one answer for all origins, a cache need not keep them apart.
      if !isOpen { text += "Vary: Origin\r\n" }
      return Array(text.utf8)
    }
    var text = ""
    if !cors.requestHeaders.isEmpty { text += "Access-Control-Allow-Headers: \(cors.requestHeaders.joined(separator: ", "))\r\n" }
    text += "Access-Control-Max-Age: \(max(0, cors.maxAge.components.seconds))\r\n"
    preflightLines = Array(text.utf8)
  }

  /// - Parameter origin: the value of `Origin`; `nil` when there is none.
  func lines(for origin: UnsafeRawBufferPointer?) -> Lines {
    guard let origin else { return isOpen ? .none : .others }
    if isOpen { return .origin(0) }
    return origins.firstIndex { $0.elementsEqual(origin) }.map { .origin($0) } ?? .others
  }

  func append(_ lines: Lines, to buffer: inout ByteBuffer) {
    switch lines {
    case .none: break
    case .others: buffer.append("Vary: Origin\r\n")
    case .origin(let number): buffer.append(contentsOf: originLines[number])
    }
  }

  /// What a browser asks before a page may send its request. Nothing for an origin that may not.
  func appendPreflight(_ lines: Lines, methods: String, to buffer: inout ByteBuffer) {
    guard case .origin = lines else { return }
    buffer.append("Access-Control-Allow-Methods: ")
    buffer.append(methods)
    buffer.append("\r\n")
    buffer.append(contentsOf: preflightLines)
  }
}
