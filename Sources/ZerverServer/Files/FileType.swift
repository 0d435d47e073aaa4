/// The media type of a file, by the end of its name.
enum FileType {
  /// `application/octet-stream` for a name that says nothing.
  static func of(_ path: UnsafeRawBufferPointer) -> StaticString {
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")), path.count - dot - 1 <= 8 else { return unknown }
    let end = String(decoding: path[(dot + 1)...], as: UTF8.self).lowercased()
    return types[end] ?? unknown
  }

  static var unknown: StaticString { "application/octet-stream" }

  /// The registered types (IANA media types) of files that web pages and their users ask for.
  private static let types: [String: StaticString] = [
    "avif": "image/avif", "bmp": "image/bmp", "css": "text/css; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "epub": "application/epub+zip",
    "flac": "audio/flac", "gif": "image/gif", "gz": "application/gzip", "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8", "ico": "image/vnd.microsoft.icon", "ics": "text/calendar; charset=utf-8",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript; charset=utf-8", "json": "application/json",
    "m4a": "audio/mp4", "map": "application/json", "md": "text/markdown; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
    "mp3": "audio/mpeg", "mp4": "video/mp4", "ndjson": "application/x-ndjson", "ogg": "audio/ogg", "otf": "font/otf",
    "pdf": "application/pdf", "png": "image/png", "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml", "tar": "application/x-tar", "tif": "image/tiff", "tiff": "image/tiff", "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8", "wasm": "application/wasm", "wav": "audio/wav", "webm": "video/webm", "webp": "image/webp",
    "woff": "font/woff", "woff2": "font/woff2", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip",
  ]
}
