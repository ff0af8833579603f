import EventLoops
import Testing
import Tokens

@testable import Mintcache

@Suite struct `The archive as a source` {
    private let archive = FakeArchive()

    private func ask(
        holding held: TokenRecord? = nil, within limit: Duration = .seconds(5)
    ) async throws -> (record: TokenRecord?, attempts: [Problem.Attempt]) {
        var trace = ResolutionTrace()
        trace.source = ArchiveSource.name
        let inquiry = Inquiry(reference: try reference(), held: held, deadline: .current + limit)
        let answer = try await ArchiveSource(archive: archive).answer(inquiry, &trace)
        guard case .archived(let record) = answer?.finding else { return (nil, trace.attempts) }
        return (record, trace.attempts)
    }

    @Test func `gives what it has, however old and as it was fetched`() async throws {
        let old = try record(fetchedAt: 1000, lifetime: 1)
        await archive.put(old)
        #expect(try await ask().record == old)
    }

    @Test func `gives what the flight has found already without looking again`() async throws {
        let held = try record(name: "Held")
        #expect(try await ask(holding: held).record == held)
        #expect(await archive.lookups == 0)
    }

    @Test func `looks for a document where the flight has found something else`() async throws {
        await archive.put(try record(name: "Document"))
        let missing = try record(outcome: .missing(reason: "Burnt."))
        #expect(try await ask(holding: missing).record?.outcome == .document)
    }

    @Test func `knows nothing of what it does not have`() async throws {
        let found = try await ask()
        #expect(found.record == nil && found.attempts.map(\.outcome) == ["nothing-held"])
        await archive.put(try record(outcome: .missing(reason: "Burnt.")))
        #expect(try await ask().record == nil)
    }

    @Test func `that is away has failed`() async throws {
        await archive.fail(with: .away)
        let problem = await #expect(throws: Problem.self) { try await ask() }
        #expect(problem?.isRetryable == true && problem?.attempts.map(\.host) == ["archive"])
    }

    @Test func `is not asked when no time is left`() async throws {
        #expect(try await ask(within: .zero).record == nil)
        #expect(await archive.lookups == 0)
    }
}
