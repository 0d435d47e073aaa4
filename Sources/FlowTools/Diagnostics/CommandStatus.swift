/// What the exit status of every `route-gen` command means.
package enum CommandStatus: Int32, CaseIterable, Sendable {
  case success = 0
  case problems = 1
  case unreachable = 2
  case usage = 64

  package var meaning: String {
    switch self {
    case .success: "The command did what it was asked for, and no file has an error. Warnings may have been printed."
    case .problems:
      "The answer is no: a file has an error, a file is not in canonical form (`fmt --check`), or a breaking change was found."
    case .unreachable: "A file could not be read or written, a server did not answer, or nothing is known by the name that was given."
    case .usage: "The command line is wrong: an unknown option, a value that does not fit, or a path where nothing is."
    }
  }
}
