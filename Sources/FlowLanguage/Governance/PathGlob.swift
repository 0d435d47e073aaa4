/// A pattern of paths in the rule configuration: `v1/**`, `internal/*.flow`.
///
/// `*` and `?` stay within one folder, `**` is any number of folders.
package struct PathGlob: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// - Parameter path: relative to the folder of the configuration.
  package func matches(_ path: String) -> Bool {
    func parts(_ text: String) -> [[UInt8]] {
      text.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }
    return Self.matches(parts(text)[...], parts(path)[...])
  }

  private static func matches(_ glob: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
    guard let first = glob.first else { return path.isEmpty }
    if first == Array("**".utf8) {
      let rest = glob.drop { $0 == Array("**".utf8) }
      return (path.startIndex...path.endIndex).contains { matches(rest, path[$0...]) }
    }
    guard let folder = path.first, matches(name: folder, first) else { return false }
    return matches(glob.dropFirst(), path.dropFirst())
  }

  /// The last star takes what is left over, so going back to it alone suffices.
  private static func matches(name: [UInt8], _ glob: [UInt8]) -> Bool {
    var position = 0
    var wanted = 0
    var star: (glob: Int, name: Int)?
    while position < name.count {
      if wanted < glob.count, glob[wanted] == UInt8(ascii: "*") {
        star = (wanted, position)
        wanted += 1
      } else if wanted < glob.count, glob[wanted] == UInt8(ascii: "?") || glob[wanted] == name[position] {
        wanted += 1
        position += 1
      } else if let last = star {
        star = (last.glob, last.name + 1)
        wanted = last.glob + 1
        position = last.name + 1
      } else {
        return false
      }
    }
    return glob[wanted...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
