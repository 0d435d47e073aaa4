package import ZerverCatalog

/// From the bytes of a module's `.flow` files to its resolved declarations, or to what is wrong with them.
///
/// Pure: it opens no file and reads no clock, so the plugin's tool, the command line and tests get the same answer.
package enum FlowCompiler {
  /// - Parameters:
  ///   - module: the name of the Swift module that the files belong to.
  ///   - dependencies: the files of the modules that `use` lines may name. Only their declarations matter.
  ///   - today: decides whether a sunset has passed; `nil` asks no such question.
  /// - Returns: the module, unless any diagnostic is an error; and every diagnostic, file after file from top to bottom.
  package static func compile(
    module: String, files: [SourceFile], dependencies: [(module: String, files: [SourceFile])] = [],
    today: CalendarDate? = nil
  ) -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    (nil, [])
  }
}
