/// Why a request's body could not be read.
public enum BodyFailure: Error, Sendable, Equatable {
    /// More octets than the caller takes.
    case tooLarge
    case malformed(ChunkFailure)
    /// The client closed its side before the end.
    case incomplete
    /// The time for the body is over.
    case timedOut
    /// The connection is gone, or the request was answered: there is nobody to tell.
    case disconnected

    /// The status that answers it; `nil` when nobody listens.
    public var status: Int? {
        switch self {
        case .tooLarge: 413
        case .malformed, .incomplete: 400
        case .timedOut: 408
        case .disconnected: nil
        }
    }

    /// The stable label for logs and counters.
    public var label: String {
        switch self {
        case .tooLarge: "body-too-large"
        case .malformed(let failure): failure.rawValue
        case .incomplete: "body-incomplete"
        case .timedOut: "body-timeout"
        case .disconnected: "disconnected"
        }
    }
}

/// Why the rest of an answer can not be sent: the client is gone, or took nothing for too long.
public struct ClientGone: Error, Sendable, Equatable {
    public init() {}
}
