import Caching
import EventLoops
import HTTPCaching
import Tokens

/// One warm-up under way, or done. Confined to the actor that holds it.
final class WarmJob {
    enum State: String {
        case running, finished, cancelled
    }

    struct Failure {
        let token: TokenReference
        let reason: String
    }

    /// Examples kept; the count goes on.
    static let maximumFailures = 100

    let identifier: String
    let request: WarmRequest
    let startedAt: MonotonicTime
    private(set) var finishedAt: MonotonicTime?
    private(set) var state = State.running
    private(set) var done = 0
    private(set) var fetched = 0
    private(set) var alreadyFresh = 0
    private(set) var failed = 0
    private(set) var failures: [Failure] = []
    private var next = 0
    private var nextInRange: UInt256?

    init(identifier: String, request: WarmRequest, now: MonotonicTime) {
        self.identifier = identifier
        self.request = request
        startedAt = now
        if case .range(_, _, let from, _) = request.selection { nextInRange = from }
    }

    /// The next token to warm; `nil` when all have been begun or the job was cancelled.
    func take() -> TokenReference? {
        guard state == .running else { return nil }
        switch request.selection {
        case .list(let tokens):
            guard next < tokens.count else { return nil }
            next += 1
            return tokens[next - 1]
        case .range(let chain, let contract, _, let last):
            guard let current = nextInRange else { return nil }
            nextInRange = current == last ? nil : current.adding(1)
            return TokenReference(chain: chain, contract: contract, token: TokenIdentifier(current))
        }
    }

    func record(_ delivery: Delivery, for token: TokenReference) {
        done += 1
        guard delivery.entry.answer.status == 200 else {
            failed += 1
            if failures.count < Self.maximumFailures {
                failures.append(Failure(token: token, reason: delivery.reason))
            }
            return
        }
        switch delivery.status.handling {
        case .hit where request.isRefresh:
            failed += 1
            if failures.count < Self.maximumFailures {
                failures.append(Failure(token: token, reason: "No source answered; the copy held is kept."))
            }
        case .hit: alreadyFresh += 1
        case .forwarded: fetched += 1
        }
    }

    func finish(at now: MonotonicTime) {
        if state == .running { state = .finished }
        finishedAt = finishedAt ?? now
    }

    func cancel(at now: MonotonicTime) {
        guard state == .running else { return }
        state = .cancelled
        finishedAt = now
    }

    /// The progress document of `GET /admin/warm/{id}`.
    func progress(at now: MonotonicTime) -> JSONNode {
        let elapsed = Double(((finishedAt ?? now) - startedAt).inMilliseconds) / 1000
        let rate = elapsed > 0 ? Double(done) / elapsed : 0
        let left = Double(request.count - done)
        let remaining: JSONNode = state == .running && rate > 0 ? .number((left / rate).rounded()) : .null
        return .object([
            ("id", .string(identifier)), ("state", .string(state.rawValue)), ("total", .integer(request.count)),
            ("done", .integer(done)), ("fetched", .integer(fetched)), ("already_fresh", .integer(alreadyFresh)),
            ("failed", .integer(failed)), ("rate", .number((rate * 10).rounded() / 10)),
            ("eta_seconds", remaining),
            (
                "failures",
                .array(
                    failures.map {
                        .object([("token", .string("\($0.token)")), ("reason", .string($0.reason))])
                    })
            ),
        ])
    }
}

extension Delivery {
    /// Why a token could not be warmed: the `detail` of its problem.
    fileprivate var reason: String {
        let body = Array(entry.answer.identity.body.bytes)
        let document = try? JSONDocument(validating: body)
        return document?.root["detail"]?.string ?? "status \(entry.answer.status)"
    }
}
