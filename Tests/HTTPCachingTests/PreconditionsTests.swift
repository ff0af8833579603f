import HTTPCaching
import Testing

@Suite struct EntityTagTests {
    private func list(_ field: String, contains tag: String, _ comparison: EntityTag.Comparison) -> Bool {
        reading(field) { field in
            reading(tag) { EntityTag.list(field, contains: $0, comparing: comparison) }
        }
    }

    /// The table of RFC 9110, section 8.8.3.2.
    @Test(arguments: [
        (#"W/"1""#, #"W/"1""#, false, true), (#"W/"1""#, #"W/"2""#, false, false),
        (#"W/"1""#, #""1""#, false, true), (#""1""#, #""1""#, true, true),
    ])
    func `compares as the specification's table`(_ first: String, _ second: String, _ strong: Bool, _ weak: Bool) {
        let results = [EntityTag.Comparison.strong, .weak].map { comparison in
            reading(first) { first in reading(second) { EntityTag.equal(first, $0, comparing: comparison) } }
        }
        #expect(results == [strong, weak])
    }

    @Test(arguments: [
        (#""a""#, true), (#""b""#, false), (#""b", "a""#, true), (#""b","a""#, true), (#"W/"a""#, true),
        (#""x",  W/"a" , "y""#, true), (#", ,"a","#, true), ("*", true), (" * ", true), ("", false), (" ", false),
        ("a", false), (#""a"#, false), (#"a""#, false), (#"w/"a""#, false), (#"W/ "a""#, false), (#""a" "b""#, false),
        (#""A""#, false), (#""b" "a""#, false), (#""x,"a""#, false), (#""b, "a""#, false), ("*,", false),
        (#"*, "a""#, false), (#""a b", "a""#, false), (#""a","#, true), (#""", "a""#, true), ("\"a\"\0", false),
    ])
    func `finds a tag in If-None-Match`(_ field: String, _ found: Bool) {
        #expect(list(field, contains: #""a""#, .weak) == found)
    }

    @Test func `takes commas and bytes above ASCII inside a tag`() {
        #expect(list(#""b", "a,ü""#, contains: #""a,ü""#, .strong))
        #expect(!list(#""a", "b""#, contains: #""a,b""#, .strong))
    }

    @Test func `compares strongly for If-Match`() {
        #expect(!list(#"W/"a""#, contains: #""a""#, .strong))
        #expect(list(#"W/"a", "a""#, contains: #""a""#, .strong))
        #expect(!list(#""a""#, contains: #"W/"a""#, .strong))
    }
}

@Suite struct PreconditionsTests {
    private static let modified: Int64 = 784_111_777
    private static let now: Int64 = 1_767_323_045
    private static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let before = "Sun, 06 Nov 1994 08:49:36 GMT"
    private static let after = "Sun, 06 Nov 1994 08:49:38 GMT"

    private func verdict(
        match: String? = nil, unmodified: String? = nil, noneMatch: String? = nil, modified: String? = nil,
        tag: String? = #""a""#, lastModified: Int64? = PreconditionsTests.modified
    ) -> Preconditions.Verdict {
        lending(match) { match in
            lending(unmodified) { unmodified in
                lending(noneMatch) { noneMatch in
                    lending(modified) { modified in
                        lending(tag) { tag in
                            Preconditions(
                                ifMatch: match, ifUnmodifiedSince: unmodified, ifNoneMatch: noneMatch,
                                ifModifiedSince: modified
                            ).evaluate(
                                against: Validators(entityTag: tag, lastModified: lastModified), now: Self.now
                            )
                        }
                    }
                }
            }
        }
    }

    private func lending<Result>(_ text: String?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let text else { return body(nil) }
        return reading(text) { body($0) }
    }

    @Test func `proceeds without conditions`() { #expect(verdict() == .proceed) }

    @Test(arguments: [(same, true), (after, true), (before, false), ("yesterday", false), ("", false)])
    func `answers 304 when nothing changed since`(_ date: String, _ isNotModified: Bool) {
        #expect(verdict(modified: date) == (isNotModified ? .notModified : .proceed))
    }

    @Test func `ignores dates when the representation has none`() {
        #expect(verdict(modified: Self.after, lastModified: nil) == .proceed)
        #expect(verdict(unmodified: Self.before, lastModified: nil) == .proceed)
    }

    @Test func `lets If-None-Match overrule If-Modified-Since`() {
        #expect(verdict(noneMatch: #""b""#, modified: Self.after) == .proceed)
        #expect(verdict(noneMatch: #"W/"a""#, modified: Self.before) == .notModified)
        #expect(verdict(noneMatch: "garbage", modified: Self.after) == .proceed)
    }

    @Test func `fails when If-Match names another representation`() {
        #expect(verdict(match: #""b""#) == .failed)
        #expect(verdict(match: #"W/"a""#) == .failed)
        #expect(verdict(match: #""a""#) == .proceed)
        #expect(verdict(match: "*") == .proceed)
        #expect(verdict(match: "*", tag: nil) == .failed)
        #expect(verdict(match: #""a""#, noneMatch: #""a""#) == .notModified)
    }

    @Test func `fails when it changed after If-Unmodified-Since, unless If-Match settled it`() {
        #expect(verdict(unmodified: Self.before) == .failed)
        #expect(verdict(unmodified: Self.same) == .proceed)
        #expect(verdict(unmodified: "never") == .proceed)
        #expect(verdict(match: #""a""#, unmodified: Self.before) == .proceed)
    }

    @Test(arguments: [
        (#""a""#, true), (#"W/"a""#, false), (#""b""#, false), ("*", false), (#""a", "b""#, false), (same, true),
        (before, false), (after, false), ("", false),
    ])
    func `takes a range only from the representation that If-Range names`(_ field: String, _ holds: Bool) {
        let result = reading(field) { field in
            reading(#""a""#) { tag in
                RangeCondition.holds(
                    field, for: Validators(entityTag: tag, lastModified: Self.modified), now: Self.now
                )
            }
        }
        #expect(result == holds)
    }

    @Test func `does not trust a date of this very second in If-Range`() {
        let validators = Validators(entityTag: nil, lastModified: Self.modified)
        #expect(reading(Self.same) { !RangeCondition.holds($0, for: validators, now: Self.modified) })
        #expect(reading(Self.same) { RangeCondition.holds($0, for: validators, now: Self.modified + 1) })
    }

    @Test func `does not accept a weak stored tag in If-Range`() {
        let holds = reading(#"W/"a""#) { tag in
            RangeCondition.holds(tag, for: Validators(entityTag: tag, lastModified: nil), now: Self.now)
        }
        #expect(!holds)
    }
}
