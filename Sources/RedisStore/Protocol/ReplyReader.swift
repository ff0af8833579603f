private import CHiredis

/// Cuts the bytes of a connection into replies, by hiredis's reader. After an error it is dead: the connection cannot
/// be trusted to be in step any more.
struct ReplyReader: ~Copyable {
    /// Elements in one reply, nested arrays included: twenty times what any command of ours brings.
    static let maximumElements: Int32 = 65_536
    /// Bytes of one reply that wait for its rest: a record of the greatest length fits.
    static let maximumPendingBytes = 80 << 20
    /// The buffer kept between replies; a longer one is given back.
    private static let keptBuffer = 1 << 20

    // Safe: made by init, freed by deinit, and the value cannot be copied.
    private let reader: UnsafeMutablePointer<redisReader>

    init() throws(RedisError) {
        guard let reader = chiredis_reader_create(Self.maximumElements, Self.keptBuffer) else { throw .overloaded }
        self.reader = reader
    }

    deinit {
        chiredis_reader_free(reader)
    }

    /// Takes bytes from the wire. Call ``next()`` until it has no more before feeding again.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard reader.pointee.len + bytes.count <= Self.maximumPendingBytes else {
            throw .malformed("a reply is longer than \(Self.maximumPendingBytes) bytes")
        }
        // Safe: hiredis copies the bytes before it returns.
        let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard redisReaderFeed(reader, text, bytes.count) == REDIS_OK else { throw failure }
    }

    /// The next reply that has come whole, nil when there is none yet.
    mutating func next() throws(RedisError) -> RedisReply? {
        guard let reply = chiredis_reader_next(reader) else {
            if reader.pointee.err != 0 { throw failure }
            return nil
        }
        defer { freeReplyObject(reply) }
        return Self.convert(reply.pointee)
    }

    private var failure: RedisError {
        switch reader.pointee.err {
        case REDIS_ERR_OOM: .malformed("a reply announces more than this client takes")
        case _: .malformed("the peer does not speak the Redis protocol")
        }
    }

    private static func convert(_ reply: redisReply) -> RedisReply {
        switch reply.type {
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(RedisServerError(line: String(decoding: bytes(of: reply), as: UTF8.self)))
        case REDIS_REPLY_INTEGER: .integer(reply.integer)
        case REDIS_REPLY_STRING: .bulk(Array(bytes(of: reply)))
        case REDIS_REPLY_ARRAY: .array(elements(of: reply))
        case _: .null
        }
    }

    private static func bytes(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.len)
    }

    private static func elements(of reply: redisReply) -> [RedisReply] {
        UnsafeBufferPointer(start: reply.element, count: reply.elements).map { element in
            element.map { convert($0.pointee) } ?? .null
        }
    }
}
