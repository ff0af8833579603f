import Testing

@testable import UpstreamFetching

@Suite("Chunked bodies")
struct ChunkedBodyTests {
    private struct Outcome: Equatable {
        var content = ""
        var used = 0
        var isFinished = false
    }

    /// Decodes `text` given in pieces of `size` octets.
    private func decode(_ text: String, by size: Int = .max) throws -> Outcome {
        var body = ChunkedBody()
        var (content, used) = ([UInt8](), 0)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, !body.isFinished {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            used += try piece.withUnsafeBytes { try body.accept($0) { content += $0 } }
        }
        return Outcome(content: String(decoding: content, as: UTF8.self), used: used, isFinished: body.isFinished)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `a body is the same in pieces of any size`(size: Int) throws {
        let text = "3\r\nabc\r\nA;name=\"v\";x\r\n0123456789\r\n1  \r\n!\r\n00\r\nT: \u{e9}\r\nU:\r\n\r\n"
        let outcome = try decode(text, by: size)
        #expect(outcome == Outcome(content: "abc0123456789!", used: text.utf8.count, isFinished: true))
    }

    @Test func `what follows the end is not used`() throws {
        #expect(try decode("1\r\na\r\n0\r\n\r\nHTTP/1.1") == Outcome(content: "a", used: 11, isFinished: true))
    }

    @Test func `an unfinished body is not finished`() throws {
        let whole = Array("1\r\na\r\n0\r\n\r\n".utf8)
        for end in 1..<whole.count {
            #expect(try !decode(String(decoding: whole[..<end], as: UTF8.self)).isFinished)
        }
    }

    @Test(arguments: [
        ("\r\n", "a chunk has no size"), ("g\r\n", "a chunk has no size"), (";x\r\n", "a chunk has no size"),
        ("-1\r\n", "a chunk has no size"), ("0x1\r\n", "a chunk size is not a number"),
        ("1,\r\n", "a chunk size is not a number"), ("1\n", "a chunk size is not a number"),
        ("1;x\n", "a chunk extension is not well formed"), ("1;\u{0}", "a chunk extension is not well formed"),
        ("1\rx", "a line of the chunked coding does not end in CRLF"), ("1\r\nab", "a chunk is longer than its size"),
        ("1\r\na\n", "a chunk is longer than its size"), ("0\r\n\n", "a trailer is not well formed"),
        ("1\r\na\rx", "a line of the chunked coding does not end in CRLF"),
        ("0\r\nx y: 1\r\n", "a trailer is not well formed"), ("0\r\nX: 1\n", "a trailer is not well formed"),
        ("0\r\n: 1\r\n", "a trailer is not well formed"),
        ("0\r\n\rx", "a line of the chunked coding does not end in CRLF"),
        ("FFFFFFFFFFFFFFFF\r\n", "a chunk size is too large"), ("0000000000000000\r\n", "a chunk size is too large"),
    ])
    func `a doubtful coding is refused`(text: String, reason: String) {
        #expect(throws: ChunkedBody.Fault(reason: reason)) { try decode(text) }
    }

    @Test func `extensions and trailers have limits`() {
        #expect(throws: ChunkedBody.Fault.self) { try decode("1;" + String(repeating: "x", count: 2000)) }
        #expect(throws: ChunkedBody.Fault(reason: "the trailers are too large")) {
            try decode("0\r\n" + String(repeating: "X: y\r\n", count: 4000))
        }
    }
}
