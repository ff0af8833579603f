import HTTPCaching
import Testing

@Suite struct AcceptEncodingTests {
    private static let all: ContentCodingSet = [.identity, .gzip, .brotli]

    private func preferred(_ field: String, among available: ContentCodingSet = all) -> ContentCoding {
        reading(field) { AcceptEncoding($0) }.preferred(among: available)
    }

    @Test(
        arguments: [
            ("gzip, deflate, br, zstd", .brotli), ("gzip", .gzip), ("x-gzip", .gzip), ("br", .brotli), ("GZIP", .gzip),
            ("gzip;q=1.0, br;q=0.5", .gzip), ("gzip;q=0.5, br;q=0.501", .brotli), ("*", .brotli), ("*;q=0.1", .brotli),
            ("gzip, *;q=0", .gzip), ("br;q=0, *", .gzip), ("br;q=0, gzip;q=0", .identity), ("identity", .identity),
            ("identity;q=0.5, gzip;q=0.4", .identity), ("identity, gzip;q=0.9", .identity), ("identity, gzip", .gzip),
            ("deflate", .identity), ("zstd", .identity), ("", .identity), (" ", .identity), ("*;q=0", .identity),
            ("identity;q=0", .identity), ("gzip ; q=0.8 , br ;q=0.9", .brotli), ("gzip;Q=0.8", .gzip),
            (",gzip,,", .gzip),
            ("gzip;q=1.", .gzip), ("gzip;q=0.", .identity), ("gzip;q=1.000", .gzip), ("gzip\t;\tq=0.001", .gzip),
            ("gzip;q=0.000", .identity),
        ] as [(String, ContentCoding)])
    func `chooses the heaviest coding, of equal ones the smallest answer`(_ field: String, _ coding: ContentCoding) {
        #expect(preferred(field) == coding)
    }

    @Test(arguments: [
        "gzip;q=", "gzip;q=2", "gzip;q=1.1", "gzip;q=0.1234", "gzip;q=-1", "gzip;q=a", "gzip;level=9", "gzip br",
        "gzip;",
        "gzip;q=0.5;x", "\"gzip\"", "gzip, ;q=1", "gzip/1", "gzip;q=.5", "gzip; q = 1", "gzip, br;q=x",
        "gzip\0", "=gzip",
    ])
    func `takes a malformed field for identity`(_ field: String) {
        #expect(preferred(field) == .identity)
    }

    @Test func `chooses only what is available`() {
        #expect(preferred("gzip, br", among: [.identity]) == .identity)
        #expect(preferred("gzip;q=0.1, br", among: [.identity, .gzip]) == .gzip)
        #expect(preferred("br", among: [.identity, .gzip]) == .identity)
    }

    @Test func `reads several lines as one field, and absence as identity`() {
        var field = AcceptEncoding()
        #expect(field.preferred(among: Self.all) == .identity)
        reading("gzip;q=0.5") { field.add($0) }
        reading("br;q=0.4") { field.add($0) }
        #expect(field.preferred(among: Self.all) == .gzip)
        reading("br;;") { field.add($0) }
        #expect(field.preferred(among: Self.all) == .identity)
    }
}
