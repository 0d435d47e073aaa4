import FlowTools
import Foundation
import Testing

@Suite("Exit statuses")
struct CommandStatusTests {
  @Test("the reference has the table of statuses as the commands print it")
  func documented() throws {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("Sources/Zerver/Zerver.docc/Commands.md"), encoding: .utf8)
    for status in CommandStatus.allCases {
      #expect(page.contains("| \(status.rawValue) | \(status.meaning) |"))
    }
  }
}
