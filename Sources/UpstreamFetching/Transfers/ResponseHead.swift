import HTTPCaching

/// Checks and collects an answer's header section, line by line as libcurl hands it over.
///
/// libcurl is lenient: it takes repeated and contradicting lengths, folded lines and bare line feeds, each of which
/// lets two readers see two messages. Here every doubt is a failure (RFC 9112 sections 2.2, 5.1, 5.2, 6.1, 6.3). Pure.
struct ResponseHead {
    struct Limits {
        /// Of all header sections and trailers of one answer together.
        var bytes = 64 * 1024
        var fields = 128
        /// 1xx answers before the real one.
        var interim = 8
        var highestStatus = 599

        /// For answers that are passed on: any code of three digits, known or not (RFC 9110 section 15).
        static var passedOn: Limits {
            var limits = Limits()
            limits.highestStatus = 999
            return limits
        }
    }

    /// What a line brought to its end.
    enum Progress {
        case nothing
        /// A 1xx answer.
        case interim(status: Int, HeaderFields)
        /// The final answer's header section.
        case head
    }

    /// What is wrong with an answer.
    struct Fault: Error, Hashable {
        let reason: String
    }

    private enum Phase {
        case statusLine
        case fields
        case complete
    }

    private enum Version {
        case http10, http11, http2
    }

    private let limits: Limits
    private var phase = Phase.statusLine
    private var version = Version.http11
    private var bytes = 0
    private var interim = 0
    private(set) var status = 0
    /// As received: names in their case, values octet for octet.
    private(set) var lines: [FieldLine] = []
    /// As declared; `nil` when the answer is framed otherwise.
    private(set) var contentLength: Int?

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// As `Via` writes it.
    var protocolVersion: String {
        switch version {
        case .http10: "1.0"
        case .http11: "1.1"
        case .http2: "2"
        }
    }

    /// Whether any of the answer has come.
    var hasBegun: Bool { bytes > 0 }

    /// Whether the final answer's header section has ended.
    var isComplete: Bool { phase == .complete }

    /// Whether the body is in the chunked transfer coding.
    var isChunked: Bool { isComplete && lines.contains { $0.isNamed("transfer-encoding") } }

    var isContentCoded: Bool {
        lines.contains { $0.isNamed("content-encoding") && $0.text.lowercased() != "identity" }
    }

    /// The lines as text, names in lower case. What is not UTF-8 is read as Latin-1, which loses nothing.
    var fields: [UpstreamField] {
        lines.map { UpstreamField($0.name.lowercased(), Self.text($0.value)) }
    }

    /// Takes one line with its line end. Lines after the header section are trailers: counted, then dropped.
    @discardableResult
    mutating func accept(_ line: [UInt8]) throws(Fault) -> Progress {
        bytes += line.count
        guard bytes <= limits.bytes else { throw Fault(reason: "the header section is too large") }
        guard line.count >= 2, line.suffix(2).elementsEqual([13, 10]) else {
            throw Fault(reason: "a line does not end in CRLF")
        }
        let content = line.dropLast(2)
        switch phase {
        case .statusLine: try acceptStatusLine(content)
        case .fields where content.isEmpty: return try finish()
        case .fields: try acceptField(content)
        case .complete: break
        }
        return .nothing
    }

    private mutating func acceptStatusLine(_ line: ArraySlice<UInt8>) throws(Fault) {
        let parts = line.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].count == 3, parts[1].allSatisfy({ (48...57).contains($0) }),
            line.allSatisfy(UpstreamField.isValueCharacter)
        else { throw Fault(reason: "the status line is not well formed") }
        switch String(decoding: parts[0], as: UTF8.self) {
        case "HTTP/1.0": version = .http10
        case "HTTP/1.1": version = .http11
        case "HTTP/2": version = .http2
        case _: throw Fault(reason: "the protocol version is unknown")
        }
        status = parts[1].reduce(0) { $0 * 10 + Int($1 - 48) }
        guard (100...limits.highestStatus).contains(status) else {
            throw Fault(reason: "the status code is out of range")
        }
        phase = .fields
    }

    private mutating func acceptField(_ line: ArraySlice<UInt8>) throws(Fault) {
        guard lines.count < limits.fields else { throw Fault(reason: "there are too many fields") }
        guard line.first != 32, line.first != 9 else { throw Fault(reason: "a field is folded") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw Fault(reason: "a field has no colon") }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(UpstreamField.isTokenCharacter) else {
            throw Fault(reason: "a field name is not a token")
        }
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
        let value = line[(colon + 1)...].drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
        guard value.allSatisfy(UpstreamField.isValueCharacter) else {
            throw Fault(reason: "a field value has control characters")
        }
        lines.append(FieldLine(String(decoding: name, as: UTF8.self), Array(value[..<end])))
    }

    private mutating func finish() throws(Fault) -> Progress {
        if status < 200 {
            guard status != 101 else { throw Fault(reason: "an upgrade nobody asked for") }
            interim += 1
            guard interim <= limits.interim else { throw Fault(reason: "there are too many interim answers") }
            defer { lines.removeAll() }
            phase = .statusLine
            return .interim(status: status, HeaderFields(lines))
        }
        try checkFraming()
        phase = .complete
        return .head
    }

    private mutating func checkFraming() throws(Fault) {
        let lengths = lines.filter { $0.isNamed("content-length") }
        let codings = lines.filter { $0.isNamed("transfer-encoding") }
        guard lengths.count <= 1 else { throw Fault(reason: "there is more than one Content-Length") }
        guard lengths.isEmpty || codings.isEmpty else {
            throw Fault(reason: "there are both Content-Length and Transfer-Encoding")
        }
        if let length = lengths.first {
            let digits = length.value
            guard (1...18).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
                throw Fault(reason: "Content-Length is not a number")
            }
            contentLength = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        guard codings.isEmpty || (version == .http11 && codings.map { $0.text.lowercased() } == ["chunked"]) else {
            throw Fault(reason: "Transfer-Encoding is not chunked")
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
