import EventLoops
import HTTPCaching
import Synchronization
import Testing

@testable import UpstreamFetching

extension ScriptedOrigin {
    /// An exchange with this origin, without any field but Host.
    func exchange(
        _ method: String = "GET", _ target: String = "/", _ fields: [FieldLine] = [], body: ExchangeBody = .none
    ) -> ExchangeRequest {
        ExchangeRequest(
            method: method, origin: "http://\(host)", target: Array(target.utf8),
            fields: HeaderFields([FieldLine("Host", "o.test")] + fields), body: body, trust: .configured,
            timeout: .seconds(10), idleTimeout: .seconds(10), isRepeatable: method == "GET" || method == "HEAD")
    }

    /// Reads one head, answers with these octets and ends the connection.
    static func answeringOnce(_ bytes: [UInt8]) throws -> ScriptedOrigin {
        try ScriptedOrigin { connection in
            guard connection.read(through: "\r\n\r\n") != nil else { return }
            connection.send(bytes)
        }
    }
}

extension UpstreamExchange {
    /// The rest of the body.
    nonisolated func collect() async throws -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await nextPiece() { body += piece }
        return body
    }
}

/// The failure of an exchange that must fail, before its head or in its body.
func exchangeFailure(
    of client: UpstreamClient, _ request: ExchangeRequest, sourceLocation: SourceLocation = #_sourceLocation
) async -> FetchFailure? {
    do throws(FetchFailure) {
        let exchange = try await client.open(request)
        while try await exchange.nextPiece() != nil {}
        Issue.record("a whole answer instead of a failure", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

/// Counts what happens on other threads.
final class Tally: Sendable {
    private let state = Mutex(0)

    var value: Int { state.withLock { $0 } }

    func add(_ count: Int = 1) { state.withLock { $0 += count } }

    /// Waits until the count has stood still for a while, and returns it.
    func settled(for span: Duration = .milliseconds(300)) async throws -> Int {
        var last = value
        var since = MonotonicTime.current
        while MonotonicTime.current - since < span {
            try await Task.sleep(for: .milliseconds(10))
            guard value != last else { continue }
            last = value
            since = .current
        }
        return last
    }
}

/// A request body whose pieces come when the test says so.
final class Pieces: Sendable {
    struct BrokenOff: Error {}

    private let stream: AsyncThrowingStream<[UInt8], any Error>
    private let feed: AsyncThrowingStream<[UInt8], any Error>.Continuation
    let pulls = Tally()

    init() {
        (stream, feed) = AsyncThrowingStream.makeStream()
    }

    func give(_ text: String) { feed.yield(Array(text.utf8)) }
    func finish() { feed.finish() }
    func fail() { feed.finish(throwing: BrokenOff()) }

    func body(length: Int? = nil) -> ExchangeBody {
        .stream(length: length) { [self] in
            pulls.add()
            var iterator = stream.makeAsyncIterator()
            return try await iterator.next()
        }
    }
}
