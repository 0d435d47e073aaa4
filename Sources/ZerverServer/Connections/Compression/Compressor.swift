import CCompression
@_spi(Server) import ZerverCore

/// Compresses one body at a time, whole or in parts, with memory that it keeps from body to body.
///
/// Unsafe inside: it owns the state of a C library, which nothing else sees, and gives it up in `deinit`. One thread uses it.
final class Compressor {
  enum Flush {
    /// What has come in goes out, and the body goes on.
    case part
    /// The body ends.
    case end
  }

  let coding: ContentCoding
  private let engine: Engine

  private enum Engine {
    case gzip(UnsafeMutablePointer<z_stream>)
    case brotli(Box)
    case zstd(OpaquePointer)
  }

  /// Brotli's encoder cannot begin anew: each body has its own.
  private final class Box {
    var state: OpaquePointer?
    let quality: UInt32
    let windowBits: UInt32
    init(quality: UInt32, windowBits: UInt32) {
      self.quality = quality
      self.windowBits = windowBits
    }
  }

  /// What a compressor is used for: one that lives as long as an answer in parts has less memory.
  enum Use {
    case whole, parts

    /// The window that matches are looked for in, as a power of two: 512 KiB and 128 KiB.
    var windowBits: UInt32 { self == .whole ? 19 : 17 }
  }

  /// About what one holds for an answer in parts, in bytes: zlib.h says 256 KiB, the others were asked for their tables at
  /// their highest level here.
  static func bytesHeld(_ coding: ContentCoding) -> Int { coding == .gzip ? 256 << 10 : 2 << 20 }

  /// `nil` when the library has no memory for it.
  init?(_ coding: ContentCoding, level: ServerConfiguration.CompressionLevel, for use: Use) {
    self.coding = coding
    switch coding {
    case .gzip:
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      guard zerver_gzip_init(stream, [.fast: 1, .balanced: 6, .best: 9][level] ?? 1) == Z_OK else {
        stream.deallocate()
        return nil
      }
      engine = .gzip(stream)
    case .brotli:
      engine = .brotli(Box(quality: [.fast: 1, .balanced: 5, .best: 9][level] ?? 1, windowBits: use.windowBits))
    case .zstd:
      guard let context = ZSTD_createCCtx() else { return nil }
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, [.fast: 1, .balanced: 3, .best: 12][level] ?? 1)
      ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Int32(use.windowBits))
      engine = .zstd(context)
    }
  }

  deinit {
    switch engine {
    case .gzip(let stream):
      deflateEnd(stream)
      stream.deallocate()
    case .brotli(let box): if let state = box.state { BrotliEncoderDestroyInstance(state) }
    case .zstd(let context): ZSTD_freeCCtx(context)
    }
  }

  /// Begins a new body. `false` when there is no memory for it.
  func begin() -> Bool {
    switch engine {
    case .gzip(let stream): return deflateReset(stream) == Z_OK
    case .brotli(let box):
      if let state = box.state { BrotliEncoderDestroyInstance(state) }
      box.state = BrotliEncoderCreateInstance(nil, nil, nil)
      guard let state = box.state else { return false }
      return BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, box.quality) == BROTLI_TRUE
        && BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, box.windowBits) == BROTLI_TRUE
    case .zstd(let context): return ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_only)) == 0
    }
  }

  /// Compresses the next bytes of the body. `false` when the library gives up: the body cannot be finished then.
  func append(_ bytes: UnsafeRawBufferPointer, _ flush: Flush, to buffer: inout ByteBuffer) -> Bool {
    switch engine {
    case .gzip(let stream): Self.gzip(stream, bytes, flush, &buffer)
    case .brotli(let box): box.state.map { Self.brotli($0, bytes, flush, &buffer) } ?? false
    case .zstd(let context): Self.zstd(context, bytes, flush, &buffer)
    }
  }

  /// Room for one call of a library; more output takes more calls.
  private static func roomBytes(for bytes: Int) -> Int { min(max(bytes / 2, 1 << 10), 64 << 10) }

  private static func gzip(
    _ stream: UnsafeMutablePointer<z_stream>, _ bytes: UnsafeRawBufferPointer, _ flush: Flush, _ buffer: inout ByteBuffer
  ) -> Bool {
    // zlib reads these bytes and does not write them; its type says otherwise for the sake of old programs.
    let input = bytes.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.next_in = input.map { UnsafeMutablePointer(mutating: $0) }
    stream.pointee.avail_in = UInt32(bytes.count)
    while true {
      var status = Z_OK
      buffer.append(atMost: roomBytes(for: bytes.count)) { room in
        stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        status = deflate(stream, flush == .end ? Z_FINISH : Z_SYNC_FLUSH)
        return room.count - Int(stream.pointee.avail_out)
      }
      switch status {
      case Z_STREAM_END: return true
      // All of it is out when there is room left.
      case Z_OK, Z_BUF_ERROR: if flush == .part, stream.pointee.avail_out > 0 { return true }
      default: return false
      }
    }
  }

  private static func brotli(
    _ state: OpaquePointer, _ bytes: UnsafeRawBufferPointer, _ flush: Flush, _ buffer: inout ByteBuffer
  ) -> Bool {
    var input = bytes.bindMemory(to: UInt8.self).baseAddress
    var inputCount = bytes.count
    while true {
      var status = BROTLI_TRUE
      buffer.append(atMost: roomBytes(for: bytes.count)) { room in
        var output = room.bindMemory(to: UInt8.self).baseAddress
        var outputCount = room.count
        status = BrotliEncoderCompressStream(
          state, flush == .end ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH, &inputCount, &input, &outputCount,
          &output, nil)
        return room.count - outputCount
      }
      guard status == BROTLI_TRUE else { return false }
      let hasMore = BrotliEncoderHasMoreOutput(state) == BROTLI_TRUE
      if inputCount == 0, !hasMore, flush == .part || BrotliEncoderIsFinished(state) == BROTLI_TRUE { return true }
    }
  }

  private static func zstd(
    _ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer, _ flush: Flush, _ buffer: inout ByteBuffer
  ) -> Bool {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var left = 0
      buffer.append(atMost: roomBytes(for: bytes.count)) { room in
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        left = ZSTD_compressStream2(context, &output, &input, flush == .end ? ZSTD_e_end : ZSTD_e_flush)
        return output.pos
      }
      if ZSTD_isError(left) != 0 { return false }
      if left == 0 { return true }
    }
  }
}

/// The compressors of one worker for whole bodies, one for each coding and level: a body is compressed at once, so that one is
/// enough. Answers in parts have their own.
struct CompressorTable: ~Copyable {
  private var compressors: [Key: Compressor] = [:]

  private struct Key: Hashable {
    let coding: ContentCoding
    let level: ServerConfiguration.CompressionLevel
  }

  /// One that has begun a new body; `nil` when there is no memory for it.
  mutating func begin(_ coding: ContentCoding, _ level: ServerConfiguration.CompressionLevel) -> Compressor? {
    let key = Key(coding: coding, level: level)
    guard let compressor = compressors[key] ?? Compressor(coding, level: level, for: .whole) else { return nil }
    compressors[key] = compressor
    return compressor.begin() ? compressor : nil
  }
}
