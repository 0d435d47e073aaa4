/// What makes a slug read badly, although it is one. Rules that only a certain case breaks: a name that the rules do not
/// know is left alone.
package enum SlugQuality {
  /// Longer names are cut in tables and logs. The names of large public interfaces stay below.
  package static let lengthMax = 48

  package enum Finding: Equatable {
    case long(Int)
    /// `show-cart-v2`: the version stands in the path already.
    case version(word: String)
    /// `tenant-show-cart`, `show-cart-for-tenant`: the tenant is known from the caller.
    case tenant
    /// `api-show-cart`: says how it is called, which every flow is.
    case transport(word: String)
    /// `cart-checkout`: the verb stands last.
    case verbLast(verb: String, better: String)
  }

  package static func findings(in slug: String) -> [Finding] {
    let words = slug.split(separator: "-").map(String.init)
    var findings: [Finding] = []
    if slug.utf8.count > lengthMax { findings.append(.long(slug.utf8.count)) }
    if let word = words.first(where: isVersion) { findings.append(.version(word: word)) }
    if namesTenant(words) { findings.append(.tenant) }
    if let word = words.first(where: transportWords.contains) { findings.append(.transport(word: word)) }
    if let first = words.first, let last = words.last, words.count > 1, !verbs.contains(first), verbs.contains(last) {
      findings.append(.verbLast(verb: last, better: ([last] + words.dropLast()).joined(separator: "-")))
    }
    return findings
  }

  private static func isVersion(_ word: String) -> Bool {
    word.utf8.count > 1 && word.utf8.first == UInt8(ascii: "v") && word.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func namesTenant(_ words: [String]) -> Bool {
    if words.first == "tenant" { return true }
    return zip(words, words.dropFirst()).contains { ["by", "for", "per"].contains($0) && $1 == "tenant" }
  }

  private static let transportWords: Set<String> = [
    "api", "controller", "endpoint", "grpc", "handler", "http", "https", "json", "rest", "rpc", "webservice", "xml",
  ]

  /// Words that are verbs before they are anything else. `order`, `report` and the like are missing: they may well name
  /// what a flow is about.
  private static let verbs: Set<String> = [
    "accept", "activate", "add", "adjust", "allocate", "analyze", "append", "apply", "approve", "archive", "assign",
    "attach", "authenticate", "authorize", "begin", "browse", "build", "calculate", "cancel", "capture", "change",
    "check", "checkout", "choose", "clear", "clone", "close", "collect", "compare", "complete", "compute", "configure",
    "confirm", "connect", "convert", "count", "create", "deactivate", "decline", "decrypt", "delete", "deliver", "describe",
    "detach", "disable", "disconnect", "download", "edit", "enable", "encrypt", "end", "enroll", "evaluate", "exchange",
    "execute", "expire", "export", "extend", "fetch", "fill", "find", "finish", "fulfill", "generate", "get", "give", "grant",
    "greet", "import", "inspect", "install", "invite", "issue", "join", "leave", "list", "load", "lock", "login", "logout",
    "make", "mark", "merge", "modify", "move", "notify", "open", "pause", "pay", "place", "preview", "print", "publish",
    "purge", "put", "read", "receive", "refresh", "refund", "register", "reject", "release", "remove", "rename", "renew",
    "replace", "reply", "reset", "resolve", "restart", "restore", "resume", "retry", "return", "revoke", "rotate", "run",
    "save", "say", "schedule", "search", "select", "send", "set", "share", "ship", "show", "sign", "start", "stop", "store",
    "submit", "subscribe", "suspend", "sync", "take", "transfer", "translate", "unlock", "unsubscribe", "update", "upload",
    "validate", "verify", "view", "withdraw", "write",
  ]
}
