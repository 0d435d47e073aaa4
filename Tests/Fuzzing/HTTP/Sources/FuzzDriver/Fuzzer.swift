import Glibc

/// Runs libFuzzer with the arguments of the process. `-help=1` lists them.
public enum Fuzzer {
  /// - Parameter test: called with each input. It traps on a find.
  public static func run(_ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) -> Never {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(LLVMFuzzerRunDriver(&count, &arguments, test))
  }
}

/// In libclang_rt.fuzzer_no_main. Apart from it there is no interface: its usual form brings a `main` of its own, of which
/// SwiftPM has one already.
@_silgen_name("LLVMFuzzerRunDriver")
private func LLVMFuzzerRunDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
