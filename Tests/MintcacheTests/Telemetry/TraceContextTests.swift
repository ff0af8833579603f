import Testing

@testable import Mintcache

@Suite struct `A traceparent field` {
    private static let example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func parsed(_ text: String) -> TraceContext? {
        Array(text.utf8).withUnsafeBytes { TraceContext($0) }
    }

    @Test func `names a trace, a span and whether they are kept`() throws {
        let context = try #require(parsed(Self.example))
        #expect(context.traceName == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.span == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.field == Self.example)
    }

    @Test func `is written with all its zeros`() {
        let context = TraceContext(traceHigh: 0, traceLow: 10, span: 11, isSampled: false)
        #expect(context.field == "00-0000000000000000000000000000000a-000000000000000b-00")
    }

    @Test(arguments: [
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe",
    ])
    func `says by its last bit alone whether they are kept`(text: String) {
        #expect(parsed(text)?.isSampled == false)
    }

    @Test func `of a later version is read as far as it is known`() {
        #expect(parsed("cc" + Self.example.dropFirst(2) + "-what-the-future-will-bring") != nil)
        #expect(parsed("cc" + Self.example.dropFirst(2)) != nil)
        #expect(parsed("cc" + Self.example.dropFirst(2) + "x") == nil)
    }

    @Test(arguments: [
        "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
    ])
    func `that is not well formed counts for nothing`(text: String) {
        #expect(parsed(text) == nil)
    }
}
