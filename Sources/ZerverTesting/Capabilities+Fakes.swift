import ZerverCore
public import ZerverServer

extension Capabilities {
  /// The table with a clock that the test moves and with UUIDs that it can predict, shared by all workers.
  public func withFakes(clock: ManualClock = ManualClock(), uuids: FakeCrypto.Sequence = FakeCrypto.Sequence()) -> Capabilities {
    with(.time) { FakeTime(clock) }.with(.crypto) { FakeCrypto(uuids) }
  }
}
