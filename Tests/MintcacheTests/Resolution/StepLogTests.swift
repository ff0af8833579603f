import EventLoops
import Testing

@testable import Mintcache

@Suite struct `Steps taken down` {
    private let log = StepLog()

    @Test func `come in the order of their beginnings, what contains others first`() {
        let start = log.start
        log.enter("onchain")
        log.note(.document, since: start + .milliseconds(2), "status-200")
        log.note(.rpc, since: start + .milliseconds(1), "status-200")
        log.note(.source, since: start, "document")
        log.enter("archive")
        log.note(.source, since: start + .milliseconds(3), "nothing-known")
        let steps = log.steps.steps
        #expect(steps.map(\.kind) == [.source, .rpc, .document, .source])
        #expect(steps.map(\.source) == ["onchain", "onchain", "onchain", "archive"])
    }

    @Test func `are bounded, and the rest is counted`() {
        for _ in 0..<300 { log.note(.rpc, since: log.start, "timeout") }
        #expect(log.steps.steps.count == 256)
        #expect(log.steps.omitted == 44)
    }
}
