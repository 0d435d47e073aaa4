import Synchronization
import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct WorkerMetricsTests {
  @Test("a duration falls in the first bucket whose bound is not below it")
  func buckets() {
    for (index, bound) in FlowMetrics.bucketBounds.enumerated() {
      #expect(FlowMetrics.bucket(of: bound) == index)
      #expect(FlowMetrics.bucket(of: bound + 1) == index + 1)
    }
    #expect(FlowMetrics.bucket(of: 0) == 0)
    #expect(FlowMetrics.bucket(of: .max) == FlowMetrics.bucketCount - 1)
    #expect(FlowMetrics.bucketBounds.count == FlowMetrics.bucketCount - 1)
  }

  @Test("every status from 100 to 599 is counted in its class", arguments: [100, 199, 200, 308, 404, 499, 500, 599])
  func statusClasses(status: Int) {
    let metrics = FlowMetrics()
    metrics.requestFinished(status: UInt16(status), nanoseconds: 1)
    for statusClass in 1...5 { #expect(metrics.answers(statusClass: statusClass) == (statusClass == status / 100 ? 1 : 0)) }
  }

  @Test("every kind of effect with every outcome has a count of its own")
  func effects() {
    let reasons: [EffectFailure.Reason?] = [
      nil, .unavailable, .timedOut, .conditionNotMet(statement: 1), .constraintViolated, .outcomeUnknown, .refused, .unsupported,
    ]
    #expect(EffectResult.allCases.count == EffectResult.count)
    #expect(Set(reasons.map { EffectResult(outcome($0)) }) == Set(EffectResult.allCases))
    for kind in EffectKind.allCases {
      for reason in reasons {
        let metrics = WorkerMetrics(flows: 1)
        metrics.effectCompleted(kind, outcome(reason))
        for otherKind in EffectKind.allCases {
          for other in EffectResult.allCases {
            let isCounted = otherKind == kind && other == EffectResult(outcome(reason))
            #expect(metrics.value(otherKind, other) == (isCounted ? 1 : 0))
          }
        }
      }
    }
  }

  private func outcome(_ reason: EffectFailure.Reason?) -> EffectOutcome {
    reason.map { .failed(EffectFailure($0, detail: "")) } ?? .elapsed
  }

  private final class Writer: Sendable {
    let isDone = Atomic(false)
  }

  @Test("another thread reads counts that only grow while the worker writes")
  func concurrentReader() async {
    let metrics = WorkerMetrics(flows: 1)
    let writer = Writer()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for _ in 0..<100_000 { metrics.requestFinished(flow: 0, status: 200, nanoseconds: 1) }
        writer.isDone.store(true, ordering: .releasing)
      }
      group.addTask {
        var last: UInt64 = 0
        while !writer.isDone.load(ordering: .acquiring) {
          let count = metrics.flows[0].answers(statusClass: 2)
          #expect(count >= last)
          last = count
        }
      }
    }
    #expect(metrics.flows[0].answers(statusClass: 2) == 100_000)
    #expect(metrics.flows[0].durations(inBucket: 0) == 100_000)
    #expect(metrics.flows[0].durationsSumNanoseconds == 100_000)
    #expect(metrics.value(.requestsFinished) == 100_000)
  }
}
