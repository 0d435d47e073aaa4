import COpenSSL

/// What a client has proved in the TLS handshake: its certificate was issued by one of `tls.client-authorities`.
public final class ClientCertificate: Sendable {
  /// The subject, as RFC 2253 writes it: `CN=billing,O=Example`.
  public let subject: String
  /// The common name of the subject.
  public let commonName: String?
  /// The names of its extension `subjectAltName` (RFC 5280 §4.2.1.6), by kind.
  public let dnsNames: [String]
  public let uris: [String]
  public let emailAddresses: [String]
  /// SHA-256 of the certificate, 64 hexadecimal digits.
  public let fingerprint: String

  /// - Parameter certificate: read and not kept.
  init(_ certificate: OpaquePointer) {
    subject = CertificateText.subject(of: certificate)
    commonName = CertificateText.commonName(of: certificate)
    dnsNames = CertificateText.names(of: certificate, ZERVER_NAME_DNS)
    uris = CertificateText.names(of: certificate, ZERVER_NAME_URI)
    emailAddresses = CertificateText.names(of: certificate, ZERVER_NAME_EMAIL)
    var digest = [UInt8](repeating: 0, count: 32)
    _ = zerver_certificate_fingerprint(certificate, &digest)
    fingerprint = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
