/// One entry of the outbox as Redis gives it.
struct OutboxEntry: Sendable {
    /// Its place in the stream: the server's milliseconds since 1970, a dash and a number.
    let identifier: String
    /// The encoded record; nil when the entry has been deleted or was not written by us.
    let record: [UInt8]?

    init?(_ reply: RedisReply, field: String) {
        guard let parts = reply.elements, parts.count == 2, let identifier = parts[0].text else { return nil }
        self.identifier = identifier
        let fields = parts[1].elements ?? []
        record = fields.count == 2 && fields[0].text == field ? fields[1].bytes : nil
    }
}
