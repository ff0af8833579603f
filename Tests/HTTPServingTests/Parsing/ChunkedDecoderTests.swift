import Testing

@testable import HTTPServing

@Suite("A chunked body")
struct ChunkedDecoderTests {
    enum Decoded: Equatable {
        case incomplete([UInt8])
        /// The content, and how many octets the body had on the wire.
        case body([UInt8], Int)
        case failed(ChunkFailure)
    }

    /// Feeds the pieces one after the other, each at the end of readable memory.
    private func decode(_ pieces: [ArraySlice<UInt8>]) -> Decoded {
        let memory = GuardedMemory(capacity: 16 << 10)
        var decoder = ChunkedDecoder()
        var content: [UInt8] = []
        var before = 0
        for piece in pieces {
            let bytes = memory.place(piece)
            var offset = 0
            do throws(ChunkFailure) {
                loop: while true {
                    switch try decoder.next(bytes, from: &offset) {
                    case .needsMore: break loop
                    case .content(let range): content.append(contentsOf: bytes[range])
                    case .finished: return .body(content, before + offset)
                    }
                }
            } catch {
                return .failed(error)
            }
            before += piece.count
        }
        return .incomplete(content)
    }

    private func check(_ text: String, _ expected: Decoded, _ source: SourceLocation = #_sourceLocation) {
        let octets = Array(text.utf8)
        #expect(decode([octets[...]]) == expected, sourceLocation: source)
        #expect(decode(octets.indices.map { octets[$0...$0] }) == expected, "octet by octet", sourceLocation: source)
        for cut in octets.indices {
            #expect(decode([octets[..<cut], octets[cut...]]) == expected, "cut at \(cut)", sourceLocation: source)
        }
    }

    @Test(
        "is decoded wherever it is cut",
        arguments: [
            ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("1\r\na\r\n00002\r\nbc\r\n000\r\n\r\n", "abc"),
            ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
            ("2;x\r\n\r\n\r\n0;y=z;q=\"a\\\"\tb;\"\r\n\r\n", "\r\n"), ("1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", "a"),
        ])
    func good(_ wire: String, _ content: String) {
        check(wire, .body(Array(content.utf8), wire.utf8.count))
        check(wire + "GET / HTTP/1.1", .body(Array(content.utf8), wire.utf8.count))
    }

    @Test("is incomplete up to its last octet")
    func incomplete() {
        let wire = Array("3\r\nabc\r\n0\r\nA: b\r\n\r\n".utf8)
        for count in wire.indices {
            guard case .incomplete = decode([wire[..<count]]) else {
                Issue.record("over after \(count) octets")
                continue
            }
        }
    }

    @Test(
        "is refused for a size that is not one to eight hexadecimal digits",
        arguments: [
            "\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "123456789\r\n", "\n", ";a\r\n",
        ])
    func sizes(_ wire: String) {
        check(wire, .failed(.sizeInvalid))
    }

    @Test(
        "is refused for any line end but CRLF",
        arguments: ["1\na", "1\r\r", "1\r\nab", "1\r\na\n", "1\r\na\rb", "0\r\n\rX"])
    func lineEnds(_ wire: String) {
        check(wire, .failed(.lineEndInvalid))
    }

    @Test(
        "is refused for a malformed extension",
        arguments: [
            "1;\r\n", "1;=a\r\n", "1; a\r\n", "1;a=\r\n", "1;a b\r\n", "1;a=\"b\"c\r\n", "1;a=\"\u{1}\"\r\n", "1;a\n",
            "1;a;\r\n",
        ])
    func extensions(_ wire: String) {
        check(wire, .failed(.extensionInvalid))
    }

    @Test("may have extensions of 256 octets and no more")
    func longExtensions() {
        let fitting = "1;" + String(repeating: "a", count: 254) + "\r\n"
        check(fitting + "x\r\n0\r\n\r\n", .body([0x78], fitting.utf8.count + 8))
        check("1;" + String(repeating: "a", count: 256) + "\r\n", .failed(.extensionTooLong))
    }

    @Test(
        "is refused for a malformed trailer",
        arguments: [": a\r\n", " a: b\r\n", "a\r\n", "a b: c\r\n", "a: \u{0}\r\n", "a: b\nc", "\n"])
    func trailers(_ trailer: String) {
        check("0\r\n" + trailer, .failed(.trailerInvalid))
    }

    @Test("is refused for trailers over 4 KiB")
    func longTrailers() {
        let octets = Array(("0\r\n" + String(repeating: "a: b\r\n", count: 900)).utf8)
        #expect(decode([octets[...]]) == .failed(.trailersTooLarge))
        #expect(decode(octets.indices.map { octets[$0...$0] }) == .failed(.trailersTooLarge))
    }
}
