extension KnownField {
    /// The field with this name, whatever its case. `name` must consist of tchars.
    ///
    /// The length leaves few candidates, and those are compared a word at a time.
    @inline(__always)
    static func matching(_ name: UnsafeRawPointer, count: Int) -> KnownField? {
        switch count {
        case 2: check(.te, name)
        case 3: check(.via, name)
        case 4: check(.host, name)
        case 5: check(.range, name)
        case 6:
            check(.accept, name) ?? check(.cookie, name) ?? check(.origin, name) ?? check(.expect, name)
                ?? check(.pragma, name) ?? check(.prefer, name)
        case 7: check(.referer, name) ?? check(.upgrade, name)
        case 8: check(.ifMatch, name) ?? check(.ifRange, name)
        case 9: check(.forwarded, name)
        case 10: check(.connection, name) ?? check(.userAgent, name)
        case 11: check(.traceParent, name)
        case 12: check(.contentType, name) ?? check(.requestID, name)
        case 13:
            check(.ifNoneMatch, name) ?? check(.cacheControl, name) ?? check(.authorization, name)
                ?? check(.lastEventID, name)
        case 14: check(.contentLength, name)
        case 15: check(.acceptEncoding, name) ?? check(.acceptLanguage, name) ?? check(.forwardedFor, name)
        case 16: check(.contentEncoding, name) ?? check(.forwardedHost, name)
        case 17: check(.ifModifiedSince, name) ?? check(.transferEncoding, name) ?? check(.forwardedProto, name)
        case 19: check(.ifUnmodifiedSince, name)
        case 29: check(.accessControlRequestMethod, name)
        case 30: check(.accessControlRequestHeaders, name)
        case _: nil
        }
    }

    @inline(__always)
    private static func check(_ field: KnownField, _ name: UnsafeRawPointer) -> KnownField? {
        equal(name, field.name) ? field : nil
    }

    /// Setting bit 5 makes capitals small; among tchars it maps nothing else onto a letter or a hyphen.
    @inline(__always)
    private static func equal(_ name: UnsafeRawPointer, _ expected: StaticString) -> Bool {
        let other = UnsafeRawPointer(expected.utf8Start)
        let count = expected.utf8CodeUnitCount
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                if !equal(name, other, offset, UInt64(0x2020_2020_2020_2020)) { return false }
                offset &+= 8
            }
            return equal(name, other, count &- 8, UInt64(0x2020_2020_2020_2020))
        }
        if count >= 4 {
            return equal(name, other, 0, UInt32(0x2020_2020)) && equal(name, other, count &- 4, UInt32(0x2020_2020))
        }
        for offset in 0..<count where !equal(name, other, offset, UInt8(0x20)) { return false }
        return true
    }

    @inline(__always)
    private static func equal<Word: FixedWidthInteger & BitwiseCopyable>(
        _ name: UnsafeRawPointer, _ expected: UnsafeRawPointer, _ offset: Int, _ lowerCase: Word
    ) -> Bool {
        let word = name.loadUnaligned(fromByteOffset: offset, as: Word.self)
        return word | lowerCase == expected.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }
}
