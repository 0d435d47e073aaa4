import Foundation

/// The targets of a package that have `.flow` files, found without asking SwiftPM, which would take seconds.
///
/// A target is a folder that `Package.swift` names with `path:`, or a folder below `Sources` or `Tests`.
struct PackageModules {
  struct Module {
    let name: String
    let folder: String
    var flowFiles: [String] = []
    var swiftFiles: [String] = []
  }

  private(set) var modules: [Module] = []

  /// `nil` when no folder above has a `Package.swift`.
  init?(above url: URL) {
    var root = url
    while !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path) {
      if root.pathComponents.count <= 1 { return nil }
      root = root.deletingLastPathComponent()
    }
    let manifest = (try? String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)) ?? ""
    collect(in: root, paths: Self.targetPaths(manifest))
  }

  private mutating func collect(in root: URL, paths: [String: String]) {
    guard let enumerator = FileManager.default.enumerator(atPath: root.path) else { return }
    var found: [String: Module] = [:]
    for case let path as String in enumerator {
      if PackageFolder.isSkipped(path) || Self.isPackage(root.appendingPathComponent(path)) {
        enumerator.skipDescendants()
        continue
      }
      guard path.hasSuffix(".flow") || path.hasSuffix(".swift"), let (name, folder) = Self.module(of: path, paths) else { continue }
      let file = root.appendingPathComponent(path).path
      var module = found[name] ?? Module(name: name, folder: root.appendingPathComponent(folder).path)
      if path.hasSuffix(".flow") { module.flowFiles.append(file) } else { module.swiftFiles.append(file) }
      found[name] = module
    }
    modules = found.values.filter { !$0.flowFiles.isEmpty }.sorted { $0.name < $1.name }.map { module in
      Module(
        name: module.name, folder: module.folder, flowFiles: module.flowFiles.sorted(), swiftFiles: module.swiftFiles.sorted())
    }
  }

  private static func isPackage(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent("Package.swift").path)
  }

  /// The longest path that the manifest names wins. The folder is relative to the root.
  private static func module(of path: String, _ paths: [String: String]) -> (name: String, folder: String)? {
    let named = paths.keys.filter { path == $0 || path.hasPrefix($0 + "/") }.max { $0.count < $1.count }
    if let named, let name = paths[named] { return (name, named) }
    let folders = path.split(separator: "/").dropLast().map(String.init)
    if let first = folders.first, folders.count > 1, first == "Sources" || first == "Tests" { return (folders[1], "\(first)/\(folders[1])") }
    return folders.first.map { ($0, $0) }
  }

  /// `name: "X", …, path: "Y"` of each target, by path.
  static func targetPaths(_ manifest: String) -> [String: String] {
    var paths: [String: String] = [:]
    var name: Substring?
    for match in manifest.matches(of: /\b(name|path):\s*"([^"]*)"/) {
      if match.1 == "name" { name = match.2 } else if let name { paths[String(match.2)] = String(name) }
    }
    return paths
  }
}
