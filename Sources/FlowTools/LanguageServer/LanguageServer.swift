import FlowLanguage

/// A server of the Language Server Protocol (3.17) for `.flow` files: messages in, messages out.
///
/// It opens no file and writes to no stream itself, so that a test drives it like an editor.
package struct LanguageServer {
  /// What the process does after a message.
  package enum State: Equatable, Sendable {
    case running
    /// `shutdown` was asked for; only `exit` may follow.
    case shutDown
    /// The process ends with this status: 0 after `shutdown`, 1 without.
    case exited(Int32)
  }

  package private(set) var state = State.running
  var encoding = TextPosition.Encoding.utf16
  /// Open documents by path: they win over the disk.
  var open: [String: SourceFile] = [:]
  let host: any WorkspaceHost
  /// What was published last, so that it can be taken back.
  private(set) var published: [String: [Diagnostic]] = [:]
  private var workspaces = WorkspaceCache()
  /// The client asks to be told which files to watch.
  private var asksForWatchers = false

  package init(host: any WorkspaceHost) { self.host = host }

  /// What the server answers to a message: responses, and notifications of its own.
  package mutating func receive(_ message: JSONValue) -> [JSONValue] {
    guard let method = message["method"]?.string else { return [] }
    let parameters = message["params"] ?? .null
    guard let id = message["id"] else { return notified(method, parameters) }
    guard state == .running else { return [Self.error(id, .invalidRequest, "The server has been shut down.")] }
    do throws(RequestFailure) {
      return [.members(["jsonrpc": "2.0", "id": id, "result": try answer(method, parameters)])]
    } catch {
      return [Self.error(id, error.code, error.message)]
    }
  }

  // MARK: Notifications

  private mutating func notified(_ method: String, _ parameters: JSONValue) -> [JSONValue] {
    switch method {
    case "initialized": return asksForWatchers ? [Self.watchers] : []
    case "textDocument/didOpen":
      guard let document = parameters["textDocument"], let path = Self.path(document) else { return [] }
      workspaces.forget()
      return changed(path, to: document["text"]?.string.map { SourceFile(path: path, text: $0) })
    case "textDocument/didChange":
      guard let path = parameters["textDocument"].flatMap(Self.path) else { return [] }
      return changed(path, to: edited(path, parameters["contentChanges"]?.array ?? []))
    case "textDocument/didSave":
      guard let path = parameters["textDocument"].flatMap(Self.path) else { return [] }
      workspaces.forget()
      return publish(around: [path])
    case "textDocument/didClose":
      guard let path = parameters["textDocument"].flatMap(Self.path) else { return [] }
      open[path] = nil
      workspaces.forget()
      return publish(around: [path])
    case "workspace/didChangeWatchedFiles":
      workspaces.forget()
      return publish(around: open.keys.sorted(), besides: Array(published.keys))
    case "exit":
      state = .exited(state == .shutDown ? 0 : 1)
      return []
    // A request is answered before the next message is read, so there is nothing left to cancel.
    default: return []
    }
  }

  private mutating func changed(_ path: String, to file: SourceFile?) -> [JSONValue] {
    guard let file else { return [] }
    open[path] = file
    return publish(around: [path])
  }

  /// An open text after its changes, each of which counts in the text that the one before has left. One without a range is
  /// a whole new text. `nil` when a change cannot be applied.
  private func edited(_ path: String, _ changes: [JSONValue]) -> SourceFile? {
    var file = open[path]
    for change in changes {
      guard let text = change["text"]?.string else { return nil }
      guard let range = change["range"] else {
        file = SourceFile(path: path, text: text)
        continue
      }
      guard let before = file, let start = offset(range["start"], in: before), let end = offset(range["end"], in: before),
        start <= end
      else { return nil }
      var bytes = before.bytes
      bytes.replaceSubrange(start..<end, with: text.utf8)
      file = SourceFile(path: path, bytes: bytes)
    }
    return file
  }

  /// The byte of a position of the protocol.
  func offset(_ position: JSONValue?, in file: SourceFile) -> Int? {
    guard let line = position?["line"]?.int, let character = position?["character"]?.int else { return nil }
    return file.offset(of: TextPosition(line: line, character: character), encoding)
  }

  /// Diagnostics of the packages around files. A file without any gets an empty list once.
  /// - Parameter others: files that may be gone, and what was said about them with them.
  private mutating func publish(around paths: [String], besides others: [String] = []) -> [JSONValue] {
    var found: [String: [Diagnostic]] = [:]
    for path in paths where found[path] == nil {
      found.merge(workspaces.diagnostics(around: path, open: open, host: host)) { $1 }
    }
    for path in paths + others where found[path] == nil { found[path] = [] }
    var messages: [JSONValue] = []
    for (path, diagnostics) in found.sorted(by: { $0.key < $1.key }) {
      let items = diagnostics.map { item($0) }
      let before = published.updateValue(diagnostics, forKey: path) ?? []
      if diagnostics.isEmpty { published[path] = nil }
      // Where somebody writes, an editor has moved what it shows.
      guard open[path] == nil ? items != before.map({ item($0) }) : !items.isEmpty || !before.isEmpty else { continue }
      messages.append(
        .members([
          "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics",
          "params": .members(["uri": .string(FileURI.uri(path)), "diagnostics": .array(items)]),
        ]))
    }
    return messages
  }

  // MARK: Requests

  private mutating func answer(_ method: String, _ parameters: JSONValue) throws(RequestFailure) -> JSONValue {
    switch method {
    case "initialize": return initialize(parameters)
    case "shutdown":
      state = .shutDown
      return .null
    case "textDocument/hover": return hover(try place(parameters))
    case "textDocument/definition": return definition(try place(parameters))
    case "textDocument/implementation": return implementation(try place(parameters))
    case "textDocument/references":
      let isIncluded = parameters["context"]?["includeDeclaration"] != .bool(false)
      return references(try place(parameters), includingDeclaration: isIncluded)
    case "textDocument/completion": return completion(try place(parameters))
    case "textDocument/prepareRename": return try prepareRename(try place(parameters))
    case "textDocument/rename": return try rename(try place(parameters), to: parameters["newName"]?.string ?? "")
    case "textDocument/formatting": return formatting(try document(parameters))
    case "textDocument/documentSymbol": return documentSymbols(try document(parameters))
    case "workspace/symbol": return workspaceSymbols(parameters["query"]?.string ?? "")
    case "textDocument/codeAction": return codeActions(try document(parameters), range: parameters["range"])
    default: throw RequestFailure(.methodNotFound, "This server does not know \(method).")
    }
  }

  private mutating func initialize(_ parameters: JSONValue) -> JSONValue {
    let offered = parameters["capabilities"]?["general"]?["positionEncodings"]?.array ?? []
    encoding = offered.contains("utf-8") ? .utf8 : .utf16
    asksForWatchers =
      parameters["capabilities"]?["workspace"]?["didChangeWatchedFiles"]?["dynamicRegistration"] == .bool(true)
    return .members([
      "capabilities": .members([
        "positionEncoding": .string(encoding.rawValue),
        "textDocumentSync": .members(["openClose": true, "change": 2, "save": true]),
        "hoverProvider": true, "definitionProvider": true, "implementationProvider": true, "referencesProvider": true,
        "documentFormattingProvider": true, "documentSymbolProvider": true, "workspaceSymbolProvider": true,
        "completionProvider": .members(["triggerCharacters": .strings([".", "(", ":", "/"])]),
        "renameProvider": .members(["prepareProvider": true]),
        "codeActionProvider": .members(["codeActionKinds": .strings(["quickfix"])]),
      ]),
      "serverInfo": .members(["name": "route-gen"]),
    ])
  }

  /// Asks the client to say when a file changes that no editor has open. Its answer says nothing that matters.
  private static let watchers: JSONValue = {
    let names = ["*.flow", "route-gen.yaml", "catalog.lock", "Package.swift"]
    let patterns = names.map { JSONValue.members(["globPattern": .string("**/\($0)")]) }
    let registration = JSONValue.members([
      "id": "watched-files", "method": "workspace/didChangeWatchedFiles",
      "registerOptions": .members(["watchers": .array(patterns)]),
    ])
    return .members([
      "jsonrpc": "2.0", "id": "watched-files", "method": "client/registerCapability",
      "params": .members(["registrations": .array([registration])]),
    ])
  }()

  // MARK: Places

  /// What a request is about: a file of a workspace and a byte in it.
  struct Place {
    let workspace: Workspace
    let file: SourceFile
    var offset = 0
  }

  private mutating func document(_ parameters: JSONValue) throws(RequestFailure) -> Place {
    guard let path = parameters["textDocument"].flatMap(Self.path) else {
      throw RequestFailure(.invalidParams, "The request names no file.")
    }
    let workspace = workspace(around: path)
    guard let file = open[path] ?? workspace.file(path) else {
      throw RequestFailure(.invalidParams, "I do not know the file \(path).")
    }
    return Place(workspace: workspace, file: file)
  }

  private mutating func place(_ parameters: JSONValue) throws(RequestFailure) -> Place {
    var place = try document(parameters)
    guard let offset = offset(parameters["position"], in: place.file) else {
      throw RequestFailure(.invalidParams, "The request names no position.")
    }
    place.offset = offset
    return place
  }

  private mutating func workspace(around path: String) -> Workspace {
    workspaces.workspace(around: path, open: open, host: host)
  }

  private func workspaceSymbols(_ query: String) -> JSONValue {
    let wanted = query.lowercased()
    let found = workspaces.all.flatMap { workspace in
      workspace.index.declarations { $0.kind != .binding && $0.kind != .parameter && $0.name.lowercased().contains(wanted) }
    }
    return .array(
      found.map {
        .members([
          "name": .string($0.symbol.name), "kind": .int($0.symbol.kind.protocolNumber),
          "containerName": .string($0.symbol.scope), "location": location($0.name),
        ])
      })
  }

  private static func path(_ document: JSONValue) -> String? { document["uri"]?.string.flatMap(FileURI.path) }

  private static func error(_ id: JSONValue, _ code: RequestFailure.Code, _ message: String) -> JSONValue {
    .members([
      "jsonrpc": "2.0", "id": id, "error": .members(["code": .int(code.rawValue), "message": .string(message)]),
    ])
  }
}

