/// What a complete head means. Nothing ambiguous gets through: framing is decided by one field or refused.
extension RequestParser {
    /// Sets authority, framing and disposition of the head in `index`, or says what is wrong with it.
    @inline(__always)
    mutating func judge(_ base: UnsafeRawPointer) throws(ParseStop) {
        do throws(ParseFailure) {
            try judgeHost(base)
            try judgeConnection(base)
            try judgeFraming(base)
            try judgeExpectation(base)
        } catch {
            throw .failed(error)
        }
    }

    @inline(__always)
    private func value(_ field: KnownField, _ base: UnsafeRawPointer) -> UnsafeRawBufferPointer? {
        guard let position = index.position(of: field) else { return nil }
        let range = fields[position].value
        return UnsafeRawBufferPointer(start: base + Int(range.start), count: Int(range.count))
    }

    @inline(__always)
    private mutating func judgeHost(_ base: UnsafeRawPointer) throws(ParseFailure) {
        if index.isRepeated(.host) { throw .hostRepeated }
        if let host = value(.host, base) {
            guard Authority.isValid(host) else { throw .hostInvalid }
            if !index.disposition.contains(.absoluteForm), let position = index.position(of: .host) {
                index.authority = fields[position].value
            }
        } else if index.minorVersion == 1 {
            throw .hostMissing
        }
        guard index.disposition.contains(.absoluteForm) else { return }
        let range = index.authority
        let authority = UnsafeRawBufferPointer(start: base + Int(range.start), count: Int(range.count))
        guard Authority.isValid(authority) else { throw .hostInvalid }
    }

    @inline(__always)
    private mutating func judgeConnection(_ base: UnsafeRawPointer) throws(ParseFailure) {
        guard let position = index.position(of: .connection) else {
            if index.minorVersion == 1 { index.disposition.insert(.keepAlive) }
            return
        }
        let last = index.isRepeated(.connection) ? Int(index.fieldCount) - 1 : position
        var options = ConnectionOptions()
        for line in position...last where fields[line].known == KnownField.connection.rawValue {
            let range = fields[line].value
            try options.add(UnsafeRawBufferPointer(start: base + Int(range.start), count: Int(range.count)))
        }
        if options.keepsAlive(minorVersion: index.minorVersion) { index.disposition.insert(.keepAlive) }
    }

    @inline(__always)
    private mutating func judgeFraming(_ base: UnsafeRawPointer) throws(ParseFailure) {
        let length = value(.contentLength, base)
        let coding = value(.transferEncoding, base)
        if length == nil && coding == nil { return }
        if length != nil && coding != nil { throw .framingAmbiguous }
        if let length { try judgeLength(length) }
        if let coding { try judgeCoding(coding) }
        let hasBody = index.framing != .none
        if hasBody, index.method == .get || index.method == .head { throw .bodyUnexpected }
    }

    /// 1*DIGIT, once, at most 18 digits, so that no recipient's integer overflows.
    private mutating func judgeLength(_ text: UnsafeRawBufferPointer) throws(ParseFailure) {
        guard !index.isRepeated(.contentLength), (1...18).contains(text.count), text.allSatisfy(ASCII.isDigit) else {
            throw .contentLengthInvalid
        }
        let length = text.reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
        if length > limits.bodyBytes { throw .bodyTooLarge }
        index.framing = length == 0 ? .none : .length(length)
    }

    /// `chunked` alone. Another coding that is well formed, and chunked last, is 501 (RFC 9112 section 6.1).
    private mutating func judgeCoding(_ text: UnsafeRawBufferPointer) throws(ParseFailure) {
        guard !index.isRepeated(.transferEncoding), index.minorVersion == 1 else { throw .transferEncodingInvalid }
        if ASCII.equalIgnoringCase(text, "chunked") {
            index.framing = .chunked
            return
        }
        var codings = FieldList(text)
        while let coding = codings.next() {
            guard !coding.isEmpty, coding.allSatisfy(ASCII.isToken) else { throw .transferEncodingInvalid }
            if ASCII.equalIgnoringCase(coding, "chunked"), !codings.isAtEnd { throw .transferEncodingInvalid }
        }
        throw .transferEncodingUnsupported
    }

    /// HTTP/1.0 clients do not know of 100 Continue, so their expectation is ignored (RFC 9110 section 10.1.1).
    @inline(__always)
    private mutating func judgeExpectation(_ base: UnsafeRawPointer) throws(ParseFailure) {
        guard let expectation = value(.expect, base), index.minorVersion == 1 else { return }
        guard !index.isRepeated(.expect), ASCII.equalIgnoringCase(expectation, "100-continue") else {
            throw .expectationUnsupported
        }
        if index.framing != .none { index.disposition.insert(.expectsContinue) }
    }
}
