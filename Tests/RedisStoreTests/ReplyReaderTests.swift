import Testing

@testable import RedisStore

@Suite("The reader of replies")
struct ReplyReaderTests {
    private func replies(to text: String, inPiecesOf size: Int = .max) throws -> [RedisReply] {
        var reader = try ReplyReader()
        var replies: [RedisReply] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { bytes in try reader.feed(bytes) }
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test("understands every kind of reply, whole or byte by byte", arguments: [1, 2, 3, 7, Int.max])
    func kinds(pieceSize: Int) throws {
        let text =
            "+OK\r\n:-42\r\n$-1\r\n*-1\r\n$4\r\na\r\nb\r\n$0\r\n\r\n-WRONGTYPE no\r\n"
            + "*3\r\n:1\r\n*1\r\n$1\r\nx\r\n$-1\r\n*0\r\n"
        let expected: [RedisReply] = [
            .status("OK"), .integer(-42), .null, .null, .bulk(Array("a\r\nb".utf8)), .bulk([]),
            .error(RedisServerError(line: "WRONGTYPE no")),
            .array([.integer(1), .array([.bulk([0x78])]), .null]), .array([]),
        ]
        #expect(try replies(to: text, inPiecesOf: pieceSize) == expected)
    }

    @Test(
        "refuses what no Redis sends, and what announces too much",
        arguments: [
            "HTTP/1.1 200 OK\r\n", "\u{1}\u{2}\r\n", "*2147483647\r\n", "*65537\r\n", "*-7\r\n",
            "*2\r\n*60000\r\n", "*9\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "%1\r\n+a\r\n+b\r\n",
        ])
    func hostile(text: String) throws {
        let nested = text == "*2\r\n*60000\r\n" ? text + String(repeating: ":1\r\n", count: 60_000) + "*6000\r\n" : text
        #expect(throws: RedisError.self) { try replies(to: nested) }
    }

    @Test("counts the elements of each reply anew")
    func budget() throws {
        let large = "*60000\r\n" + String(repeating: ":1\r\n", count: 60_000)
        #expect(try replies(to: large + large).count == 2)
    }

    @Test("splits an error into its code and its words")
    func errors() {
        #expect(RedisServerError(line: "NOAUTH Authentication required.").code == "NOAUTH")
        #expect(RedisServerError(line: "ERR unknown").message == "unknown")
        #expect(RedisServerError(line: "something odd").code == "ERR")
        #expect(RedisServerError(line: "something odd").message == "something odd")
        #expect(RedisServerError(line: "").code == "ERR")
    }
}
