import Testing

@testable import HTTPCaching

@Suite struct HostileFieldTests {
    private static let seeds = [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "\"a\", W/\"b\"",
        "bytes=0-499", "gzip;q=0.5, br, *;q=0", "max-age=\"5\\\"\", only-if-cached, no-cache=\"x\"", "*",
    ]

    @Test func `no parser reads past the end of what it was given`() throws {
        let page = try #require(GuardedPage())
        var generator = SystemRandomNumberGenerator()
        for seed in Self.seeds.map({ Array($0.utf8) }) {
            for length in 0...seed.count { page.reading(Array(seed[..<length]), Self.readEverything) }
            for _ in 0..<2_000 {
                var mutated = seed
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let position = Int.random(in: 0..<mutated.count, using: &generator)
                    mutated[position] = .random(in: 0...255, using: &generator)
                }
                let length = Int.random(in: 0...mutated.count, using: &generator)
                page.reading(Array(mutated[..<length]), Self.readEverything)
            }
        }
    }

    /// Runs every parser and checks what must hold of any answer.
    private static func readEverything(_ field: UnsafeRawBufferPointer) {
        if let seconds = HTTPDate.seconds(parsing: field, now: 1_767_323_045) {
            #expect((-62_167_219_200...253_402_300_800).contains(seconds))
        }
        if case .partial(let range) = ByteRange(field, length: 1_000) {
            #expect(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= 1_000)
        }
        let available: ContentCodingSet = [.identity, .gzip]
        #expect(AcceptEncoding(field).preferred(among: available) != .brotli)
        if let age = RequestCacheControl(field).maxAge { #expect((0...(1 << 31)).contains(age)) }
        var directives = ResponseCacheControl()
        directives.add(field)
        if let age = directives.maxAge { #expect((0...(1 << 31)).contains(age)) }
        let found = reading("\"never-sent\"") { EntityTag.list(field, contains: $0, comparing: .weak) }
        #expect(!found || field.contains(UInt8(ascii: "*")))
    }
}

@Suite struct TokenByteTests {
    @Test func `the bytes of a token are those of the specification`() {
        let accepted = (UInt8.min...UInt8.max).filter { ASCII.isTokenByte($0) }
        let digits = Array("0123456789".utf8)
        let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).flatMap { [$0, $0 - 32] }
        #expect(accepted == (Array("!#$%&'*+-.^_`|~".utf8) + digits + letters).sorted())
    }
}
