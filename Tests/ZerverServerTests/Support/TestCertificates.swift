import Foundation

@testable import ZerverServer

/// Certificates that `openssl` makes, in a temporary directory, when the first test asks for them.
struct TestCertificates {
  let directory: URL

  static let shared: Result<TestCertificates, any Error> = Result { try TestCertificates() }

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "zerver-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try make("localhost", names: ["localhost"])
    try make("shop", names: ["shop.example", "*.shop.example"])
    try make("admin", names: ["admin.example"])
    try make("authority", names: [])
    try make("stranger", names: [])
    try issue("billing", by: "authority", subject: "/O=Example/CN=billing", names: ["DNS:billing.internal", "URI:spiffe://example/billing"])
    try issue("intruder", by: "stranger", subject: "/CN=billing", names: [])
    try run(["openssl", "pkey", "-in", path("shop-key"), "-aes128", "-passout", "pass:secret", "-out", path("locked-key")])
    // What clients of every server believe.
    let all = try ["localhost", "shop", "admin"].map { try String(contentsOfFile: path($0), encoding: .utf8) }
    try all.joined().write(toFile: path("all"), atomically: true, encoding: .utf8)
  }

  func path(_ name: String) -> String { directory.appending(path: name + ".pem").path }

  func files(_ name: String) -> ServerConfiguration.CertificateFiles {
    ServerConfiguration.CertificateFiles(chain: path(name), key: path(name + "-key"))
  }

  /// A certificate that signs itself, with an elliptic key.
  func make(_ name: String, names: [String]) throws {
    let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=" + names.map { "DNS:" + $0 }.joined(separator: ",")]
    try run(
      ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=\(name)",
        "-keyout", path(name + "-key"), "-out", path(name)] + extensions)
  }

  private func issue(_ name: String, by authority: String, subject: String, names: [String]) throws {
    let request = directory.appending(path: name + ".csr").path
    try run(
      ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
        "-keyout", path(name + "-key"), "-out", request] + (names.isEmpty ? [] : ["-addext", "subjectAltName=" + names.joined(separator: ",")]))
    try run(
      ["openssl", "x509", "-req", "-in", request, "-CA", path(authority), "-CAkey", path(authority + "-key"), "-CAcreateserial",
        "-days", "30", "-copy_extensions", "copyall", "-out", path(name)])
  }

  private func run(_ command: [String]) throws { try TestProgram.run(command) }
}

/// Runs the client beside the tests of TLS. Returns what it says, by name.
func runTLSPeer(_ scenario: String, _ port: Int, _ options: [String: String] = [:]) throws -> [String: String] {
  var said: [String: String] = [:]
  for line in try TestProgram.run(try tlsPeerCommand(scenario, port, options)).split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { said[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
  }
  return said
}

func tlsPeerCommand(_ scenario: String, _ port: Int, _ options: [String: String] = [:]) throws -> [String] {
  let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Connections/TLS/peer.py")
  var options = options
  if options["ca"] == nil { options["ca"] = try TestCertificates.shared.get().path("all") }
  return ["python3", script.standardizedFileURL.path, scenario, String(port)] + options.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
}
