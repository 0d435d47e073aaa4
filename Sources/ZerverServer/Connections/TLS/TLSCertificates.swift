import Glibc

/// All certificates of a server, as their files were at one time. Immutable: when a file changes, a new one is made, and
/// connections that began before keep theirs.
final class TLSCertificates: Sendable {
  private let contexts: [TLSContext]
  private let names: ServerNames
  /// What is to be read again: when one of these has changed, the certificates are old.
  private let stamps: [FileStamp]

  /// Reads every file. Throws a sentence for people about the first that cannot be used.
  init(_ configuration: ServerConfiguration.TLS, offersHTTP2: Bool) throws(TLSContext.Fault) {
    var stamps: [FileStamp] = []
    func read(_ path: String) throws(TLSContext.Fault) -> [UInt8] {
      // The stamp comes first: what changes while it is read is read again.
      stamps.append(FileStamp(path))
      return try CertificateFile.read(path)
    }
    let policy = TLSPolicy(
      clientCertificates: configuration.clientCertificates, versionMin: configuration.versionMin, offersHTTP2: offersHTTP2)
    var contexts: [TLSContext] = []
    var names = ServerNames()
    let authorities: [UInt8]? = if let path = configuration.clientAuthorities { try read(path) } else { nil }
    for files in configuration.certificates {
      let context = try TLSContext(policy)
      let chain = try read(files.chain)
      try context.use(chain: chain, key: files.key == files.chain ? chain : try read(files.key), of: files)
      if let authorities, let path = configuration.clientAuthorities { try context.trust(authorities, of: path) }
      for name in context.names { names.add(name, certificate: contexts.count) }
      contexts.append(context)
    }
    self.contexts = contexts
    self.names = names
    self.stamps = stamps
    for context in contexts { context.choose(among: self) }
  }

  /// For a client that has named no server yet.
  var first: TLSContext { contexts[0] }

  func context(for name: String) -> TLSContext? { names.certificate(for: name).map { contexts[$0] } }

  /// Whether a file is not what it was when it was read.
  var haveChanged: Bool { stamps.contains { $0 != FileStamp($0.path) } }

  /// When the first of them ends, in Unix seconds.
  var endSeconds: Int64 { contexts.map(\.endSeconds).min() ?? .max }
}

/// What tells two versions of a file apart without reading them.
private struct FileStamp: Equatable {
  let path: String
  private var device: UInt64 = 0
  private var inode: UInt64 = 0
  private var bytes: Int64 = 0
  private var seconds: Int = 0
  private var nanoseconds: Int = 0

  init(_ path: String) {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    bytes = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}

enum CertificateFile {
  /// The authorities of a whole operating system take a quarter of this.
  private static var bytesMax: Int { 1 << 20 }

  static func read(_ path: String) throws(TLSContext.Fault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if more < 0, errno == EINTR { continue }
      guard more >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
      if more == 0 { return Array(bytes[..<count]) }
      count += more
    }
    throw unreadable(path, "it is larger than 1 MiB, and no certificate is")
  }

  private static func unreadable(_ path: String, _ reason: String) -> TLSContext.Fault {
    TLSContext.Fault(description: "I cannot read `\(EscapedText.escaped(path))`: \(reason)")
  }
}
