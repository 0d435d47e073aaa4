import ArgumentParser
import Zerver

/// Failures of a command as text for people and an exit status for scripts.
enum Report {
  /// `EX_CONFIG` of sysexits.h.
  private static let configurationStatus: Int32 = 78

  static func failures(of work: () throws -> Void) throws {
    do {
      try work()
    } catch let error as ConfigurationError {
      Terminal.writeError("\(error)")
      throw ExitCode(configurationStatus)
    } catch let error as DatabaseURLError {
      Terminal.writeError("\(error)")
      throw ExitCode(configurationStatus)
    } catch let error as ServerError where error.code == .systemRefused {
      Terminal.writeError(
        "The server cannot start: \(error)\nTo listen elsewhere, give it a --port (make run PORT=8081) or a --host.")
      throw ExitCode.failure
    } catch {
      Terminal.writeError("\(error)")
      throw ExitCode.failure
    }
  }
}
