extension ResourceURL {
    /// Whether a request target is certain to be in the normalised spelling, judged by its octets alone and without
    /// allocating.
    ///
    /// No is no verdict: it only means that the target must be normalised to know.
    ///
    /// - Parameters:
    ///   - target: as the client wrote it; borrowed for the call.
    ///   - ignoresParameters: whether some parameters do not count, so that a query must be looked through.
    public static func isAlreadyNormal(_ target: UnsafeRawBufferPointer, ignoresParameters: Bool) -> Bool {
        guard target.first == ASCII.slash else { return false }
        var previous: UInt8 = 0
        for byte in target {
            guard byte > ASCII.space, byte < 0x7F, byte != ASCII.percent else { return false }
            // A name that begins with a dot is rare enough to be looked at like a dot segment.
            if byte == ASCII.dot, previous == ASCII.slash { return false }
            if byte == ASCII.question, ignoresParameters { return false }
            previous = byte
        }
        return true
    }
}
