import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// What memory does not hold: the request waits at a board.
extension PublicHandler {
    /// How a request gets what memory does not hold: as `Cache-Control: only-if-cached` and `Prefer: wait` have it, else
    /// by waiting for a flight.
    func waiting<Board: WaitingBoard>(
        at board: Board, for key: Board.Key, as representation: TokenRepresentation = .object,
        _ request: borrowing RequestHead, _ number: UInt64
    ) -> (Exchange) -> Void {
        if request.demandsCached {
            return { [self] exchange in
                lookUp(key, at: board, as: representation, for: exchange, number, asksSources: false)
            }
        }
        let patience = rules.patience(of: request)
        guard patience > .zero else {
            return { [self] exchange in
                lookUp(key, at: board, as: representation, for: exchange, number, asksSources: true)
            }
        }
        return boarding(
            board, key, as: representation, number, for: patience, rules.tracer?.trace(of: request, number))
    }

    /// Answers with what any tier holds, and does not wait for a source.
    private func lookUp<Board: WaitingBoard>(
        _ key: Board.Key, at board: Board, as representation: TokenRepresentation, for exchange: Exchange,
        _ number: UInt64, asksSources: Bool
    ) {
        let start = shared.time.at(loop.now)
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            let delivery = await board.cachedDelivery(of: key, as: representation)
            // Only a fresh copy lets the sources be.
            if asksSources, delivery?.entry.times.freshUntil ?? 0 <= start { await board.refresh(key) }
            handler.value.respond(to: exchange, number, delivery, asksSources: asksSources)
        }
    }

    private func respond(
        to exchange: Exchange, _ number: UInt64, _ delivery: Delivery?, asksSources: Bool
    ) {
        if let delivery { return respond(to: exchange, number, delivery) }
        guard asksSources else { return respond(to: exchange, number, with: .notCached) }
        shared.metrics.timedOutRequests.increment()
        var response = Problem.timedOut.response
        response.fields.append(("Preference-Applied", "wait=0"))
        response.fields.append(("Cache-Status", CacheStatus.forwarded(.uriMiss, status: nil).text))
        respond(to: exchange, number, response)
    }

    /// Boards a flight. The client's deadline is its own: when it passes the client is told so, and the flight goes on.
    private func boarding<Board: WaitingBoard>(
        _ board: Board, _ key: Board.Key, as representation: TokenRepresentation, _ number: UInt64,
        for patience: Duration, _ trace: RequestTrace?
    ) -> (Exchange) -> Void {
        { [self] exchange in
            let wait = Wait(exchange)
            let bound = LoopBound((wait, self), on: loop)
            let waiter = FlightWaiter(representation: representation, loop: loop, trace: trace) { delivery in
                let (wait, handler) = bound.value
                guard let exchange = wait.end() else { return }
                handler.respond(to: exchange, number, delivery, in: trace)
            }
            let leave = { [fetchLoop = shared.fetchLoop] in
                fetchLoop.execute { board.assumeIsolated { $0.leave(waiter.identifier) } }
            }
            wait.timer = loop.schedule(after: patience) { [self] in
                shared.metrics.timedOutRequests.increment()
                shared.fetchLoop.execute { board.assumeIsolated { $0.expire(key, waiter) } }
                // The board answers at once; should its loop be stuck, the client still gets an answer.
                wait.timer = loop.schedule(after: .seconds(1)) { [self] in
                    guard let exchange = wait.end() else { return }
                    respond(to: exchange, number, with: .timedOut)
                }
            }
            exchange.onCancel = { [self] in
                guard wait.end() != nil else { return }
                leave()
                shared.metrics.abandonedRequests.increment()
            }
            shared.fetchLoop.execute { board.assumeIsolated { $0.join(key, waiter) } }
        }
    }

    func respond(to exchange: Exchange, _ number: UInt64, _ delivery: Delivery, in trace: RequestTrace? = nil) {
        let now = shared.time.at(loop.now)
        let request = exchange.request
        exchange.respond { writer in
            request.withHead { head in
                self.write(
                    delivery.entry, delivery.status, head, number, now: now, since: exchange.start,
                    costing: delivery.costs, in: trace, &writer)
            }
        }
    }
}

/// One client's wait for a flight: ended once, by the answer, the deadline or the client's leaving. Confined to a loop.
private final class Wait {
    private var exchange: Exchange?
    var timer: LoopTimer?

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// The exchange, the first time.
    func end() -> Exchange? {
        timer?.cancel()
        timer = nil
        defer { exchange = nil }
        exchange?.onCancel = nil
        return exchange
    }
}
