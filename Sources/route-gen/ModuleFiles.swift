import ArgumentParser
import FlowLanguage
import Foundation

/// `NAME=FOLDER`
struct ModuleFolder: ExpressibleByArgument {
  let name: String
  let folder: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    name = String(parts[0])
    folder = String(parts[1])
  }
}

/// The `.flow` files of a module, and those of every module that it uses, directly or through another one.
struct ModuleFiles {
  let name: String
  let files: [SourceFile]
  private(set) var dependencies: [(module: String, files: [SourceFile])] = []

  /// - Parameters:
  ///   - path: a folder, or one file.
  ///   - name: of the module; `nil` takes the name of the folder.
  init(path: String, name: String?, folders: [ModuleFolder]) throws {
    guard let files = try FlowFiles.below(path) else {
      throw ValidationError("There is no file or folder \(path).")
    }
    guard !files.isEmpty else { throw ValidationError("There are no .flow files below \(path).") }
    self.files = files
    let absolute = URL(fileURLWithPath: path).standardizedFileURL
    self.name = name ?? absolute.lastPathComponent
    try findDependencies(from: absolute, folders: folders)
  }

  private mutating func findDependencies(from url: URL, folders: [ModuleFolder]) throws {
    let package = PackageFolder(above: url)
    var wanted = files.flatMap(FlowCompiler.usedModules)
    var known: Set<String> = [name]
    while let module = wanted.popLast() {
      guard known.insert(module).inserted else { continue }
      var found: [SourceFile] = []
      if let folder = folders.first(where: { $0.name == module })?.folder {
        guard let files = try FlowFiles.below(folder) else { throw ValidationError("There is no folder \(folder).") }
        found = files
      } else if let folder = package?.folder(ofModule: module) {
        found = try FlowFiles.below(folder) ?? []
      }
      // A module without files stays unknown to the compiler, which reports the `use` line.
      if found.isEmpty { continue }
      dependencies.append((module, found))
      wanted += found.flatMap(FlowCompiler.usedModules)
    }
  }
}

/// Finds `.flow` files.
enum FlowFiles {
  /// In the order of their paths; `nil` when there is nothing at the path.
  static func below(_ path: String) throws -> [SourceFile]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    return try files(isFolder.boolValue ? names(below: path).map { join(path, $0) } : [path])
  }

  static func files(_ paths: [String]) throws -> [SourceFile] {
    try paths.map { path in
      do {
        return SourceFile(path: path, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
      } catch {
        throw CommandFailure.unreachable("I cannot read \(path): \(error.localizedDescription)")
      }
    }
  }

  private static func names(below folder: String) -> [String] {
    guard let enumerator = FileManager.default.enumerator(atPath: folder) else { return [] }
    var names: [String] = []
    for case let name as String in enumerator {
      if PackageFolder.isSkipped(name) {
        enumerator.skipDescendants()
      } else if name.hasSuffix(".flow") {
        names.append(name)
      }
    }
    return names.sorted()
  }

  private static func join(_ folder: String, _ name: String) -> String {
    if folder == "." { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}

/// The folder of the package that a file belongs to.
struct PackageFolder {
  private let url: URL

  /// The nearest folder above that has a `Package.swift`.
  init?(above url: URL) {
    var candidate = url
    while !FileManager.default.fileExists(atPath: candidate.appendingPathComponent("Package.swift").path) {
      if candidate.pathComponents.count <= 1 { return nil }
      candidate = candidate.deletingLastPathComponent()
    }
    self.url = candidate
  }

  /// Hidden folders hold build products, not sources.
  static func isSkipped(_ path: String) -> Bool { path.split(separator: "/").last?.hasPrefix(".") ?? true }

  /// The folder of that name with `.flow` files in it, relative to the current folder where it is below that.
  func folder(ofModule name: String) -> String? {
    guard let enumerator = FileManager.default.enumerator(atPath: url.path) else { return nil }
    var folders: [String] = []
    for case let path as String in enumerator {
      if Self.isSkipped(path) || isOtherPackage(path) {
        enumerator.skipDescendants()
      } else if path.hasSuffix(".flow") {
        let components = path.split(separator: "/").map(String.init)
        if let index = components.dropLast().firstIndex(of: name) {
          folders.append(components[...index].joined(separator: "/"))
        }
      }
    }
    return folders.min { ($0.count, $0) < ($1.count, $1) }.map(displayed)
  }

  private func isOtherPackage(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url.appendingPathComponent(path).appendingPathComponent("Package.swift").path)
  }

  private func displayed(_ path: String) -> String {
    let absolute = url.appendingPathComponent(path).path
    let current = FileManager.default.currentDirectoryPath + "/"
    return absolute.hasPrefix(current) ? String(absolute.dropFirst(current.count)) : absolute
  }
}
