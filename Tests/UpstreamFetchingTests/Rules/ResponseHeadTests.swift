import Testing

@testable import UpstreamFetching

@Suite("Response heads")
struct ResponseHeadTests {
    /// Feeds lines, each with CRLF added; throws what the head throws.
    private func head(_ lines: [String], end: String = "\r\n") throws -> ResponseHead {
        var head = ResponseHead()
        for line in lines { try head.accept(Array((line + end).utf8)) }
        return head
    }

    private func fault(_ lines: [String], end: String = "\r\n") -> String? {
        do {
            _ = try head(lines, end: end)
            return nil
        } catch {
            return (error as? ResponseHead.Fault)?.reason
        }
    }

    @Test func `a plain head is read`() throws {
        let head = try head(["HTTP/1.1 200 OK", "Content-Length: 3", "X-Thing:\t a b \t", "Empty:", ""])
        #expect(head.isComplete)
        #expect(head.status == 200)
        #expect(head.contentLength == 3)
        #expect(
            head.fields == [
                UpstreamField("content-length", "3"), UpstreamField("x-thing", "a b"), UpstreamField("empty", ""),
            ])
    }

    @Test func `interim answers and trailers leave no trace`() throws {
        let head = try head([
            "HTTP/1.1 103 Early Hints", "Link: </a>", "", "HTTP/1.1 404 Not Found", "A: b", "", "Trailer: x",
        ])
        #expect(head.status == 404)
        #expect(head.fields == [UpstreamField("a", "b")])
    }

    @Test func `values that are not UTF-8 are read as Latin-1`() throws {
        var head = ResponseHead()
        try head.accept(Array("HTTP/1.1 200 OK\r\n".utf8))
        try head.accept(Array("X: caf".utf8) + [0xE9, 13, 10])
        #expect(head.fields == [UpstreamField("x", "café")])
    }

    @Test(arguments: [
        (["HTTP/1.1 200 OK", "Content-Length: 3", "Content-Length: 3", ""], "there is more than one Content-Length"),
        (["HTTP/1.1 200 OK", "Content-Length: 3, 3", ""], "Content-Length is not a number"),
        (["HTTP/1.1 200 OK", "Content-Length: +3", ""], "Content-Length is not a number"),
        (["HTTP/1.1 200 OK", "Content-Length: 9999999999999999999", ""], "Content-Length is not a number"),
        (
            ["HTTP/1.1 200 OK", "Content-Length: 3", "Transfer-Encoding: chunked", ""],
            "there are both Content-Length and Transfer-Encoding"
        ),
        (["HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked", ""], "Transfer-Encoding is not chunked"),
        (["HTTP/1.0 200 OK", "Transfer-Encoding: chunked", ""], "Transfer-Encoding is not chunked"),
        (["HTTP/1.1 200 OK", "X: 1", " folded"], "a field is folded"),
        (["HTTP/1.1 200 OK", "X : 1"], "a field name is not a token"),
        (["HTTP/1.1 200 OK", ": 1"], "a field name is not a token"),
        (["HTTP/1.1 200 OK", "nonsense"], "a field has no colon"),
        (["HTTP/1.1 200 OK", "X: a\u{0}b"], "a field value has control characters"),
        (["HTTP/1.1 200 OK", "X: a\rb"], "a field value has control characters"),
        (["HTTP/1.1 2000 OK"], "the status line is not well formed"),
        (["HTTP/1.1"], "the status line is not well formed"),
        (["HTTP/1.1 999 x"], "the status code is out of range"),
        (["HTTP/1.2 200 OK"], "the protocol version is unknown"),
        (["HTTP/1.1 101 Switching Protocols", ""], "an upgrade nobody asked for"),
    ])
    func `a doubtful head is refused`(lines: [String], reason: String) {
        #expect(fault(lines) == reason)
    }

    @Test func `bare line feeds are refused`() {
        #expect(fault(["HTTP/1.1 200 OK"], end: "\n") == "a line does not end in CRLF")
    }

    @Test func `sizes and counts have limits`() {
        let long = String(repeating: "a", count: 65_536)
        #expect(fault(["HTTP/1.1 200 OK", "X: \(long)"]) == "the header section is too large")
        let many = ["HTTP/1.1 200 OK"] + (0..<200).map { "X-\($0): 1" }
        #expect(fault(many) == "there are too many fields")
        let interim = (0..<20).flatMap { _ in ["HTTP/1.1 102 Processing", ""] }
        #expect(fault(interim) == "there are too many interim answers")
    }
}
