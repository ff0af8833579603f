import Testing
import Tokens

@Suite("A JSON pointer") struct JSONPointerTests {
    private static func found(_ pointer: String, in text: String) throws -> String? {
        let root = try JSONDocument(validating: Array(text.utf8)).root
        let value = try #require(JSONPointer(pointer)).value(in: root)
        return value.map { String(decoding: $0.text, as: UTF8.self) }
    }

    /// The document and the pointers of RFC 6901, section 5.
    @Test(arguments: [
        ("/foo", #"["bar", "baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
        ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
    ])
    func standard(pointer: String, value: String) throws {
        let document = #"""
            {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}
            """#
        #expect(try Self.found(pointer, in: document) == value)
    }

    @Test("that is empty points to the whole")
    func whole() throws {
        #expect(try Self.found("", in: " [1] ") == "[1]")
    }

    @Test("finds the exact bytes: numbers, order and duplicates as they are written")
    func exactBytes() throws {
        let document = #"{"raw":{"metadata":{"b":1.0e2,"a":12345678901234567890,"b":2}}}"#
        #expect(try Self.found("/raw/metadata", in: document) == #"{"b":1.0e2,"a":12345678901234567890,"b":2}"#)
        #expect(try Self.found("/raw/metadata/b", in: document) == "2")
    }

    @Test("undoes ~01 once, to ~1")
    func escapesOnce() throws {
        #expect(try Self.found("/~01", in: #"{"~1":1,"/":2}"#) == "1")
    }

    @Test(
        "finds nothing where nothing is",
        arguments: [
            "/b", "/a/2", "/a/-", "/a/01", "/a/+1", "/a/-1", "/a/", "/a/0/0", "/a/99999999999999999999", "/c/0", "/c/",
        ])
    func missing(pointer: String) throws {
        #expect(try Self.found(pointer, in: #"{"a":[1,2],"c":"text"}"#) == nil)
    }

    @Test("is refused when it is none", arguments: ["a", "raw/metadata", "#/a", "/~", "/a~2", "/~~0"])
    func malformed(text: String) {
        #expect(JSONPointer(text) == nil)
    }
}
