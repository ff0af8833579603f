import Dispatch
import Glibc
import Synchronization

/// Why a name has no address for us.
public enum ResolutionError: Error, Sendable, CustomStringConvertible {
    /// The name does not exist, or has no address.
    case notFound(String)
    /// No answer in time.
    case timedOut(String)
    /// Too many look-ups are waiting already.
    case overloaded

    public var description: String {
        switch self {
        case .notFound(let host): "the name \(host) does not resolve"
        case .timedOut(let host): "looking up \(host) took too long"
        case .overloaded: "too many name look-ups are waiting"
        }
    }
}

/// Turns names into addresses off the loops: getaddrinfo(3) blocks for as long as a hostile name server likes, so it
/// runs on a few threads of its own, with a bounded queue, a deadline for the caller and short memories of both
/// outcomes. Concurrent questions for one name share one look-up.
public final class AddressResolver: Sendable {
    /// What answers are kept for. getaddrinfo(3) does not tell the records' own lifetimes.
    private static let positiveLifetime = Duration.seconds(60)
    private static let negativeLifetime = Duration.seconds(30)
    private static let maximumRemembered = 4096

    typealias Answer = Result<[[UInt8]], ResolutionError>

    private struct State {
        var remembered: [String: (answer: Answer, until: MonotonicTime)] = [:]
        var waiting: [String: [Waiter]] = [:]
        var queued = 0
    }

    private let state = Mutex(State())
    private let queue: BlockingWork
    private let pending: Int
    private let lookUp: @Sendable (String) -> Answer

    /// At most `threads` look-ups run at once and `pending` names wait.
    public convenience init(threads: Int = 4, pending: Int = 256) {
        self.init(threads: threads, pending: pending, lookUp: Self.systemLookUp)
    }

    /// The same with another way to look names up: how tests bring names that move or hang.
    init(threads: Int, pending: Int, lookUp: @escaping @Sendable (String) -> Answer) {
        queue = BlockingWork(count: threads, label: "mintcache.resolver")
        self.pending = pending
        self.lookUp = lookUp
    }

    /// The addresses of a name, in the system's order, each with `port`. A numeric host answers at once. Any context.
    public func addresses(
        of host: String, port: UInt16, within limit: Duration
    ) async throws(ResolutionError) -> [SocketAddress] {
        if let numeric = SocketAddress(numericHost: host, port: port) { return [numeric] }
        let answer = await withCheckedContinuation { ask(host, within: limit, Waiter($0)) }
        return try answer.get().compactMap { SocketAddress(bytes: $0, port: port) }
    }

    /// Drops what is remembered of a name, because what it led to has turned out to be wrong. Any context.
    public func forget(_ host: String) {
        state.withLock { _ = $0.remembered.removeValue(forKey: host) }
    }

    private func ask(_ host: String, within limit: Duration, _ waiter: Waiter) {
        enum Step { case answered(Answer), joined, started }
        let now = MonotonicTime.current
        let step = state.withLock { state -> Step in
            if let known = state.remembered[host], known.until > now { return .answered(known.answer) }
            if state.waiting[host] != nil {
                state.waiting[host]?.append(waiter)
                return .joined
            }
            guard state.queued < pending else { return .answered(.failure(.overloaded)) }
            state.queued += 1
            state.waiting[host] = [waiter]
            return .started
        }
        switch step {
        case .answered(let answer):
            return waiter.resume(answer)
        case .joined:
            break
        case .started:
            queue.run { [self] in finish(host, lookUp(host)) }
        }
        waiter.expire(after: limit, with: .failure(.timedOut(host)))
    }

    private func finish(_ host: String, _ answer: Answer) {
        let lifetime = (try? answer.get()) == nil ? Self.negativeLifetime : Self.positiveLifetime
        let now = MonotonicTime.current
        let waiters = state.withLock { state in
            state.queued -= 1
            if state.remembered.count >= Self.maximumRemembered {
                state.remembered = state.remembered.filter { $0.value.until > now }
                if state.remembered.count >= Self.maximumRemembered { state.remembered.removeAll() }
            }
            state.remembered[host] = (answer, now + lifetime)
            return state.waiting.removeValue(forKey: host) ?? []
        }
        for waiter in waiters { waiter.resume(answer) }
    }

    private static let systemLookUp: @Sendable (String) -> Answer = { host in
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return .failure(.notFound(host)) }
        defer { freeaddrinfo(first) }
        var found: [[UInt8]] = []
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            guard let raw = entry.pointee.ai_addr, let address = SocketAddress(raw) else { continue }
            if !found.contains(address.bytes) { found.append(address.bytes) }
        }
        return found.isEmpty ? .failure(.notFound(host)) : .success(found)
    }
}

/// One caller's wait, ended by the answer or by its deadline, whichever comes first.
private final class Waiter: Sendable {
    private let continuation: Mutex<CheckedContinuation<AddressResolver.Answer, Never>?>

    init(_ continuation: CheckedContinuation<AddressResolver.Answer, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume(_ answer: AddressResolver.Answer) {
        let taken = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        taken?.resume(returning: answer)
    }

    func expire(after limit: Duration, with answer: AddressResolver.Answer) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(limit.inNanoseconds))) {
            self.resume(answer)
        }
    }
}
