import EventLoops
import Testing

@testable import UpstreamFetching

@Suite("Whom an exchange waits for")
struct PatienceTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func patience() -> Patience {
        Patience(timeout: .seconds(30), idleTimeout: .seconds(5), headDeadline: start + .seconds(30), now: start)
    }

    private func situation(_ change: (inout Patience.Situation) -> Void = { _ in }) -> Patience.Situation {
        var situation = Patience.Situation()
        change(&situation)
        return situation
    }

    @Test func `the head has a deadline that progress does not move`() {
        var patience = patience()
        patience.progress(at: start + .seconds(20))
        #expect(patience.deadline(in: situation()) == start + .seconds(30))
    }

    @Test func `a body has as long as the idle time after each piece`() {
        var patience = patience()
        patience.progress(at: start + .seconds(20))
        #expect(patience.deadline(in: situation { $0.isHeadComplete = true }) == start + .seconds(25))
    }

    @Test func `a reader that has enough, or a source that gives nothing, is waited for without end`() {
        #expect(patience().deadline(in: situation { ($0.isHeadComplete, $0.isReaderFull) = (true, true) }) == nil)
        #expect(patience().deadline(in: situation { ($0.isSending, $0.isWaitingForSource) = (true, true) }) == nil)
    }

    @Test func `while a body goes out the origin must take it, and then has its whole time for the head`() {
        var patience = patience()
        patience.progress(at: start + .seconds(40))
        #expect(patience.deadline(in: situation { $0.isSending = true }) == start + .seconds(45))
        patience.bodySent(at: start + .seconds(60))
        #expect(patience.deadline(in: situation()) == start + .seconds(90))
    }
}
