import Testing

@testable import ZerverConfiguration
import ZerverServer

@Suite struct QuantitiesTests {
  @Test(
    "durations carry a unit",
    arguments: [
      ("800ms", Duration.milliseconds(800)), ("30s", .seconds(30)), ("5min", .seconds(300)), ("1h", .seconds(3600)),
      ("0s", .zero), ("007s", .seconds(7)),
    ] as [(String, Duration)])
  func durations(text: String, duration: Duration) { #expect(Quantities.duration(text) == duration) }

  @Test(
    "anything else is no duration",
    arguments: ["", "5", "s", "1.5s", "-1s", "1 s", "1S", "1m", "1s1", "9223372036854775807h", "٣s", "1000000000000000000000s"])
  func notDurations(text: String) { #expect(Quantities.duration(text) == nil) }

  @Test("sizes are bytes or carry a binary unit", arguments: [("0", 0), ("512", 512), ("64KiB", 65_536), ("1GiB", 1 << 30)])
  func sizes(text: String, bytes: Int) { #expect(Quantities.size(text) == bytes) }

  @Test("anything else is no size", arguments: ["", "KiB", "1KB", "1kib", "-1", "1.5MiB", "9223372036854775807GiB"])
  func notSizes(text: String) { #expect(Quantities.size(text) == nil) }

  @Test(
    "texts use the largest unit that leaves a whole number",
    arguments: [(0, "0s"), (1, "1ms"), (1500, "1500ms"), (2000, "2s"), (60_000, "1min"), (90_000, "90s"), (3_600_000, "1h")])
  func texts(milliseconds: Int, text: String) {
    #expect(Quantities.text(.milliseconds(milliseconds)) == text)
    #expect(Quantities.duration(text) == .milliseconds(milliseconds))
  }

  @Test("texts of sizes, too", arguments: [(0, "0"), (1000, "1000"), (1024, "1KiB"), (1 << 20, "1MiB"), (1536, "1536")])
  func sizeTexts(bytes: Int, text: String) { #expect(Quantities.text(bytes: bytes) == text) }
}
