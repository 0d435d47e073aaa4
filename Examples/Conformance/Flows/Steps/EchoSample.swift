public import ZerverCore

public enum EchoSample: EchoSampleStep {
  public static func run(sample: Sample) throws(FlowFailure) -> Decision<Sample> { .continue(sample) }
}
