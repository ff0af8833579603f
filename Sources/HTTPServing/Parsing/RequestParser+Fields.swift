extension RequestParser {
    /// Parses field lines from the first incomplete one to the empty line that ends the section.
    mutating func parseFields(_ input: inout HeadInput, _ progress: inout ParseProgress) throws(ParseStop) {
        let longest = Int(progress.sectionStart) + limits.headerBytes
        let end = min(input.count, longest)
        let limit: ParseStop = input.count >= longest ? .failed(.fieldsTooLarge) : .incomplete
        var count = progress.fieldCount
        input.position = Int(progress.lineStart)
        while true {
            if input.position >= end { throw limit }
            if input[input.position] == ASCII.cr { break }
            guard Int(count) < limits.headerCount else { throw .failed(.tooManyFields) }
            let field = try Self.parseField(&input, before: end, at: limit)
            (fields + Int(count)).initialize(to: field)
            if field.known != FieldRange.unknown { note(field.known, at: count) }
            count += 1
            progress.fieldCount = count
            progress.lineStart = UInt32(truncatingIfNeeded: input.position)
        }
        try input.takeLineEnd(before: end, at: limit, else: .controlCharacter)
    }

    @inline(__always)
    private mutating func note(_ known: UInt8, at position: UInt8) {
        if index.positions[Int(known)] == HeadIndex.absent {
            index.positions[Int(known)] = position
        } else {
            index.repeated |= 1 << UInt64(known)
        }
    }

    /// Parses `name: value CRLF`. No whitespace before the colon, no continuation lines (RFC 9112 section 5).
    @inline(__always)
    private static func parseField(
        _ input: inout HeadInput, before end: Int, at limit: ParseStop
    ) throws(ParseStop) -> FieldRange {
        let nameStart = input.position
        let colon = ByteScan.firstNonToken(in: input.base, from: nameStart, to: end)
        if colon >= end { throw limit }
        guard colon > nameStart, input[colon] == ASCII.colon else { throw .failed(.fieldMalformed) }
        guard colon - nameStart <= FieldRange.longestName else { throw .failed(.fieldsTooLarge) }
        var valueStart = colon + 1
        while valueStart < end, isBlank(input[valueStart]) { valueStart += 1 }
        input.position = ByteScan.firstControl(in: input.base, from: valueStart, to: end)
        var valueEnd = input.position
        try input.takeLineEnd(before: end, at: limit, else: .controlCharacter)
        while valueEnd > valueStart, isBlank(input[valueEnd - 1]) { valueEnd -= 1 }
        let known = KnownField.matching(input.base + nameStart, count: colon - nameStart)
        return FieldRange(
            nameStart: UInt32(truncatingIfNeeded: nameStart), nameCount: UInt16(truncatingIfNeeded: colon - nameStart),
            known: known?.rawValue ?? FieldRange.unknown, value: ByteRange(valueStart, valueEnd))
    }

    @inline(__always)
    private static func isBlank(_ octet: UInt8) -> Bool {
        octet == ASCII.space || octet == ASCII.tab
    }
}
