import Testing
import Tokens

@testable import Mintcache

@Suite struct `A JSON value under construction` {
    @Test(
        arguments: [
            (JSONNode.string("a\"b\\c\n\t\u{1}\u{7F}é"), #""a\"b\\c\n\t\u0001\u007fé""#),
            (.integer(.min), "-9223372036854775808"),
            (.number(0.5), "0.5"), (.number(3), "3.0"), (.number(.infinity), "null"), (.number(.nan), "null"),
            (.boolean(false), "false"), (.null, "null"), (.array([]), "[]"), (.object([]), "{}"),
            (.array([1, "x", true, .null]), #"[1,"x",true,null]"#),
            (.object([("b", 1), ("a", .array([.object([("", "")])]))]), #"{"b":1,"a":[{"":""}]}"#),
        ] as [(JSONNode, String)]) func `is written without spaces, members in their order`(
            node: JSONNode, expected: String
        )
    {
        #expect(text(node.bytes) == expected)
    }

    @Test(arguments: [1e300, -1e-300, 123_456_789.125, 1e21, -0.0]) func `is JSON for every finite number`(
        number: Double
    ) throws {
        #expect(try json(JSONNode.number(number).bytes).kind == .number)
    }

    @Test func `escapes names as it escapes texts`() throws {
        let root = try json(JSONNode.object([("a\"\n", 1)]).bytes)
        #expect(root["a\"\n"]?.integer == 1)
    }
}
