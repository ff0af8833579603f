import Testing

@testable import HTTPServing

@Suite("A head at its limits")
struct HeadLimitTests {
    private let limits = MessageLimits(requestLineBytes: 100, headerBytes: 200, headerCount: 5, bodyBytes: 1000)

    private func line(_ length: Int) -> String {
        "GET /" + String(repeating: "a", count: length - 14) + " HTTP/1.1"
    }

    /// A header section of this many octets, Host included.
    private func section(_ length: Int) -> String {
        let rest = "Host: a\r\nX: \r\n\r\n"
        return "Host: a\r\nX: " + String(repeating: "b", count: length - rest.utf8.count) + "\r\n\r\n"
    }

    private func check(_ text: String, _ expected: (Parsed) -> Bool, _ source: SourceLocation = #_sourceLocation) {
        var bench = ParserBench(limits: limits)
        #expect(expected(bench.parse(text)), sourceLocation: source)
        #expect(expected(bench.parseOctetByOctet(Array(text.utf8))), sourceLocation: source)
        for cut in 0..<text.utf8.count {
            #expect(expected(bench.parse(Array(text.utf8), cutAt: cut)), "cut at \(cut)", sourceLocation: source)
        }
    }

    private func isHead(_ parsed: Parsed) -> Bool {
        if case .head = parsed { true } else { false }
    }

    @Test("may have a request line of exactly the limit")
    func requestLine() {
        check(line(100) + "\r\nHost: a\r\n\r\n", isHead)
        check(line(101) + "\r\nHost: a\r\n\r\n") { $0 == .failed(.requestLineTooLong) }
        #expect(ParseFailure.requestLineTooLong.status == 414)
    }

    @Test("is refused for a request line that never ends")
    func endlessRequestLine() {
        check("GET /" + String(repeating: "a", count: 97)) { $0 == .failed(.requestLineTooLong) }
        check(String(repeating: "A", count: 102)) { $0 == .failed(.requestLineTooLong) }
        check("GET /" + String(repeating: "a", count: 96)) { $0 == .incomplete }
    }

    @Test("may have a header section of exactly the limit")
    func headerSection() {
        check("GET / HTTP/1.1\r\n" + section(200), isHead)
        check("GET / HTTP/1.1\r\n" + section(201)) { $0 == .failed(.fieldsTooLarge) }
        #expect(ParseFailure.fieldsTooLarge.status == 431)
    }

    @Test("is refused for a header section that never ends")
    func endlessSection() {
        check("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 197)) { $0 == .failed(.fieldsTooLarge) }
        check("GET / HTTP/1.1\r\n" + String(repeating: "x", count: 200)) { $0 == .failed(.fieldsTooLarge) }
        check("GET / HTTP/1.1\r\n" + String(repeating: "x", count: 199)) { $0 == .incomplete }
    }

    @Test("may have exactly as many fields as the limit")
    func fieldCount() {
        let four = "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"
        check("GET / HTTP/1.1\r\nHost: a\r\n" + four + "\r\n", isHead)
        check("GET / HTTP/1.1\r\nHost: a\r\n" + four + "E: 5\r\n\r\n") { $0 == .failed(.tooManyFields) }
        #expect(ParseFailure.tooManyFields.status == 431)
    }

    @Test("may announce a body of exactly the limit")
    func bodyLength() {
        check("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", isHead)
        check("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n") { $0 == .failed(.bodyTooLarge) }
        #expect(ParseFailure.bodyTooLarge.status == 413)
    }

    @Test("fills the table of fields to its end, and no further")
    func table() {
        var bench = ParserBench(limits: MessageLimits(headerCount: 500))
        let fields = (1..<128).map { "X\($0): \($0)\r\n" }.joined()
        let head = bench.parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
        guard case .head(let parsed) = head else {
            Issue.record("refused: \(head)")
            return
        }
        #expect(parsed.fields.count == 128)
        #expect(parsed.fields.last == "X127=127")
        let more = bench.parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "Y: 1\r\n\r\n")
        #expect(more == .failed(.tooManyFields))
    }
}
