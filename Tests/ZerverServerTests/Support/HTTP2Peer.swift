import Foundation

/// Runs a scenario of Connections/HTTP2/frames.py. Returns what it says, by name.
func playFrames(_ scenario: String, _ port: Int, _ options: [String: String] = [:]) throws -> [String: String] {
  spoken(try TestProgram.run(framesCommand(scenario, port, options)))
}

func framesCommand(_ scenario: String, _ port: Int, _ options: [String: String] = [:]) -> [String] {
  let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Connections/HTTP2/frames.py")
  return ["python3", script.standardizedFileURL.path, scenario, String(port)] + options.map { "\($0)=\($1)" }
}

/// The lines `name: value` of an output.
func spoken(_ output: String) -> [String: String] {
  var said: [String: String] = [:]
  for line in output.split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 1)
    if parts.count == 2 { said[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
  }
  return said
}
