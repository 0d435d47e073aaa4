/// A file that `route-gen new` writes. It never replaces one that is there.
package struct TemplateFile: Equatable {
  /// Relative to the folder that the command writes to.
  package let path: String
  package let text: String

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
  }
}
