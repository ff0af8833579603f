import EventLoops
import HTTPCaching
import Testing
import Tokens

@testable import Mintcache

/// A source whose answer a test has written.
struct StatedSource: TokenSource {
    let name: String
    let outcome: Result<SourceAnswer?, Problem>

    init(_ name: String, _ outcome: Result<SourceAnswer?, Problem>) {
        self.name = name
        self.outcome = outcome
    }

    init(_ name: String, _ finding: SourceAnswer.Finding) {
        self.init(name, .success(SourceAnswer(finding: finding, standard: .erc721, tokenURI: "ipfs://\(name)")))
    }

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? {
        trace.note("document", "https://\(name).example/", "asked", since: .current)
        do {
            return try outcome.get()
        } catch {
            throw trace.problem(error.detail)
        }
    }
}

extension SourceAnswer.Finding {
    static func document(_ text: String, isImmutable: Bool = false) -> Self {
        let bytes = Array(text.utf8)
        return .document(
            MetadataDocument(
                bytes: bytes, contentType: "application/json", entityTag: EntityDigest.text(bytes),
                validators: SourceValidators(entityTag: "\"1\""), isImmutable: isImmutable))
    }

    static let malformed = Self.unusable(UnusableDocument(kind: .malformed, reason: "Not JSON."))
    static let absent = Self.missing(reason: "Nobody home.", isCertain: false)
    static let burnt = Self.missing(reason: "Burnt.", isCertain: true)
}

@Suite struct `A resolver` {
    private let time = TimeSource()
    private static let failing = Result<SourceAnswer?, Problem>.failure(Problem(502, "x", "X", detail: "Away."))

    private func resolve(
        _ sources: any TokenSource..., number: UInt64 = 1, holding held: TokenRecord? = nil,
        placeholders: PlaceholderDetector = PlaceholderDetector()
    ) async throws -> TokenRecord {
        let lifetimes = LifetimePolicy(
            [
                .document: .seconds(1000), .immutable: .seconds(7000), .placeholder: .seconds(30),
                .missing: .seconds(20), .malformed: .seconds(40), .refused: .seconds(50), .failure: .seconds(5),
            ], growthLimit: 4, jitterPercent: 0)
        let maker = RecordMaker(lifetimes: { _ in lifetimes }, placeholders: placeholders, time: time)
        let resolver = TokenResolver(plan: { _ in .init(sources: sources) }, maker: maker, timeout: .seconds(5))
        return try await resolver.resolve(try reference(number), holding: held, isRenewal: false).record
    }

    private func lifetime(_ record: TokenRecord) -> Int64 { (record.freshUntil - record.fetchedAt) / 1000 }

    @Test func `takes the first document in the order of the sources`() async throws {
        let record = try await resolve(
            StatedSource("a", .success(nil)), StatedSource("b", Self.failing), StatedSource("c", .malformed),
            StatedSource("d", .document("{\"name\":\"d\"}")), StatedSource("e", .document("{\"name\":\"e\"}")))
        #expect(record.source == "d" && record.tokenURI == "ipfs://d" && record.outcome == .document)
        #expect(record.validators.entityTag == "\"1\"")
        #expect(lifetime(record) == 1000 && record.repetitions == 0)
    }

    @Test func `believes a contract that says there is no such token, and asks nobody else`() async throws {
        let record = try await resolve(StatedSource("a", .burnt), StatedSource("b", .document("{\"name\":\"b\"}")))
        #expect(record.outcome == .missing(reason: "Burnt.") && record.source == "a")
    }

    @Test func `tells the first verdict when nobody has a document`() async throws {
        let record = try await resolve(
            StatedSource("a", .success(nil)), StatedSource("b", .absent), StatedSource("c", .malformed),
            StatedSource("d", Self.failing))
        #expect(record.outcome == .missing(reason: "Nobody home.") && record.source == "b")
    }

    @Test func `tells every attempt when all sources fail`() async throws {
        let failure = await #expect(throws: Problem.self) {
            try await resolve(StatedSource("a", Self.failing), StatedSource("b", Self.failing))
        }
        #expect(failure?.attempts.map(\.source) == ["a", "b"])
        #expect(failure?.source == "b" && failure?.status == 502)
    }

    @Test func `prefers a failure that may pass to hearsay, and tells everybody who was asked`() async throws {
        let failure = await #expect(throws: Problem.self) {
            try await resolve(
                StatedSource("a", Self.failing), StatedSource("b", .absent), StatedSource("c", .malformed))
        }
        #expect(failure?.detail == "Away." && failure?.source == "a")
        #expect(failure?.attempts.map(\.source) == ["a", "b", "c"])
    }

    @Test func `gives each outcome a lifetime of its own`() async throws {
        let kept = try await resolve(StatedSource("a", .document("{\"name\":\"One\"}", isImmutable: true)))
        #expect(lifetime(kept) == 7000)
        let unrevealed = try await resolve(StatedSource("a", .document("{\"name\":\"Unrevealed\"}")))
        #expect(lifetime(unrevealed) == 30 && unrevealed.repetitions == 1)
        #expect(lifetime(try await resolve(StatedSource("a", .absent))) == 20)
        #expect(lifetime(try await resolve(StatedSource("a", .malformed))) == 40)
        let refused = UnusableDocument(kind: .refused, reason: "No.")
        #expect(lifetime(try await resolve(StatedSource("a", .unusable(refused)))) == 50)
    }

    @Test func `keeps a passing answer longer each time it comes again, until another comes`() async throws {
        var held: TokenRecord?
        var lifetimes: [Int64] = []
        for _ in 0..<5 {
            held = try await resolve(StatedSource("a", .absent), holding: held)
            lifetimes.append(lifetime(try #require(held)))
        }
        #expect(lifetimes == [20, 40, 80, 80, 80])
        held = try await resolve(StatedSource("a", .malformed), holding: held)
        #expect(held.map(lifetime) == 40)
        held = try await resolve(StatedSource("a", .document("{\"name\":\"Here\"}")), holding: held)
        #expect(held?.repetitions == 0)
    }

    @Test func `E-162 takes a document that several tokens have for a placeholder, and names those seen before`()
        async throws
    {
        let placeholders = PlaceholderDetector()
        let source = StatedSource("a", .document("{\"name\":\"Box\"}"))
        var found: [TokenRecord] = []
        for number in 1...4 as ClosedRange<UInt64> {
            found.append(try await resolve(source, number: number, placeholders: placeholders))
        }
        #expect(found.map(lifetime) == [1000, 1000, 30, 30])
        #expect(placeholders.takeSuspects() == [try reference(1), try reference(2)])
        #expect(placeholders.takeSuspects().isEmpty)
        let again = try await resolve(source, number: 1, holding: found[0], placeholders: placeholders)
        #expect(lifetime(again) == 30)
        let other = StatedSource("a", .document("{\"name\":\"Revealed\"}"))
        #expect(lifetime(try await resolve(other, number: 2, placeholders: placeholders)) == 1000)
    }

    @Test func `does not take one token asked for again and again for several`() async throws {
        let placeholders = PlaceholderDetector()
        let source = StatedSource("a", .document("{\"name\":\"Only\"}"))
        for _ in 0..<6 { #expect(lifetime(try await resolve(source, placeholders: placeholders)) == 1000) }
    }
}
