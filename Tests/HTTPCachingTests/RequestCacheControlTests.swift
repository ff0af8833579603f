import HTTPCaching
import Testing

@Suite struct RequestCacheControlTests {
    private func parse(_ lines: String...) -> RequestCacheControl {
        var result = RequestCacheControl()
        for line in lines { reading(line) { result.add($0) } }
        return result
    }

    @Test(arguments: [
        "only-if-cached", "Only-If-Cached", "no-cache, only-if-cached", "max-age=0,only-if-cached ",
        ",, only-if-cached",
        "foo=\"a, b\", only-if-cached", "foo=, only-if-cached", "=x, only-if-cached", "a b, only-if-cached",
        "only-if-cached=yes",
    ])
    func `finds only-if-cached among anything`(_ field: String) {
        #expect(parse(field).onlyIfCached)
    }

    @Test(arguments: [
        "", "only-if-cachedx", "xonly-if-cached", "foo=\"only-if-cached\"", "foo=\"a, only-if-cached",
        "only-if-cached x",
        "\"only-if-cached\"", "foo=\"\\\", only-if-cached\"",
    ])
    func `does not find it where it is not`(_ field: String) {
        #expect(!parse(field).onlyIfCached)
    }

    @Test func `reads the other directives over several lines`() {
        let result = parse("no-cache", "no-store, max-age=30", "max-age=60")
        #expect(result.noCache && result.noStore && !result.onlyIfCached)
        #expect(result.maxAge == 30)
    }

    @Test(
        arguments: [
            ("max-age=0", 0), ("max-age=\"5\"", 5), ("max-age=4294967296", 1 << 31),
            ("MAX-AGE=99999999999999999999", 1 << 31),
            ("max-age", nil), ("max-age=", nil), ("max-age=-1", nil), ("max-age=1.5", nil), ("max-age=1s", nil),
            ("max-age= 1", nil),
        ] as [(String, Int?)])
    func `reads max-age`(_ field: String, _ seconds: Int?) {
        #expect(parse(field).maxAge == seconds)
    }
}
