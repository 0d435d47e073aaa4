/// Where something of a flow is written: `App/SearchFlow.swift:12`.
public struct FlowPlace: Hashable, Sendable, CustomStringConvertible {
  /// Module and file, as `#fileID` has them.
  public let file: String
  /// From 1.
  public let line: Int

  public init(_ file: String, _ line: Int) {
    self.file = file
    self.line = line
  }

  public var description: String { "\(file):\(line)" }
}
