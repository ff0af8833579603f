/// The elements of a comma-separated list (RFC 9110 section 5.6.1), without the whitespace around them.
struct FieldList {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// Whether the last element was taken.
    var isAtEnd: Bool { position > text.count }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard !isAtEnd else { return nil }
        var start = position
        while position < text.count, text[position] != ASCII.comma { position += 1 }
        var end = position
        position += 1
        while start < end, text[start] == ASCII.space || text[start] == ASCII.tab { start += 1 }
        while end > start, text[end - 1] == ASCII.space || text[end - 1] == ASCII.tab { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[start..<end])
    }
}
