import HTTPCaching
import Testing

@Suite struct ByteRangeTests {
    private func range(_ field: String, length: Int = 10_000) -> ByteRange {
        reading(field) { ByteRange($0, length: length) }
    }

    /// The examples of RFC 9110, section 14.1.2, for a representation of 10,000 bytes.
    @Test(arguments: [
        ("bytes=0-499", 0..<500), ("bytes=500-999", 500..<1_000), ("bytes=-500", 9_500..<10_000),
        ("bytes=9500-", 9_500..<10_000), ("bytes=0-", 0..<10_000), ("bytes=0-0", 0..<1),
        ("bytes=9999-9999", 9_999..<10_000),
        ("bytes=-1", 9_999..<10_000), ("bytes=-10000", 0..<10_000), ("bytes=-10001", 0..<10_000),
        ("bytes=9999-99999999999999999999999", 9_999..<10_000), ("bytes=-99999999999999999999999", 0..<10_000),
        ("BYTES=0-1", 0..<2), ("bytes= 0-1 ", 0..<2), ("bytes=,0-1,", 0..<2),
    ])
    func `takes a single range`(_ field: String, _ expected: Range<Int>) {
        #expect(range(field) == .partial(expected))
    }

    @Test(arguments: ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=99999999999999999999999-"])
    func `says when a range begins past the end`(_ field: String) {
        #expect(range(field) == .unsatisfiable)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,2-3", "bytes=0-0,-1", "bytes 0-1",
        "items=0-1",
        "bytes=0 - 1", "bytes=0-1x", "bytes=--1", "bytes=1", "bytes=+1-2", "bytes=0x0-1", "bytes =0-1",
        "bytes=0-1;", " bytes=0-1",
    ])
    func `ignores what it cannot serve as one part`(_ field: String) {
        #expect(range(field) == .ignore)
    }

    @Test func `never makes a part of nothing`() {
        #expect(range("bytes=0-", length: 0) == .unsatisfiable)
        #expect(range("bytes=-5", length: 0) == .ignore)
        #expect(range("bytes=-0", length: 0) == .unsatisfiable)
    }

    @Test func `writes Content-Range`() {
        let part = written(ContentRange.maximumLength) { ContentRange.write(0..<500, of: 1_234, into: $0) }
        #expect(part == "bytes 0-499/1234")
        let none = written(ContentRange.maximumLength) { ContentRange.writeUnsatisfied(length: 0, into: $0) }
        #expect(none == "bytes */0")
        let longest = written(ContentRange.maximumLength) {
            ContentRange.write((.max - 1)..<(.max), of: .max, into: $0)
        }
        #expect(longest == "bytes 9223372036854775806-9223372036854775806/9223372036854775807")
    }
}
