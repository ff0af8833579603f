/// Writes a field value into a buffer of the caller's, from its start, without allocating.
struct FieldWriter {
    // Safe: each write is checked against the buffer's end, and no writer outlives the call the buffer was lent to.
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// - Parameters:
    ///   - buffer: where to write.
    ///   - length: the longest text that will be written; a smaller buffer is a caller's bug and traps.
    init(_ buffer: UnsafeMutableRawBufferPointer, atMost length: Int) {
        precondition(buffer.count >= length, "the buffer is smaller than the longest text")
        self.buffer = buffer
    }

    mutating func append(_ byte: UInt8) {
        precondition(count < buffer.count)
        buffer[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        precondition(buffer.count - count >= length)
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + length)])
        // Safe: the literal's bytes live as long as the program; room for them was checked above.
        target.copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: length))
        count += length
    }

    /// Appends `value` in decimal, with as many digits as it has.
    mutating func append(decimal value: Int64) {
        if value < 0 { append(ASCII.hyphen) }
        var width = 1
        var rest = value.magnitude / 10
        while rest > 0 {
            width += 1
            rest /= 10
        }
        append(value.magnitude, width: width)
    }

    /// Appends the last `width` decimal digits of `value`, zeros in front.
    mutating func append(_ value: UInt64, width: Int) {
        precondition(buffer.count - count >= width)
        var rest = value
        for index in stride(from: count + width - 1, through: count, by: -1) {
            buffer[index] = ASCII.zero + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
    }
}
