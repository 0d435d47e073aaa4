import CFiles

// What the build plugin runs. It reads `.flow` files, prints what is wrong with them, and writes Swift; it decides
// nothing else. It depends on no package, because everybody who uses the plugin builds it before anything else.

do throws(BuildFailure) {
  let command = try BuildCommand(Array(CommandLine.arguments.dropFirst()))
  zerver_exit(try command.run() ? 0 : 1)
} catch {
  Files.printError("error: \(error.message)\n")
  zerver_exit(1)
}
