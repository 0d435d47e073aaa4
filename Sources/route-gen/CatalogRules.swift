import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// The rules that the `.flow` files of a folder are under: the `catalog.lock` and the `route-gen.yaml` beside them.
struct CatalogRules {
  static let lockName = "catalog.lock"
  static let configurationName = "route-gen.yaml"

  /// Where the two are, as the caller has named it.
  let folder: String
  private(set) var settings = GovernanceSettings()
  /// `nil` without a file.
  private(set) var lock: CatalogLock?
  /// What is wrong with the lock and the configuration.
  private(set) var diagnostics: [Diagnostic] = []
  private let lockFile: SourceFile?

  /// - Parameter path: a folder, or one file. Rules of the folder above count for a part of a catalog, too.
  init(around path: String) throws {
    folder = Self.catalogFolder(of: path) ?? path
    lockFile = try Self.file(Self.lockName, in: folder)
    if let file = try Self.file(Self.configurationName, in: folder) {
      let read = YAMLConfiguration.read(file)
      settings = read.settings
      diagnostics += read.diagnostics
    }
    guard let lockFile else { return }
    let read = CatalogLock.read(lockFile)
    lock = read.lock
    diagnostics += read.diagnostics
  }

  var lockPath: String { Self.join(folder, Self.lockName) }
  var configurationPath: String { Self.join(folder, Self.configurationName) }

  /// - Parameter comparesWithLock: whether the catalog is whole, so that what is missing from it is gone.
  func governance(comparesWithLock: Bool) -> Governance {
    Governance(settings: settings, root: folder, lock: comparesWithLock ? lock : nil)
  }

  /// The whole catalog is named, and not a part of it.
  func isWhole(_ path: String) -> Bool { folder == path }

  /// What is wrong with lock and configuration, under the configuration itself.
  func ownDiagnostics() -> [Diagnostic] {
    diagnostics + FlowCompiler.governed(settingsDrift(), under: governance(comparesWithLock: false))
  }

  /// Says where the configuration that the build goes by is an older one.
  private func settingsDrift() -> [Diagnostic] {
    guard let lock, let lockFile else { return [] }
    return settings.drift(from: lock, in: lockFile)
  }

  /// The nearest folder above that has a lock or a configuration, within the package.
  private static func catalogFolder(of path: String) -> String? {
    var folder = path
    while true {
      for name in [lockName, configurationName] where FileManager.default.fileExists(atPath: join(folder, name)) { return folder }
      if FileManager.default.fileExists(atPath: join(folder, "Package.swift")) { return nil }
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
      folder = String(folder[..<slash])
    }
  }

  private static func file(_ name: String, in folder: String) throws -> SourceFile? {
    let path = join(folder, name)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return SourceFile(path: path, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    } catch {
      throw CommandFailure.unreachable("I cannot read \(path): \(error.localizedDescription)")
    }
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
