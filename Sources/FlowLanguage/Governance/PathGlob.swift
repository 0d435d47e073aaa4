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
    return Self.matches(parts(path), parts(text), isStar: { $0 == Array("**".utf8) }) { folder, glob in
      Self.matches(folder, glob, isStar: { $0 == UInt8(ascii: "*") }) { $1 == UInt8(ascii: "?") || $0 == $1 }
    }
  }

  /// The same for folders of a path and for characters of a name. The last star takes what is left over, so going back to
  /// it alone suffices, and the time stays within the product of both lengths.
  private static func matches<Element>(
    _ elements: [Element], _ glob: [Element], isStar: (Element) -> Bool, fits: (Element, Element) -> Bool
  ) -> Bool {
    var position = 0
    var wanted = 0
    var star: (glob: Int, position: Int)?
    while position < elements.count {
      if wanted < glob.count, isStar(glob[wanted]) {
        star = (wanted, position)
        wanted += 1
      } else if wanted < glob.count, fits(elements[position], glob[wanted]) {
        wanted += 1
        position += 1
      } else if let last = star {
        star = (last.glob, last.position + 1)
        wanted = last.glob + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return glob[wanted...].allSatisfy(isStar)
  }
}
