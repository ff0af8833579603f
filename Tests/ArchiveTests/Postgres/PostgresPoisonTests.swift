import Caching
import Foundation
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

/// Documents that JSON parsers let through and `jsonb` refuses.
@Suite(.sharedPostgres, .serialized)
struct `A row PostgreSQL refuses` {
    private static let nested = String(repeating: "[", count: 60_000) + String(repeating: "]", count: 60_000)
    private static let poisons: [(code: String, document: [UInt8])] = [
        ("22P05", Array(#"{"name":"a\u0000b"}"#.utf8)),
        ("22P02", Array(#"{"name":"\ud83d"}"#.utf8)),
        ("22P02", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        ("22P02", Array(#"{"a":1,}"#.utf8)),
        ("22003", Array(#"{"a":1e200000}"#.utf8)),
        ("22021", [0x22, 0xFF, 0x22]),
        ("22021", [0x22, 0x00, 0x22]),
        ("54001", Array(nested.utf8)),
        ("22P02", []),
    ]

    @Test
    func `does not hold up its batch, is stored without metadata and is set aside with its SQLSTATE`() async throws {
        let server = try await PostgresServer.start(configuration: ["log_statement=all"])
        try await withPostgresArchive(server.url) { archive in
            var records = (0..<500).map { record(UInt64($0), json: #"{"name":"Token #\#($0)"}"#) }
            for (index, poison) in Self.poisons.enumerated() { records[index * 53 + 7].document = poison.document }
            let poisoned = Self.poisons.indices.map { records[$0 * 53 + 7].reference }
            let report = try await archive.store(records)

            #expect(report.stored == 500)
            #expect(report.rejected.map(\.reference) == poisoned)
            #expect(report.rejected.map(\.code) == Self.poisons.map(\.code))
            // A bad row among 500 fails with the whole and in nine halves, each with a good other half at most; one
            // more statement stores the bad rows, and one sets them aside.
            let attempts = server.log.components(separatedBy: "<unnamed>: INSERT INTO nft_metadata (").count - 1
            #expect((Self.poisons.count...Self.poisons.count * 19 + 1).contains(attempts))
            #expect(server.log.components(separatedBy: "<unnamed>: INSERT INTO nft_metadata_rejected (").count == 2)

            let found = try await archive.records(for: records.map(\.reference), within: .seconds(10))
            #expect(records.allSatisfy { found[$0.reference] == $0 })
            #expect(try await server.query("SELECT count(*) FROM nft_metadata WHERE metadata IS NULL") == "9")
            let aside = try await server.query(
                "SELECT token_id, sqlstate, length(document) FROM nft_metadata_rejected ORDER BY token_id::int")
            let expected = zip(poisoned, Self.poisons).map { "\($0.token)|\($1.code)|\($1.document.count)" }
            #expect(aside == expected.joined(separator: "\n"))
            let noted = try await server.query("SELECT error FROM nft_metadata WHERE token_id = '7'")
            #expect(noted.hasPrefix("22P05 "))
        }
    }

    @Test
    func `costs ten thousand others a bounded number of statements, though there are fifty of it`() async throws {
        let server = try await PostgresServer.start(
            configuration: ["log_statement=all", "log_parameter_max_length=0", "log_parameter_max_length_on_error=0"])
        try await withPostgresArchive(server.url) { archive in
            var records = (0..<10_000).map { record(UInt64($0), json: #"{"name":"Token #\#($0)"}"#) }
            // Of all kinds, some next to each other, but not the one of 120,000 bytes.
            let poisons = Self.poisons.filter { $0.document.count < 100 }
            let places = (0..<50).map { $0 % 5 == 0 ? $0 * 197 : ($0 - 1) * 197 + 1 }
            for (index, place) in places.enumerated() {
                records[place].document = poisons[index % poisons.count].document
            }
            let report = try await archive.store(records)

            #expect(Set(report.rejected.map(\.reference)) == Set(places.map { records[$0].reference }))
            let counts = "SELECT count(metadata), count(*) FROM nft_metadata"
            #expect(try await server.query(counts) == "9950|10000")
            let codes = Dictionary(grouping: report.rejected, by: \.code).mapValues(\.count)
            let aside = "SELECT sqlstate, count(*) FROM nft_metadata_rejected GROUP BY 1 ORDER BY 1"
            let expected = codes.sorted { $0.key < $1.key }.map { "\($0)|\($1)" }
            #expect(try await server.query(aside) == expected.joined(separator: "\n"))

            let log = server.log
            func count(_ text: String) -> Int { log.components(separatedBy: text).count - 1 }
            // Twenty batches of 500; a bad row fails in at most log2(500) + 1 of its ancestors, each with one good half.
            let inserts = count("<unnamed>: INSERT INTO nft_metadata (")
            let failures = count("ERROR:")
            print("postgres: 50 bad rows among 10,000 cost \(inserts - 20) more statements, \(failures) failed")
            #expect(failures <= 50 * 10)
            #expect(inserts <= 20 + 50 * 2 * 9 + 20)
            #expect(count("<unnamed>: INSERT INTO nft_metadata_rejected (") <= 20)
        }
    }

    @Test
    func `is mended by a good document that comes later`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { archive in
            let bad = record(1, json: "{,}", fetchedAt: 1000)
            #expect(try await archive.store([bad]).rejected.map(\.code) == ["22P02"])
            #expect(try await archive.store([record(1, fetchedAt: 2000)]) == StoreReport(stored: 1))
            #expect(try await archive.store([bad]).stored == 1)
            let found = try await archive.records(for: [token(1)], within: .seconds(5))
            #expect(found == [token(1): record(1, fetchedAt: 2000)])
            #expect(try await database.query("SELECT metadata->>'name', error IS NULL FROM nft_metadata") == "One|t")
        }
    }

    @Test
    func `may have a zero character in any of its texts`() async throws {
        try await withPostgresArchive(SharedPostgres.database().url) { archive in
            var odd = record(1)
            odd.tokenURI = "data:a\0b"
            var missing = record(2, document: [])
            missing.outcome = .missing(reason: "no\0thing")
            let report = try await archive.store([odd, missing, record(3)])
            #expect(report.stored == 3)
            #expect(report.rejected.map(\.code) == ["22021", "22021"])
            let found = try await archive.records(for: [token(1), token(2), token(3)], within: .seconds(5))
            #expect(found[token(1)]?.document == odd.document)
            #expect(found[token(1)]?.tokenURI == "data:a\u{FFFD}b")
            #expect(found[token(2)]?.outcome == .missing(reason: "no\u{FFFD}thing"))
            #expect(found[token(3)] == record(3))
        }
    }

    @Test
    func `is set aside alone when a trigger lets it in in no form`() async throws {
        let database = try await SharedPostgres.database()
        try await withPostgresArchive(database.url) { archive in
            try await database.query(
                """
                ALTER TABLE nft_metadata ADD CONSTRAINT odd CHECK (token_id <> '13');
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN IF NEW.token_id = '17' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
                CREATE TRIGGER refuse BEFORE INSERT ON nft_metadata FOR EACH ROW EXECUTE FUNCTION refuse();
                """)
            let report = try await archive.store((0..<50).map { record($0) })
            #expect(report.stored == 48)
            #expect(report.rejected.map(\.code) == ["23514", "P0001"])
            #expect(report.rejected.last?.reason == "not this one")
            #expect(try await database.query("SELECT count(*) FROM nft_metadata") == "48")
            let aside = try await database.query("SELECT token_id, reason FROM nft_metadata_rejected ORDER BY 1")
            #expect(aside.hasSuffix("\n17|not this one"))
        }
    }
}
