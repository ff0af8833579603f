import Testing
import Tokens

@testable import Mintcache

@Suite struct `Spans of tokens` {
    @Test func `hold what follows one another as one, and keep the order`() throws {
        let numbers: [UInt64] = [1, 2, 3, 7, 6, 5, 5, 100]
        let spans = TokenSpans(try numbers.map { try reference($0) })
        #expect(spans.spans.count == 6)
        #expect(spans.count == numbers.count)
        #expect(spans.tokens == (try numbers.map { try reference($0) }))
    }

    @Test func `are the same after they were stored, across contracts and up to the last number`() throws {
        let other = TokenReference(
            chain: ChainIdentifier(eip155: 8453), contract: try reference().contract, token: TokenIdentifier(.max))
        let spans = TokenSpans([try reference(1), try reference(2), other, try reference(9), try reference(11)])
        #expect(TokenSpans(spans.bytes) == spans)
        #expect(
            text(spans.bytes).split(separator: "\n") == [
                "eip155:1/\(sampleContract)/1-2", "eip155:8453/\(sampleContract)/\(UInt256.max.decimal)",
                "eip155:1/\(sampleContract)/9,11",
            ])
        #expect(TokenSpans([])?.isEmpty == true)
    }

    @Test(arguments: ["x", "eip155:1/0x12/1", "eip155:1/\(sampleContract)/2-1", "eip155:1/\(sampleContract)/1-2-3"])
    func `are not read from anything else`(text: String) {
        #expect(TokenSpans(Array(text.utf8)) == nil)
    }

    @Test func `as a set merge whatever the order, up to a number of spans`() throws {
        var set = TokenSet(capacity: 3)
        for number in [5, 1, 3, 2, 4, 5, 9] as [UInt64] { set.insert(try reference(number)) }
        #expect(text(set.spans.bytes) == "eip155:1/\(sampleContract)/1-5,9")
        for number in [20, 30, 10, 21] as [UInt64] { set.insert(try reference(number)) }
        #expect(text(set.spans.bytes) == "eip155:1/\(sampleContract)/1-5,9-10,20-21")
        #expect(set.spanCount == 3)
    }
}

@Suite struct `What is stored of a warm job` {
    @Test(arguments: [
        WarmPosition.end, .span(3, .max), .index(.max), .after(nil), .after(try? reference(.max)),
    ]) func `tells what comes next`(position: WarmPosition) throws {
        var state = WarmState()
        state.plan = .archive
        state.next = position
        #expect(WarmState(stored: state.bytes).next == position)
    }

    @Test(arguments: [
        WarmPlan.spans, .archive, .enumerated(count: .max),
        .numbered(TokenRange(TokenIdentifier(1), TokenIdentifier(.max))),
    ]) func `tells how the tokens are gone through`(plan: WarmPlan) {
        var state = WarmState()
        state.plan = plan
        #expect(WarmState(stored: state.bytes).plan == plan)
    }

    @Test func `is the same when it is read again`() throws {
        var state = WarmState()
        (state.plan, state.startedAt, state.total, state.rate) = (.spans, 5, 10, 2.5)
        (state.fetched, state.alreadyFresh, state.skipped, state.failed, state.retryable) = (1, 2, 3, 4, 5)
        (state.note, state.underWay) = ("a \"note\"", [try reference(3), try reference(4), try reference(8)])
        state.estimate = WarmEstimate(toFetch: 1, upstreamCalls: 2, seconds: 3)
        state.failures.add(.init(slug: "a", text: "why", upstreamStatus: 404), of: try reference())
        let again = WarmState(stored: state.bytes)
        #expect(again.bytes == state.bytes)
        #expect(again.underWay == state.underWay && again.done == 10 && again.estimate == state.estimate)
    }

    @Test func `counts as nothing done when it makes no sense`() {
        for bytes in ["", "{}", "[]", #"{"plan":"spans","next":7}"#] {
            let state = WarmState(stored: Array(bytes.utf8))
            #expect(state.plan == nil && state.done == 0)
        }
    }

    @Test func `groups failures by reason, with few examples and few groups`() throws {
        var failures = WarmFailures()
        for number in 0..<10 as Range<UInt64> {
            failures.add(.init(slug: "a", text: "first \(number)"), of: try reference(number))
        }
        failures.add(.init(slug: "a", text: "other status", upstreamStatus: 500), of: try reference())
        for number in 0..<100 { failures.add(.init(slug: "slug-\(number)", text: "x"), of: try reference()) }
        #expect(failures.groups.count == WarmFailures.maximumGroups)
        #expect(failures.groups[0].count == 10 && failures.groups[0].examples.count == WarmFailures.maximumExamples)
        #expect(failures.groups[1].count == 1)
        #expect(failures.groups.last?.reason.slug == "other" && failures.groups.last?.count == 83)
    }
}
