import Glibc
import Synchronization
import Testing

@testable import EventLoops
@testable import UpstreamFetching

/// Runs a test with a client on a loop of its own and tears both down.
func withClient(
    _ configure: (inout UpstreamOptions) -> Void = { _ in }, names: [String: String] = [:],
    _ body: (UpstreamClient) async throws -> Void
) async throws {
    var options = UpstreamOptions()
    options.retries = 0
    options.timeout = .seconds(10)
    configure(&options)
    let loop = try EventLoop(label: "test")
    let client = UpstreamClient(loop: loop, options: options, resolvers: .naming(names))
    do {
        try await body(client)
    } catch {
        await client.shutdown()
        loop.shutdown()
        throw error
    }
    await client.shutdown()
    loop.shutdown()
}

extension Resolvers {
    /// Knows these names and no others; addresses are separated by commas.
    static func naming(_ names: [String: String]) -> Resolvers {
        let resolver = AddressResolver(threads: 2, pending: 16) { name in
            guard let list = names[name] ?? names["*"] else { return .failure(.notFound(name)) }
            return .success(
                list.split(separator: ",").compactMap { SocketAddress(numericHost: String($0), port: 0)?.bytes })
        }
        return Resolvers(configured: resolver, untrusted: resolver)
    }
}

/// The failure of a fetch that must fail.
func failure(
    of client: UpstreamClient, _ request: UpstreamRequest, sourceLocation: SourceLocation = #_sourceLocation
) async -> FetchFailure? {
    do throws(FetchFailure) {
        let response = try await client.fetch(request)
        Issue.record("answered with \(response.status) instead of failing", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

/// Waits until `condition` holds; false when it does not within the limit.
func eventually(within limit: Duration = .seconds(10), _ condition: () async -> Bool) async -> Bool {
    let deadline = MonotonicTime.current + limit
    while MonotonicTime.current < deadline {
        if await condition() { return true }
        do { try await Task.sleep(for: .milliseconds(2)) } catch { return false }
    }
    return await condition()
}

func elapsed(_ body: () async throws -> Void) async rethrows -> Duration {
    let start = MonotonicTime.current
    try await body()
    return MonotonicTime.current - start
}

/// A gate that scripts wait at on their threads until the test opens it.
final class Turnstile: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }

    /// Returns when it is open, or after 20 s.
    func wait() {
        let deadline = MonotonicTime.current + .seconds(20)
        while !isOpen.withLock({ $0 }), MonotonicTime.current < deadline { usleep(1000) }
    }
}
