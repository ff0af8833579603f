@testable import HTTPServing

/// A head that must be refused, and how.
struct HostileHead: CustomStringConvertible, Sendable {
    let text: String
    let failure: ParseFailure
    let status: Int

    init(_ text: String, _ failure: ParseFailure, _ status: Int) {
        self.text = text
        self.failure = failure
        self.status = status
    }

    var description: String { text.debugDescription }
}

extension HostileHead {
    static let all = requestLines + fieldLines + hosts + framings + connections

    private static let requestLines: [HostileHead] = [
        HostileHead("GET /\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET\r\n\r\n", .requestLineMalformed, 400),
        HostileHead(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/1.1\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/1.1\rHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / http/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/1.10\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/11\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/+1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", .requestLineMalformed, 400),
        HostileHead("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .versionUnsupported, 505),
        HostileHead("GET / HTTP/0.9\r\nHost: a\r\n\r\n", .versionUnsupported, 505),
        HostileHead("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .versionUnsupported, 505),
        HostileHead("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", .requestLineMalformed, 400),
        HostileHead("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET /a\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET /a\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET /a\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET a HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET ?a HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET http:/a/ HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", .targetInvalid, 400),
        HostileHead("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .hostInvalid, 400),
        HostileHead("GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n", .hostInvalid, 400),
        HostileHead("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", .methodRefused, 405),
    ]

    private static let fieldLines: [HostileHead] = [
        HostileHead("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\t2\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX(Y: b\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX\u{e9}: b\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\n\n", .fieldMalformed, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: 12345678\u{1f}9\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: \u{7f}\r\n\r\n", .controlCharacter, 400),
        HostileHead("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{b}b\r\n\r\n", .controlCharacter, 400),
    ]

    private static let hosts: [HostileHead] =
        [
            HostileHead("GET / HTTP/1.1\r\n\r\n", .hostMissing, 400),
            HostileHead("GET http://a/ HTTP/1.1\r\n\r\n", .hostMissing, 400),
            HostileHead("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .hostRepeated, 400),
            HostileHead("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .hostRepeated, 400),
        ]
        + [
            "", "a,b", "a, b", "a b", "u@a", "a/", "a/b", "a?", "a:b", "a:-1", "a:65536", "a:000080", "a:80:80", ":80",
            "[::1",
            "::1", "[]", "[::1]x", "[::1]:x", "[::g]", "[12]", "%61", "a\\", "a\"", "a\u{e9}", "a;b",
        ].map { HostileHead("GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n", .hostInvalid, 400) }

    private static let framings: [HostileHead] =
        [
            "", "+1", "-1", "1,1", "1, 1", "0x1", "1 1", "1.0", "1e3", "1234567890123456789", "a", "1;", "\u{b2}",
        ].map { post("Content-Length: \($0)", .contentLengthInvalid, 400) }
        + [
            post("Content-Length: 1\r\nContent-Length: 1", .contentLengthInvalid, 400),
            post("Content-Length: 1\r\nContent-Length: 2", .contentLengthInvalid, 400),
            post("Content-Length: 999999999999999999", .bodyTooLarge, 413),
            post("Content-Length: 1048577", .bodyTooLarge, 413),
            post("Content-Length: 1\r\nTransfer-Encoding: chunked", .framingAmbiguous, 400),
            post("Transfer-Encoding: chunked\r\nContent-Length: 0", .framingAmbiguous, 400),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: chunked, chunked", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: chunked, gzip", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: ,chunked", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: chunked;a=b", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: \"chunked\"", .transferEncodingInvalid, 400),
            post("Transfer-Encoding:", .transferEncodingInvalid, 400),
            post("Transfer-Encoding: gzip, chunked", .transferEncodingUnsupported, 501),
            post("Transfer-Encoding: xchunked", .transferEncodingUnsupported, 501),
            post("Transfer-Encoding: identity", .transferEncodingUnsupported, 501),
            HostileHead("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInvalid, 400),
            HostileHead("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", .bodyUnexpected, 400),
            HostileHead("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", .bodyUnexpected, 400),
            HostileHead("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .bodyUnexpected, 400),
        ]

    private static let connections: [HostileHead] =
        [
            "Host", "content-length", "Transfer-Encoding", "Authorization", "close, Cookie", "keep-alive,host", "a b",
            "@",
        ].map {
            HostileHead("GET / HTTP/1.1\r\nHost: a\r\nConnection: \($0)\r\n\r\n", .connectionInvalid, 400)
        } + [
            HostileHead(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: cookie\r\n\r\n", .connectionInvalid, 400),
            post("Content-Length: 1\r\nExpect: 200-ok", .expectationUnsupported, 417),
            post("Content-Length: 1\r\nExpect: 100-continue, x", .expectationUnsupported, 417),
        ]

    private static func post(_ fields: String, _ failure: ParseFailure, _ status: Int) -> HostileHead {
        HostileHead("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n", failure, status)
    }
}
