import ArgumentParser
import FlowTools
import Foundation

/// Ends a command with a status of `CommandStatus`.
enum CommandFailure {
  /// The message goes to standard error, which programs that read the output do not see.
  static func unreachable(_ message: String) -> ExitCode {
    Output.error("route-gen: \(message)\n")
    return ExitCode(CommandStatus.unreachable.rawValue)
  }

  /// What is wrong has been printed already.
  static let problems = ExitCode(CommandStatus.problems.rawValue)
}

enum Output {
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
  static func error(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
