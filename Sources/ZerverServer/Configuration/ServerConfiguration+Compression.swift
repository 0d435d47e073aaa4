@_spi(Server) public import ZerverCore

extension ServerConfiguration {
  /// Which answers are compressed, for clients that say in `Accept-Encoding` that they can read it.
  ///
  /// Only texts are: JSON, text, XML, scripts and SVG. What a step has compressed itself stays as it is.
  public struct Compression: Equatable, Sendable {
    /// What is offered; of those that a client likes alike, the first. Default: none, so that nothing is compressed.
    public var codings: [ContentCoding] = []
    /// Bodies below are sent as they are: the header fields would cost more than is saved. In bytes. Default 1 KiB.
    public var bytesMin = 1 << 10
    /// How much work is put into it. Default: fast.
    public var level = CompressionLevel.fast
    /// Whose answers are compressed. Default: those of public flows.
    public var scope = CompressionScope.public
    public init() {}

    /// Bodies above are sent as they are: compression would keep the thread too long. In bytes.
    static var bytesMax: Int { 8 << 20 }
  }

  public enum CompressionLevel: String, CaseIterable, Equatable, Sendable {
    /// gzip 1, br 1, zstd 1.
    case fast
    /// gzip 6, br 5, zstd 3.
    case balanced
    /// gzip 9, br 9, zstd 12.
    case best
  }

  public enum CompressionScope: String, CaseIterable, Equatable, Sendable {
    /// Flows that do not ask who is calling.
    case `public`
    /// Flows with `tenant` or `requires`, too. From the length of an answer that holds both a secret and what an attacker has
    /// sent, the secret can be guessed (the BREACH attack): so this has to be asked for.
    case all
  }
}
