import Glibc
import MintcacheTesting
import Synchronization
import Testing

/// Where a scene's answers are held.
enum Tier: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// One proxy, its memory.
    case memory
    /// Two proxies on one Redis that take turns, so that what one of them stored the other has never seen.
    case redisOnly = "Redis only"

    var testDescription: String { rawValue }
}

/// Redis servers for scenes, one for each that is played at the same time, used again by the next.
enum SceneRedis {
    private static let idle = Mutex<[RedisServer]>([])

    static func take() async throws -> RedisServer {
        if let server = idle.withLock({ $0.popLast() }) { return server }
        return try await RedisServer.start()
    }

    static func giveBack(_ server: RedisServer, after probe: RedisProbe) throws {
        _ = try probe.command("FLUSHALL")
        idle.withLock { $0.append(server) }
    }
}

/// A connection to a Redis for the test's own questions, each of which takes microseconds.
final class RedisProbe: Sendable {
    private let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = try LoopbackTCP.connection(to: port)
        _ = fcntl(descriptor, F_SETFL, 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Sends one inline command and answers what came for it, which must fit a piece.
    func command(_ words: String) throws -> String {
        let line = Array("\(words)\r\n".utf8)
        guard write(descriptor, line, line.count) == line.count else { throw TestSupportError("Redis is gone") }
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        let count = read(descriptor, &piece, piece.count)
        guard count > 0 else { throw TestSupportError("Redis does not answer") }
        return String(decoding: piece[..<count], as: UTF8.self)
    }

    /// How often an answer was put into Redis. Instances write other things, too: that they live, for one.
    var changes: Int {
        get throws {
            let text = try command("INFO commandstats")
            let line = text.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_hset:calls=") }
            return line.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0 != "," }) } ?? 0
        }
    }
}
