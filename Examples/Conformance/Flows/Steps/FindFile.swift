public import ZerverCore

public enum FindFile: FindFileStep {
  public static func run(file: FileName) throws(FlowFailure) -> Decision<String> { .continue(file.name) }
}
