import EventLoops
import MintcacheTesting
import Testing
import Tokens
import UpstreamFetching

@testable import Mintcache

@Suite struct `After a purge` {
    private static let key = DocumentBoard.Key(
        content: "ipfs://a/", isImmutable: true, gateway: nil, conditions: .none)

    private let bench: TestLoop
    private let board: DocumentBoard

    init() throws {
        bench = try TestLoop()
        board = DocumentBoard(loop: bench.loop, metrics: Metrics())
    }

    private static func report(_ text: String) -> DocumentReport {
        DocumentReport(finding: .document(MetadataDocument(Array(text.utf8), nil, .none)), trace: ResolutionTrace())
    }

    /// What asking for the content brings.
    private func text(_ fetching: @escaping @Sendable () async -> DocumentReport) async -> String? {
        let deadline = MonotonicTime.current + .seconds(10)
        guard case .report(let report) = await board.arrival(of: Self.key, by: deadline, fetching: fetching),
            case .document(let document) = report.finding
        else { return nil }
        return String(decoding: document.bytes, as: UTF8.self)
    }

    @Test func `a document that was fetched before is fetched again`() async {
        #expect(await text { Self.report("old") } == "old")
        #expect(await text { Self.report("new") } == "old")
        await board.forget()
        #expect(await text { Self.report("new") } == "new")
    }

    @Test func `nobody joins a fetch that began before, and it is not remembered`() async throws {
        let begun = Collected<Int>()
        let gate = Wait<Void>()
        async let early = text {
            begun.append(1)
            await gate.value(ifCancelled: ())
            return Self.report("old")
        }
        try await eventually("the first fetch has begun") { begun.values.count == 1 }
        await board.forget()
        #expect(await text { Self.report("new") } == "new")
        gate.resume(())
        #expect(await early == "old")
        #expect(await text { Self.report("newest") } == "new")
    }
}

@Suite struct `A document that is fetched in the background` {
    @Test func `is as urgent as those who come to wait for it`() async throws {
        let bench = try TestLoop()
        let metrics = Metrics()
        let board = DocumentBoard(loop: bench.loop, metrics: metrics)
        let key = DocumentBoard.Key(content: "ipfs://a/", isImmutable: true, gateway: nil, conditions: .none)
        let deadline = MonotonicTime.current + .seconds(20)
        let (told, gate) = (Collected<Bool>(), Wait<Void>())
        @Sendable func ask() async {
            _ = await board.arrival(of: key, by: deadline) {
                told.append(UpstreamPriority.isBackground)
                await gate.value(ifCancelled: ())
                told.append(UpstreamPriority.isBackground)
                return DocumentReport(finding: .document(MetadataDocument([], nil, .none)), trace: ResolutionTrace())
            }
        }
        let (flight, another) = (UpstreamPriority(), UpstreamPriority())
        async let first: Void = UpstreamPriority.$current.withValue(flight) { await ask() }
        try await eventually("the fetch has begun") { told.values == [true] }
        async let second: Void = UpstreamPriority.$current.withValue(another) { await ask() }
        async let third: Void = ask()
        try await eventually("the others wait") { metrics.documentReads[.shared] == 2 }
        gate.resume(())
        _ = await (first, second, third)
        #expect(told.values == [true, false] && !flight.isRaised && !another.isRaised)
    }
}
