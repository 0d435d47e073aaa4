@_spi(Server) import ZerverCore

// Which answers are compressed, and how they get smaller.
extension Worker where Backend: ~Copyable {
  /// The coding of the answer that the client likes best; `nil` for none.
  mutating func coding(
    of compression: ServerConfiguration.Compression, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> ContentCoding? {
    guard let field = head.list(of: "accept-encoding", in: bytes) else { return nil }
    return field.withUnsafeBytes { ContentCoding(accepting: $0, offered: compression.codings) }
  }

  /// Whether a whole body of a flow may come compressed: the same for every client, so that caches are told.
  mutating func mayBeCompressed(_ slot: Int, _ status: UInt16, _ validators: Validators) -> Bool {
    let request = requests[slot]
    guard let compression = request.pointee.flow.pointee.compression?.settings, !HTTPStatus.forbidsBody(status) else { return false }
    // A strong tag of the step's own names these very bytes.
    if validators.isStrong { return false }
    if let response = request.pointee.context.response {
      return compression.fits(response.body.count) && response.isCompressible
    }
    return compression.fits(request.pointee.context.output.count)
  }

  /// Leaves the body in `body`, compressed. `false` when it is no smaller so, or there is no memory for it.
  mutating func compress(_ bytes: UnsafeRawBufferPointer, _ coding: ContentCoding, _ compression: ServerConfiguration.Compression) -> Bool {
    guard let compressor = compressors.begin(coding, compression.level) else { return false }
    body.removeAll()
    return compressor.append(bytes, .end, to: &body) && body.count < bytes.count
  }

  // MARK: Answers in parts

  /// Makes the answer a compressed one, when the client and the policy of the flow want it so. Appends the header lines.
  mutating func beginCompressedStream(of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    let request = requests[slot]
    guard let compression = request.pointee.flow.pointee.compression?.settings,
      !Validators(entityTag: request.pointee.context.headerLines.entityTag).isStrong
    else { return }
    out.pointee.append("Vary: Accept-Encoding\r\n")
    guard !request.pointee.read.head.isHead, let coding = request.pointee.read.coding else { return }
    // It lives as long as the client wants, so its memory counts, and there is to be some left for others.
    let bytes = Compressor.bytesHeld(coding)
    guard bufferedBytes + bytes <= configuration.http.bufferedBytesMax / 2,
      let compressor = Compressor(coding, level: compression.level, for: .parts), compressor.begin()
    else { return }
    bufferedBytes += bytes
    request.pointee.compressor = compressor
    out.pointee.append("Content-Encoding: \(coding.name)\r\n" as String)
  }

  /// Leaves the bytes of a part in `body`, as they go to the client. `false` when the answer cannot go on.
  mutating func compressPart(
    _ bytes: UnsafeRawBufferPointer, _ compressor: Compressor, _ flush: Compressor.Flush
  ) -> Bool {
    body.removeAll()
    return compressor.append(bytes, flush, to: &body)
  }

  /// The stream has ended, or nobody wants it any more.
  mutating func dropCompressor(of slot: Int) {
    guard let compressor = requests[slot].pointee.compressor else { return }
    requests[slot].pointee.compressor = nil
    bufferedBytes -= Compressor.bytesHeld(compressor.coding)
  }
}

extension Validators {
  /// Its tag stands for the bytes as they are.
  var isStrong: Bool { entityTag.map { !$0.hasPrefix("W/") } ?? false }
}

extension ServerConfiguration.Compression {
  /// Whether a body of this length is worth it, and not too long for the thread.
  func fits(_ bytes: Int) -> Bool { bytes >= bytesMin && bytes <= Self.bytesMax }
}

extension Response {
  /// Its type is a text, and the step has not compressed it itself.
  fileprivate var isCompressible: Bool {
    for header in headers where header.name.lowercased() == "content-encoding" { return false }
    var type = contentType
    return type.withUTF8 { MediaType.isCompressible(UnsafeRawBufferPointer($0)) }
  }
}

extension MediaType {
  /// Types that get smaller. What is compressed already, such as images and archives, only costs time.
  static func isCompressible(_ value: UnsafeRawBufferPointer) -> Bool {
    let end = value.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") } ?? value.endIndex
    let essence = String(decoding: value[..<end], as: UTF8.self).lowercased()
    return essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml")
      || ["application/json", "application/x-ndjson", "application/xml", "application/javascript", "image/svg+xml"].contains(essence)
  }
}
