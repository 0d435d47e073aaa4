/// What a client of HTTP/2 may do on one connection.
struct HTTP2Limits: Sendable {
  let streamsMax: Int
  let streamWindowBytes: Int
  let connectionWindowBytes: Int
  let resetsMax: Int
  let controlFramesMax: Int
  /// The longest head that is kept. More than the parser takes, which knows better what is wrong with it.
  let headBytesMax: Int
  /// Frames that wait to be sent, in bytes.
  let outputBytesMax: Int
  /// Bytes of an answer that a client must take within the write time-out.
  let sliceBytes: Int

  init(_ configuration: ServerConfiguration, outputBytesMax: Int, sliceBytes: Int) {
    streamsMax = configuration.http2.streamsMax
    streamWindowBytes = configuration.http2.streamWindowBytes
    connectionWindowBytes = configuration.http2.connectionWindowBytes
    resetsMax = configuration.http2.resetsMax
    controlFramesMax = configuration.http2.controlFramesMax
    headBytesMax = configuration.http.requestLineBytesMax + configuration.http.headerBytesMax + 4096
    self.outputBytesMax = outputBytesMax
    self.sliceBytes = sliceBytes
  }
}
