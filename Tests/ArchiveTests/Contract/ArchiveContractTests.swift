import Caching
import MintcacheTesting
import Testing
import Tokens

/// What every archive promises, whatever it is made of.
@Suite(.sharedPostgres, .serialized)
struct `Every archive` {
    private static let oddDocuments: [[UInt8]] = [
        Array(#"{"name":"One"}"#.utf8),
        [],
        [0],
        Array("{\"a\":\"".utf8) + [0, 1, 2] + Array("\"}".utf8),
        [0xEF, 0xBB, 0xBF] + Array("{}".utf8),
        [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80],
        Array("{ \"b\": 1,\r\n \"a\": 2, \"a\": 1.10e+2 }\n".utf8),
        Array("{\"name\":\"日本語 🎴 \u{202E}\"}".utf8),
        Array(0...255),
        Array(#"{"image":""#.utf8) + [UInt8](repeating: 0x41, count: 1 << 20) + Array(#""}"#.utf8),
    ]

    @Test(arguments: ArchiveKind.allCases)
    func `gives back the exact bytes of a document`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            let records = Self.oddDocuments.enumerated().map { record(UInt64($0.offset), document: $0.element) }
            let report = try await archive.store(records)
            #expect(report.stored == records.count)
            let found = try await archive.records(for: records.map(\.reference), within: .seconds(5))
            for record in records { #expect(found[record.reference] == record) }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `gives back every field, whatever is absent`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            var bare = record(1)
            bare.standard = nil
            bare.tokenURI = nil
            bare.contentType = nil
            bare.etag = ""
            var empty = record(2)
            empty.tokenURI = ""
            empty.contentType = ""
            var rich = record(3)
            rich.standard = .erc1155
            rich.tokenURI = "data:,日本語%20🎴'\"\\{},NULL"
            rich.source = "a source"
            rich.contentType = "text/plain; charset=\"x\""
            rich.fetchedAt = 1
            rich.freshUntil = 253_402_300_799_999
            let records = [bare, empty, rich]
            _ = try await archive.store(records)
            let found = try await archive.records(for: records.map(\.reference), within: .seconds(5))
            for record in records { #expect(found[record.reference] == record) }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `tells documents, missing tokens and unusable ones apart`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            var missing = record(1, document: [])
            missing.outcome = .missing(reason: "execution reverted: ERC721: ünknown")
            var unusable = record(2, document: [])
            unusable.outcome = .unusable(reason: "")
            _ = try await archive.store([missing, unusable])
            let found = try await archive.records(for: [token(1), token(2)], within: .seconds(5))
            #expect(found == [token(1): missing, token(2): unusable])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `leaves out what it does not hold`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            _ = try await archive.store([record(7)])
            let other = TokenReference(
                chain: ChainIdentifier(eip155: 137), contract: token(7).contract, token: token(7).token)
            let found = try await archive.records(for: [token(6), token(7), other, token(7)], within: .seconds(5))
            #expect(found == [token(7): record(7)])
            #expect(try await archive.records(for: [], within: .seconds(5)).isEmpty)
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `holds the newest of several records and never goes back in time`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive async throws in
            let old = record(1, json: #"{"age":"old"}"#, fetchedAt: 1000)
            let new = record(1, json: #"{"age":"new"}"#, fetchedAt: 2000)
            let amended = record(1, json: #"{"age":"amended"}"#, fetchedAt: 2000)
            for (stored, held) in [(old, old), (new, new), (old, new), (amended, amended), (old, amended)] {
                #expect(try await archive.store([stored]) == StoreReport(stored: 1))
                #expect(try await archive.records(for: [token(1)], within: .seconds(5)) == [token(1): held])
            }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `takes one token several times in a batch`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            let times: [Int64] = [3, 1, 5, 2, 5, 4]
            let records = times.enumerated().map { record(1, json: "[\($0.offset)]", fetchedAt: $0.element) }
            #expect(try await archive.store(records + [record(2)]) == StoreReport(stored: 7))
            let found = try await archive.records(for: [token(1), token(2)], within: .seconds(5))
            #expect(found == [token(1): records[4], token(2): record(2)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `stores and finds ten thousand records`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            let records = (0..<10_000).map { record($0, json: #"{"name":"Token #\#($0)"}"#) }.shuffled()
            let began = ContinuousClock.now
            #expect(try await archive.store(records) == StoreReport(stored: 10_000))
            let stored = ContinuousClock.now
            let found = try await archive.records(for: records.map(\.reference), within: .seconds(30))
            let read = ContinuousClock.now
            #expect(found.count == 10_000)
            #expect(records.allSatisfy { found[$0.reference] == $0 })
            print("\(kind.rawValue): 10,000 rows stored in \(stored - began), found in \(read - stored)")
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `takes many small batches and reads at once`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 as Range<UInt64> {
                    group.addTask {
                        let stored = try await archive.store([record(number % 300, fetchedAt: Int64(number))])
                        #expect(stored == StoreReport(stored: 1))
                        let found = try await archive.records(for: [token(number % 300)], within: .seconds(10))
                        #expect((found[token(number % 300)]?.fetchedAt ?? -1) >= Int64(number))
                    }
                }
                while let result = await group.nextResult() {
                    if case .failure(let error) = result { Issue.record(error) }
                }
            }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `keeps what it holds when migrated again`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            _ = try await archive.store([record(1)])
            try await archive.migrate()
            #expect(try await archive.records(for: [token(1)], within: .seconds(5)) == [token(1): record(1)])
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `says whether it can be reached, and after closing refuses work`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            _ = try await archive.records(for: [token(1)], within: .seconds(5))
            #expect(await archive.isReachable)
            await archive.close()
            await archive.close()
            #expect(await archive.isReachable == false)
            let error = await #expect(throws: StoreError.self) { _ = try await archive.store([record(1)]) }
            #expect(error?.kind == .unreachable)
            await #expect(throws: StoreError.self) {
                _ = try await archive.records(for: [token(1)], within: .seconds(1))
            }
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `finishes the writes under way before it closes`(_ kind: ArchiveKind) async throws {
        try await withArchive(kind) { archive in
            async let report = archive.store((0..<3000).map { record($0) })
            async let other: Void = archive.migrate()
            try await other
            await archive.close()
            do {
                #expect(try await report.stored == 3000)
            } catch let error as StoreError {
                #expect(error.kind == .unreachable, "\(error)")
            }
        }
    }
}
