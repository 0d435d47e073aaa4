/// What is known of response header fields by their names, in lower case.
public enum ResponseHeader {
  /// Fields that say how the response is framed or what the framework knows of the flow: no flow writes them.
  public static let ownedNames: Set<String> = [
    "connection", "content-length", "content-location", "content-type", "date", "deprecation", "keep-alive", "sunset", "te",
    "trailer", "transfer-encoding", "upgrade",
  ]

  /// Fields whose value is a URI or holds one (RFC 9110 §10.2.2, RFC 8288): what a template puts into it is a part of a path
  /// or a query.
  public static func holdsURI(_ name: String) -> Bool { name == "link" || name == "location" }
}
