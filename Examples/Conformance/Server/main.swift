import Zerver

// A small server that anybody can point a test tool at. `conformance --help` lists the flags.
ConformanceServer.main(CommandLine.arguments.dropFirst())
