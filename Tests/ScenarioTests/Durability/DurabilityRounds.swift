import EventLoops
import Foundation
import MintcacheTesting
import SampleUpstream
import Synchronization
import Testing
import Tokens

@testable import Mintcache

/// Three instances on one Redis and one PostgreSQL, asked for cold tokens all the time, all of them for the same ones, so
/// that rows are written several times. In each round one of them dies by `kill -9` at a random moment and comes back;
/// every other round begins without PostgreSQL.
final class DurabilityRounds: Sendable {
    private static let instances = 3
    private static let lanes = 4

    private let stage: Stage
    private let postgres: PostgresServer
    private let loop: EventLoop
    /// Tokens that were answered, with the SHA-256 of what was answered.
    private let answered = Mutex<[Int: String]>([:])
    private let next = Mutex(0)

    private init(_ stage: Stage, _ postgres: PostgresServer) throws {
        self.stage = stage
        self.postgres = postgres
        loop = try EventLoop(label: "clients")
    }

    static func run(_ rounds: Int) async throws {
        let redis = try await RedisServer.start()
        let postgres = try await PostgresServer.start()
        try await Stage.play(Scene.Options(redis: redis.url, archive: postgres.url)) { stage in
            let course = try DurabilityRounds(stage, postgres)
            defer { course.loop.shutdown() }
            var daemons: [Daemon] = []
            for _ in 0..<instances { daemons.append(try await stage.daemon()) }
            try await course.installAudit()
            for round in 0..<rounds { try await course.play(round, with: &daemons) }
            try await course.expectEverything()
            try await eventually(within: .seconds(40), "an empty outbox") {
                try await redis.command("XLEN", "mintcache:outbox") == "0"
            }
            for daemon in daemons {
                daemon.process.send(.terminate)
                #expect(try await daemon.process.wait(within: .seconds(20)) == .code(0))
            }
        }
        try await redis.stop()
        try await postgres.stop()
    }

    // MARK: Rounds

    private func play(_ round: Int, with daemons: inout [Daemon]) async throws {
        let victim = Int.random(in: 0..<daemons.count)
        let isWithoutArchive = round % 2 == 1
        if isWithoutArchive { try await postgres.stop() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let end = MonotonicTime.current + .milliseconds(800)
            for daemon in daemons {
                for lane in 0..<Self.lanes { group.addTask { await self.ask(daemon, lane, until: end) } }
            }
            await loop.sleep(for: .milliseconds(Int64.random(in: 100...600)))
            daemons[victim].process.send(.kill)
            try await group.waitForAll()
        }
        next.withLock { $0 = (answered.withLock { $0.keys.max() } ?? 0) + Self.lanes + 1 }
        _ = try await daemons[victim].process.wait(within: .seconds(10))
        // The one that comes back finds PostgreSQL away as well.
        daemons[victim] = try await daemons[victim].again()
        if isWithoutArchive { try await postgres.start() }
    }

    /// Asks for one token after another until the time is up or the program has died.
    private func ask(_ daemon: Daemon, _ lane: Int, until end: MonotonicTime) async {
        guard let connection = try? await HTTPConnection.open(to: daemon.address, on: loop) else { return }
        var token = next.withLock { $0 } + lane
        while MonotonicTime.current < end,
            let answer = try? await connection.request("GET", "/v1/demo/\(stage.contract)/\(token)/metadata")
        {
            if answer.status == 200 {
                let digest = SHA256.hash(answer.body).map { String(format: "%02x", $0) }.joined()
                answered.withLock { $0[token] = digest }
            }
            token += Self.lanes
        }
        await connection.close()
    }

    // MARK: The audit

    /// Has PostgreSQL itself note every row that is set back, or written differently for the same moment.
    private func installAudit() async throws {
        try await postgres.query(
            """
            CREATE TABLE violations (what text, token_id text);
            CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.last_updated < OLD.last_updated THEN
                    INSERT INTO violations VALUES ('set back', NEW.token_id);
                ELSIF NEW.last_updated = OLD.last_updated AND (NEW.document, NEW.etag, NEW.token_uri, NEW.expires_at)
                    IS DISTINCT FROM (OLD.document, OLD.etag, OLD.token_uri, OLD.expires_at) THEN
                    INSERT INTO violations VALUES ('written differently', NEW.token_id);
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER audit BEFORE UPDATE ON nft_metadata FOR EACH ROW EXECUTE FUNCTION audit();
            """)
    }

    private func expectEverything() async throws {
        let expected = answered.withLock { $0 }
        #expect(!expected.isEmpty)
        try await eventually(within: .seconds(60), "\(expected.count) tokens are in PostgreSQL") {
            let rows = try await postgres.query("SELECT token_id, encode(sha256(document), 'hex') FROM nft_metadata")
            let lines = Set(rows.split(separator: "\n").map(String.init))
            return expected.allSatisfy { lines.contains("\($0.key)|\($0.value)") }
        }
        #expect(try await postgres.query("SELECT what, token_id FROM violations LIMIT 10") == "")
        print("durability: \(expected.count) tokens were answered, and all are in PostgreSQL")
    }
}
