import COpenSSL
import Glibc

/// One certificate of the server with its key, and the policy of the sessions that use it.
///
/// It is filled by the thread that makes it and only read afterwards, which OpenSSL allows to any number of threads.
final class TLSContext: @unchecked Sendable {
  /// Freed with this object. Sessions count as owners of their own in OpenSSL.
  let pointer: OpaquePointer

  struct Fault: Error {
    let description: String
  }

  init(_ policy: TLSPolicy) throws(Fault) {
    let clients =
      switch policy.clientCertificates {
      case .none: ZERVER_TLS_CLIENTS_UNASKED
      case .optional: ZERVER_TLS_CLIENTS_OPTIONAL
      case .required: ZERVER_TLS_CLIENTS_REQUIRED
      }
    let minimum: Int32 = policy.versionMin == .v12 ? 0x0303 : 0x0304
    guard let made = zerver_tls_context_new(minimum, clients, policy.offersHTTP2 ? ZERVER_TLS_HTTP2_AND_HTTP1 : ZERVER_TLS_HTTP1) else {
      throw Fault(description: "OpenSSL makes no context: there is no memory")
    }
    pointer = made
  }

  deinit { zerver_tls_context_free(pointer) }

  // MARK: Filling

  func use(chain: [UInt8], key: [UInt8], of files: ServerConfiguration.CertificateFiles) throws(Fault) {
    let fault = chain.withUnsafeBytes { chain in
      key.withUnsafeBytes { zerver_tls_context_use(pointer, chain.baseAddress, chain.count, $0.baseAddress, $0.count) }
    }
    switch fault {
    case ZERVER_TLS_FINE: return
    case ZERVER_TLS_NO_CERTIFICATE:
      throw Fault(description: "`\(files.chain)` has no certificate. I need PEM, with a line -----BEGIN CERTIFICATE-----")
    case ZERVER_TLS_BAD_CERTIFICATE:
      throw Fault(description: "I cannot use the certificate of `\(files.chain)`: \(Self.reason)")
    case ZERVER_TLS_BAD_CHAIN:
      throw Fault(description: "I cannot use what follows the certificate in `\(files.chain)`: \(Self.reason)")
    case ZERVER_TLS_NO_KEY:
      throw Fault(
        description: "`\(files.key)` has no private key that I can read: \(Self.reason). I need PEM without a password")
    case ZERVER_TLS_MISMATCH:
      throw Fault(description: "the key of `\(files.key)` is not that of the certificate in `\(files.chain)`")
    default: throw Fault(description: "I cannot use the key of `\(files.key)`: \(Self.reason)")
    }
  }

  func trust(_ authorities: [UInt8], of path: String) throws(Fault) {
    switch authorities.withUnsafeBytes({ zerver_tls_context_trust(pointer, $0.baseAddress, $0.count) }) {
    case 1...: return
    case 0: throw Fault(description: "`\(path)` has no certificate. I need PEM, with a line -----BEGIN CERTIFICATE-----")
    default: throw Fault(description: "I cannot use a certificate of `\(path)`: \(Self.reason)")
    }
  }

  /// Has clients that name a server served with the certificate of that name. `certificates` outlives every session.
  func choose(among certificates: TLSCertificates) {
    zerver_tls_context_set_choose(
      pointer,
      { user, name in
        guard let user, let name else { return nil }
        let certificates = Unmanaged<TLSCertificates>.fromOpaque(user).takeUnretainedValue()
        return certificates.context(for: String(cString: name))?.pointer
      }, Unmanaged.passUnretained(certificates).toOpaque())
  }

  // MARK: The certificate

  /// The names that the certificate holds for. The common name counts only where there is no other (RFC 6125 §6.4.4).
  var names: [String] {
    guard let certificate = zerver_tls_context_certificate(pointer) else { return [] }
    let names = CertificateText.names(of: certificate, ZERVER_NAME_DNS)
    return names.isEmpty ? [CertificateText.commonName(of: certificate)].compactMap { $0 } : names
  }

  /// When the certificate ends, in Unix seconds.
  var endSeconds: Int64 { zerver_tls_context_certificate(pointer).map { zerver_certificate_end($0) } ?? .max }

  private static var reason: String {
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String in
      zerver_tls_reason(buffer.baseAddress, buffer.count)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    return text.isEmpty ? "OpenSSL gives no reason" : text
  }
}

/// What all contexts of a server have in common.
struct TLSPolicy: Equatable, Sendable {
  var clientCertificates: ServerConfiguration.ClientCertificates
  var versionMin: ServerConfiguration.TLSVersion
  var offersHTTP2: Bool
}

/// The texts of a certificate.
enum CertificateText {
  /// Longer texts are no name that anybody could use.
  private static var textBytesMax: Int { 1024 }
  private static var namesMax: Int { 1000 }

  static func names(of certificate: OpaquePointer, _ kind: zerver_certificate_name) -> [String] {
    var names: [String] = []
    while names.count < namesMax {
      let index = Int32(names.count)
      guard let name = text({ zerver_certificate_name(certificate, kind, index, $0, $1) }) else { break }
      names.append(name)
    }
    return names
  }

  static func subject(of certificate: OpaquePointer) -> String {
    text { zerver_certificate_subject(certificate, $0, $1) } ?? ""
  }

  static func commonName(of certificate: OpaquePointer) -> String? {
    text { zerver_certificate_common_name(certificate, $0, $1) }
  }

  private static func text(_ write: (UnsafeMutablePointer<CChar>?, Int) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: textBytesMax) { buffer in
      let length = Int(write(buffer.baseAddress, buffer.count))
      guard length >= 0 else { return nil }
      // A name with a zero in it is read to its end, so that nobody mistakes it for the shorter one.
      return String(decoding: UnsafeRawBufferPointer(buffer).prefix(min(length, textBytesMax - 1)), as: UTF8.self)
    }
  }
}
