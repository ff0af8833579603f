import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// What memory does not hold: the request waits at a board.
extension PublicHandler {
    /// Boards a flight. The client's deadline is its own: when it passes the client is told so, and the flight goes on.
    func boarding<Board: WaitingBoard>(
        _ board: Board, _ key: Board.Key, as representation: TokenRepresentation = .object, _ number: UInt64
    ) -> (Exchange) -> Void {
        { [self] exchange in
            let start = shared.time.at(loop.now)
            let wait = Wait(exchange)
            let bound = LoopBound((wait, self), on: loop)
            let waiter = FlightWaiter(representation: representation, loop: loop) { delivery in
                let (wait, handler) = bound.value
                guard let exchange = wait.end() else { return }
                handler.respond(to: exchange, number, since: start, delivery)
            }
            let leave = { [fetchLoop = shared.fetchLoop] in
                fetchLoop.execute { board.assumeIsolated { $0.leave(waiter.identifier) } }
            }
            wait.timer = loop.schedule(after: rules.requestTimeout) { [self] in
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

    func respond(to exchange: Exchange, _ number: UInt64, since start: Int64, _ delivery: Delivery) {
        let now = shared.time.at(loop.now)
        let request = exchange.request
        exchange.respond { writer in
            request.withHead { head in
                self.write(delivery.entry, delivery.status, head, number, now: now, since: start, &writer)
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
