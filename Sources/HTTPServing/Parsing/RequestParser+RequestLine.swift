extension RequestParser {
    /// Parses `method SP target SP version CRLF`. One empty line before it is skipped (RFC 9112 section 2.2).
    mutating func parseRequestLine(_ input: inout HeadInput) throws(ParseStop) {
        index = HeadIndex()
        if input[0] == ASCII.cr {
            try input.takeLineEnd(before: input.count, at: .incomplete, else: .requestLineMalformed)
        }
        let longest = input.position + limits.requestLineBytes + 2
        let end = min(input.count, longest)
        let limit: ParseStop = input.count >= longest ? .failed(.requestLineTooLong) : .incomplete
        try parseMethod(&input, before: end, at: limit)
        let question = try parseTarget(&input, before: end, at: limit)
        let version = try parseVersion(&input, before: end, at: limit)
        try input.takeLineEnd(before: end, at: limit, else: .requestLineMalformed)
        guard version == 10 || version == 11 else { throw .failed(.versionUnsupported) }
        index.minorVersion = version - 10
        try splitTarget(input.base, question: question)
    }

    @inline(__always)
    private mutating func parseMethod(
        _ input: inout HeadInput, before end: Int, at limit: ParseStop
    ) throws(ParseStop) {
        let start = input.position
        var position = start
        while position < end, ASCII.isToken(input[position]) { position += 1 }
        if position == end { throw limit }
        guard position > start, input[position] == ASCII.space else { throw .failed(.requestLineMalformed) }
        index.methodBytes = ByteRange(start, position)
        index.method = Self.method(UnsafeRawBufferPointer(start: input.base + start, count: position - start))
        input.position = position + 1
    }

    @inline(__always)
    private static func method(_ name: UnsafeRawBufferPointer) -> RequestMethod {
        switch name.count {
        case 3: isMethod(name, "GET") ? .get : isMethod(name, "PUT") ? .put : .other
        case 4: isMethod(name, "HEAD") ? .head : isMethod(name, "POST") ? .post : .other
        case 5: isMethod(name, "PATCH") ? .patch : .other
        case 6: isMethod(name, "DELETE") ? .delete : .other
        case 7: isMethod(name, "OPTIONS") ? .options : .other
        case _: .other
        }
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1).
    @inline(__always)
    private static func isMethod(_ name: UnsafeRawBufferPointer, _ expected: StaticString) -> Bool {
        for position in 0..<expected.utf8CodeUnitCount where name[position] != expected.utf8Start[position] {
            return false
        }
        return true
    }

    /// Takes the target and the space after it; returns where its first question mark is, 0 without one.
    @inline(__always)
    private mutating func parseTarget(
        _ input: inout HeadInput, before end: Int, at limit: ParseStop
    ) throws(ParseStop) -> Int {
        let start = input.position
        var question = 0
        var position = ByteScan.firstTargetDelimiter(in: input.base, from: start, to: end)
        while position < end, input[position] == ASCII.question {
            if question == 0 { question = position }
            position = ByteScan.firstTargetDelimiter(in: input.base, from: position + 1, to: end)
        }
        if position >= end { throw limit }
        guard input[position] == ASCII.space else {
            let endsLine = input[position] == ASCII.cr || input[position] == ASCII.lf
            throw .failed(endsLine ? .requestLineMalformed : .targetInvalid)
        }
        guard position > start else { throw .failed(.requestLineMalformed) }
        index.target = ByteRange(start, position)
        input.position = position + 1
        return question
    }

    /// Takes `HTTP/d.d`; 11 for HTTP/1.1.
    @inline(__always)
    private func parseVersion(
        _ input: inout HeadInput, before end: Int, at limit: ParseStop
    ) throws(ParseStop) -> UInt8 {
        let start = input.position
        let pattern: StaticString = "HTTP/0.0"
        for offset in 0..<pattern.utf8CodeUnitCount {
            if start + offset >= end { throw limit }
            let octet = input[start + offset]
            let expected = pattern.utf8Start[offset]
            let matches = expected == ASCII.zero ? ASCII.isDigit(octet) : octet == expected
            guard matches else { throw .failed(.requestLineMalformed) }
        }
        input.position = start + pattern.utf8CodeUnitCount
        return (input[start + 5] &- ASCII.zero) * 10 + (input[start + 7] &- ASCII.zero)
    }
}
