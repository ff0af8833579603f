/// What answers requests. The server makes one per event loop and calls it only there, so its state needs no locks.
public protocol RequestHandler: AnyObject {
    /// Answers a request through `writer`, or takes it away to answer later. Called on the loop, once per request and in
    /// the order of the requests of a connection. `request` and everything it returns are valid only during the call.
    func handle(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) -> Handling

    /// Answers what the server refuses by itself. The connection closes afterwards. Called on the loop.
    func handleFailure(_ failure: RequestFailure, _ writer: inout ResponseWriter)
}

extension RequestHandler {
    /// An RFC 9457 problem document, with the fields that the status requires.
    public func handleFailure(_ failure: RequestFailure, _ writer: inout ResponseWriter) {
        writer.respond(.problem(failure))
    }
}

/// What a handler did with a request.
public enum Handling {
    /// The answer is written, complete.
    case answered
    /// Nothing is written. The server calls this once, on the loop, after ``RequestHandler/handle(_:_:)`` has returned
    /// and the answers before this one have left, unless the client is gone by then. The exchange may be kept for as
    /// long as the answer takes.
    case deferred((Exchange) -> Void)
}
