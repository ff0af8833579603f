public import Tokens

/// What goes wrong with the requests that match, in place of or on top of the true answer.
public struct Fault: Sendable {
    /// Which requests it is for.
    public enum Target: Sendable, Hashable {
        case everything
        /// Every request to `/rpc`.
        case rpc
        /// Batches to `/rpc` of more calls than so many.
        case batches(largerThan: Int)
        /// Requests to `/rpc` with a call of this contract, or of one of its tokens.
        case calls(ContractAddress, token: TokenIdentifier?)
        /// Requests whose path begins so.
        case path(prefix: String)
    }

    /// How the answer ends.
    public enum Ending: Sendable, Hashable {
        case complete
        /// The connection closes after so many bytes of the body.
        case closed(afterBodyBytes: Int)
        /// The connection is reset after so many bytes of the body; with `nil` before the first byte of the answer.
        case reset(afterBodyBytes: Int?)
        /// Nothing more comes after so many bytes of the body; with `nil` nothing at all.
        case hang(afterBodyBytes: Int?)
    }

    public var target: Target
    /// How many matching requests it meets; `nil` for all.
    public var times: Int?
    /// Waited before the answer begins.
    public var delay: Duration = .zero
    /// Replaces the status; an error status also replaces the body by a line of text.
    public var status: Int?
    /// Seconds.
    public var retryAfter: Int?
    public var body: [UInt8]?
    public var contentType: String?
    /// Added to the answer, or put in place of its own fields of the same name.
    public var fields: [(name: String, value: String)] = []
    /// Announced in place of the body's true length.
    public var contentLength: Int?
    /// The speed of the body; `nil` for as fast as it goes.
    public var dripBytesPerSecond: Int?
    public var ending = Ending.complete
    /// Answers each matching call with this error at HTTP status 200, the other calls of its batch truthfully. Such a
    /// fault does nothing else, and is counted once per call.
    public var rpcError: RPCError?
    /// Leaves the answer to each matching call out of that of its batch. Such a fault does nothing else, like an
    /// ``rpcError``.
    public var omitsAnswer = false
    /// Answers the calls of a batch in the opposite order.
    public var reversesBatch = false

    public init(_ target: Target, times: Int? = nil) {
        self.target = target
        self.times = times
    }
}
