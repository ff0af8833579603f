/// What Redis answers to one command (RESP2). An error is an answer too.
public enum RedisReply: Sendable, Hashable {
    case status(String)
    case error(RedisServerError)
    case integer(Int64)
    case bulk([UInt8])
    case array([RedisReply])
    case null

    /// The bytes of a bulk string; nil for anything else.
    public var bytes: [UInt8]? {
        if case .bulk(let bytes) = self { bytes } else { nil }
    }

    /// The text of a bulk string or a status; nil for anything else.
    public var text: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .error, .integer, .array, .null: nil
        }
    }

    /// The number; nil for anything else.
    public var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The elements of an array; nil for anything else.
    public var elements: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The error; nil for anything else.
    public var serverError: RedisServerError? {
        if case .error(let error) = self { error } else { nil }
    }
}
