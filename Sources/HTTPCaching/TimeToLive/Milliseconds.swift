extension Duration {
    /// Whole milliseconds, held within what 64 bits can add up without overflow.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit: Int64 = 1 << 52
        if seconds >= limit / 1_000 { return limit }
        if seconds <= -limit / 1_000 { return -limit }
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