/// Why a request has no result (JSON-RPC 2.0 §5.1, and the protocol's own codes).
struct RequestFailure: Error {
  enum Code: Int {
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    /// The request is fine, and what it asks for cannot be done.
    case requestFailed = -32803
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// Workspaces by the package that they were read from. Reading and parsing a package again for every key that is pressed
/// would be slow, so the disk is read when a file is opened, saved or closed, and when the client says that one has changed;
/// open texts are taken into account always.
private struct WorkspaceCache {
  private var read: [(modules: [WorkspaceModule], open: [String: SourceFile], workspace: Workspace)] = []

  var all: [Workspace] { read.map(\.workspace) }

  mutating func forget() { read.removeAll() }

  mutating func workspace(around path: String, open: [String: SourceFile], host: any WorkspaceHost) -> Workspace {
    read[index(around: path, open: open, host: host)].workspace
  }

  mutating func diagnostics(
    around path: String, open: [String: SourceFile], host: any WorkspaceHost
  ) -> [String: [Diagnostic]] {
    read[index(around: path, open: open, host: host)].workspace.diagnostics(today: host.today)
  }

  private mutating func index(around path: String, open: [String: SourceFile], host: any WorkspaceHost) -> Int {
    let known = read.firstIndex { entry in entry.modules.contains { $0.files.contains { $0.path == path } } }
    if let known {
      if !Self.isSame(read[known].open, open) {
        read[known].workspace = Workspace(read[known].modules, open: open, before: read[known].workspace)
        read[known].open = open
      }
      return known
    }
    var modules = host.modules(around: path)
    // A file that has never been saved, or lies outside every module, is a module of its own.
    if !modules.contains(where: { $0.files.contains { $0.path == path } }), let file = open[path] {
      modules.append(WorkspaceModule(name: path, files: [file]))
    }
    read.append((modules, open, Workspace(modules, open: open)))
    return read.count - 1
  }

  private static func isSame(_ a: [String: SourceFile], _ b: [String: SourceFile]) -> Bool {
    a.count == b.count && a.allSatisfy { $0.value === b[$0.key] }
  }
}
