import Caching
import HTTPCaching
import Testing

@Suite struct CachedResponseTests {
    private func block(_ head: StoredHead) -> String {
        String(decoding: CachedResponse.headBlock(of: head), as: UTF8.self)
    }

    @Test func `the field lines are sent as they came, in their order`() {
        let stored = head(fields: [("X-b", "2"), ("x-A", "1"), ("X-b", ""), ("Date", "today")])
        #expect(block(stored) == "X-b: 2\r\nx-A: 1\r\nX-b: \r\nDate: today\r\n")
        #expect(CachedResponse(head: stored, body: .empty).headBlock.array == CachedResponse.headBlock(of: stored))
    }

    @Test(arguments: ["age", "Content-Length", "CONNECTION", "Keep-Alive", "Transfer-Encoding", "upgrade"])
    func `what is written anew for each answer is left out, in any case`(_ name: String) {
        #expect(block(head(fields: [(name, "1"), ("ETag", "\"a\"")])) == "ETag: \"a\"\r\n")
    }

    @Test func `what other caches said of themselves stays (RFC 9211, section 2)`() {
        #expect(block(head(fields: [("Cache-Status", "Other; hit")])) == "Cache-Status: Other; hit\r\n")
    }

    @Test func `Content-Range is left out where a range is cut out for each request, and stays where none can be`() {
        let fields = [("Content-Range", "bytes 0-9/20")]
        #expect(block(head(fields: fields)) == "")
        #expect(block(head(fields: fields, partial: PartialExtent(first: 0, last: 9, complete: 20))) == "")
        #expect(block(head(fields: fields, partial: PartialExtent(first: 0, last: 9, complete: nil))) != "")
        #expect(block(head(status: 416, fields: [("Content-Range", "bytes */20")])) != "")
    }

    @Test func `a part is chosen only where nothing whole is`() {
        let part = PartialExtent(first: 0, last: 9, complete: 100)
        let whole = response(responseTime: 1_000)
        let newerPart = response(responseTime: 2_000, partial: part)
        let chosen = CachedResponse.select(among: [newerPart, whole], for: request())
        #expect(chosen === whole)
        let german = response(language("de"), responseTime: 1_000)
        let english = response(language("en"), responseTime: 1_000, partial: part)
        #expect(CachedResponse.select(among: [german, english], for: request(("Accept-Language", "en"))) === english)
        #expect(CachedResponse.select(among: [german, english], for: request(("Accept-Language", "fr"))) == nil)
        #expect(CachedResponse.select(among: [], for: request()) == nil)
    }
}
