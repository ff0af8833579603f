import EventLoops
import HTTPCaching
import HTTPServing
import Synchronization
import UpstreamFetching

/// A client's body on its way to the upstream: read from the connection no faster than the upstream takes it.
final class RequestBodyFeed: Sendable {
    private let exchange: Exchange
    private let broken = Mutex<BodyFailure?>(nil)

    /// Call on the exchange's loop.
    init(_ exchange: Exchange, limit: Int) {
        self.exchange = exchange
        exchange.bodyLimit = limit
    }

    /// Why the body could not be sent on, if so: the client broke off, or broke the rules.
    var failure: BodyFailure? { broken.withLock { $0 } }

    /// The next piece; `nil` when the body has ended. Any task.
    func next() async throws(BodyFailure) -> [UInt8]? {
        do throws(BodyFailure) {
            return try await exchange.nextBodyPiece()
        } catch {
            broken.withLock { $0 = error }
            throw error
        }
    }
}

/// The body of a client's request as the upstream is to get it.
struct ClientBody: Sendable {
    let exchangeBody: ExchangeBody
    /// Where it is read from; `nil` when it is there, or there is none.
    let feed: RequestBodyFeed?

    /// One that is there, whole.
    init(_ bytes: [UInt8]) {
        exchangeBody = .bytes(bytes)
        feed = nil
    }

    /// One that is still to come. Call on the exchange's loop.
    init(_ exchange: Exchange, on route: Route) {
        guard exchange.request.framing != .none else {
            exchangeBody = exchange.request[.contentLength] == nil ? .none : .bytes([])
            feed = nil
            return
        }
        let feed = RequestBodyFeed(exchange, limit: route.maximumRequestBody)
        self.feed = feed
        exchangeBody = .stream(length: exchange.request.framing.contentLength) { try await feed.next() }
    }
}

/// Passes 1xx answers on to a client as long as it waits. Any thread.
struct InterimSender: Sendable {
    private let exchange: @Sendable () -> Exchange?
    private let loop: EventLoop

    init(_ exchange: Exchange) {
        // Not a reference that keeps it: an exchange that nobody answers is to be noticed.
        self.exchange = { [weak exchange] in exchange }
        loop = exchange.loop
    }

    func send(_ status: Int, _ fields: HeaderFields) {
        let exchange = exchange
        loop.execute { exchange()?.sendInterim(status: status, fields: fields.encoded) }
    }
}
