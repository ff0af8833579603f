import Glibc
import HTTPCaching
import Testing

@Suite struct HTTPDateTests {
    /// 2026-01-02T03:04:05Z
    static let now: Int64 = 1_767_323_045

    private func parse(_ text: String, now: Int64 = HTTPDateTests.now) -> Int64? {
        reading(text) { HTTPDate.seconds(parsing: $0, now: now) }
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `reads the three formats of the specification`(_ text: String) {
        #expect(parse(text) == 784_111_777)
    }

    /// Caches read names in any case (RFC 9111, section 4.2).
    @Test(arguments: [
        "sun, 06 nov 1994 08:49:37 gmt", "SUN, 06 NOV 1994 08:49:37 GMT", "sUNDAY, 06-nOV-94 08:49:37 gMt",
        "sun nov  6 08:49:37 1994",
    ])
    func `reads names in any case`(_ text: String) {
        #expect(parse(text) == 784_111_777)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu Jan 29 00:00:00 1970", 28 * 86_400),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Mon, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ] as [(String, Int64)])
    func `reads days at the edges of the calendar`(_ text: String, _ seconds: Int64) {
        #expect(parse(text) == seconds)
    }

    @Test(arguments: [
        "", "0", "-1", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 utc", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 06 November 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GM", "Sun, 06 Nov 1994 08:49:37GMT", "Sun, 06 Nov 1994 08:49:37  GMT",
        "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT", "Sun, 06\tNov 1994 08:49:37 GMT",
        "Sun, 06  Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 08:49:37 GMT",
        "Thu, 29 Feb 1900 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT\0", "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:3x GMT",
        "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37",
        "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 1994 GMT", "Sun Nov  6 08:49:37 94",
        "Sun Nov  6 08:49:37 1994 ",
        "1994-11-06T08:49:37Z", "784111777", "Sun, +6 Nov 1994 08:49:37 GMT",
    ])
    func `refuses what is not exactly one of them`(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test(arguments: [
        ("Friday, 02-Jan-26 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 GMT"),
        ("Friday, 01-Jan-76 00:00:00 GMT", "Wed, 01 Jan 2076 00:00:00 GMT"),
        ("Saturday, 01-Jan-77 00:00:00 GMT", "Sat, 01 Jan 1977 00:00:00 GMT"),
        ("Friday, 31-Dec-99 23:59:59 GMT", "Fri, 31 Dec 1999 23:59:59 GMT"),
    ])
    func `takes a two-digit year for the nearest not more than fifty years ahead`(_ short: String, _ full: String) {
        #expect(parse(short) == parse(full))
        #expect(parse(short) != nil)
    }

    @Test func `writes what the C library's calendar says and reads it back`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var seconds = time_t(Int64.random(in: 0...253_402_300_799, using: &generator))
            var expected = tm()
            gmtime_r(&seconds, &expected)
            let text = HTTPDate.text(Int64(seconds))
            #expect(parse(text) == Int64(seconds))
            var buffer = [CChar](repeating: 0, count: 40)
            let length = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &expected)
            #expect(text == String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    @Test func `writes times outside four-digit years as the nearest inside`() {
        #expect(HTTPDate.text(-5) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate.text(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.text(.min) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test func `writes timestamps for JSON`() {
        #expect(InternetTimestamp.text(Self.now) == "2026-01-02T03:04:05Z")
        #expect(InternetTimestamp.text(0) == "1970-01-01T00:00:00Z")
    }
}
