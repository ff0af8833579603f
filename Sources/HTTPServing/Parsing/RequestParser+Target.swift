/// The forms of a request target (RFC 9112 section 3.2).
extension RequestParser {
    /// Finds path, query and authority in the target. `question` is where its first question mark is, 0 without one.
    @inline(__always)
    mutating func splitTarget(_ base: UnsafeRawPointer, question: Int) throws(ParseStop) {
        let target = UnsafeRawBufferPointer(start: base + Int(index.target.start), count: Int(index.target.count))
        let start = Int(index.target.start)
        let end = start + target.count
        if index.method == .other, isConnect(base) { throw .failed(.methodRefused) }
        if target[0] == ASCII.slash {
            index.path = ByteRange(start, question == 0 ? end : question)
        } else if target.count == 1, target[0] == UInt8(ascii: "*"), index.method == .options {
            index.path = index.target
        } else {
            try splitAbsolute(target, start: start, question: question)
        }
        if question != 0 { index.query = ByteRange(question + 1, end) }
    }

    /// CONNECT's target has a form of its own.
    private func isConnect(_ base: UnsafeRawPointer) -> Bool {
        let name = UnsafeRawBufferPointer(
            start: base + Int(index.methodBytes.start), count: Int(index.methodBytes.count))
        return name.elementsEqual("CONNECT".utf8)
    }

    /// `http://authority/path?query`; the authority replaces the Host field. An empty path means `/` (RFC 9110
    /// section 4.2.3), and the scheme's second slash stands for it.
    private mutating func splitAbsolute(
        _ target: UnsafeRawBufferPointer, start: Int, question: Int
    ) throws(ParseStop) {
        guard let scheme = Self.schemeLength(target) else { throw .failed(.targetInvalid) }
        let end = question == 0 ? target.count : question - start
        var slash = scheme
        while slash < end, target[slash] != ASCII.slash { slash += 1 }
        guard slash > scheme else { throw .failed(.targetInvalid) }
        index.authority = ByteRange(start + scheme, start + slash)
        index.path = slash < end ? ByteRange(start + slash, start + end) : ByteRange(start + scheme - 1, start + scheme)
        index.disposition.insert(.absoluteForm)
    }

    private static func schemeLength(_ target: UnsafeRawBufferPointer) -> Int? {
        for scheme: StaticString in ["http://", "https://"] {
            let count = scheme.utf8CodeUnitCount
            guard target.count > count else { continue }
            let prefix = UnsafeRawBufferPointer(rebasing: target[..<count])
            if ASCII.equalIgnoringCase(prefix, scheme) { return count }
        }
        return nil
    }
}
