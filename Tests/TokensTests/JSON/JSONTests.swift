import Foundation
import Testing

@testable import Tokens

@Suite("JSON")
struct JSONTests {
    @Test(
        "valid texts are accepted",
        arguments: [
            "{}", "[]", "null", "true", "false", "0", "-0", "1.5e+10", "1E-2", #""""#, " [ 1 , 2 ] \n",
            #"{"a":{"b":[{"c":null}]}}"#, #""\u00e9\ud83d\ude00\ud83d\u0000\/\b""#, #"{"a":1,"a":2}"#, "1e999",
            "\"é😀\u{10FFFF}\"", "123456789012345678901234567890",
        ]
    )
    func valid(text: String) throws {
        _ = try JSONDocument(validating: Array(text.utf8))
    }

    @Test(
        "everything else is refused, with the place",
        arguments: [
            ("", JSONError.Reason.empty, 0), (" \n", .empty, 2), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            ("[1,]", .unexpectedByte(0x5D), 3), (#"{"a":1,}"#, .unexpectedByte(0x7D), 7),
            ("[,]", .unexpectedByte(0x2C), 1),
            ("01", .invalidNumber, 1), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2), ("1.x", .invalidNumber, 2),
            ("1e", .unexpectedEnd, 2), ("+1", .unexpectedByte(0x2B), 0), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte(0x4C), 3), ("NaN", .unexpectedByte(0x4E), 0), ("'a'", .unexpectedByte(0x27), 0),
            ("\"a\nb\"", .controlCharacter(0x0A), 2), (#""\x""#, .invalidEscape, 1), (#""\u12g4""#, .invalidEscape, 1),
            (#""\u12"#, .unexpectedEnd, 5), ("{} x", .trailingBytes, 3), ("[}", .unexpectedByte(0x7D), 1),
            (#"{"a" 1}"#, .unexpectedByte(0x31), 5), ("{1:2}", .unexpectedByte(0x31), 1),
            ("// x\n1", .unexpectedByte(0x2F), 0),
            ("[1 2]", .unexpectedByte(0x32), 3), (#"{"a":1 "b":2}"#, .unexpectedByte(0x22), 7),
        ]
    )
    func invalid(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason: reason, offset: offset)) {
            try JSONDocument(validating: Array(text.utf8))
        }
    }

    @Test(
        "strings that are not UTF-8 are refused",
        arguments: [
            "ff", "c0 80", "c1 bf", "e0 80 80", "ed a0 80", "f4 90 80 80", "f5 80 80 80", "e2 82", "80", "c3 28",
        ]
    )
    func invalidUTF8(hex: String) {
        let error = #expect(throws: JSONError.self) {
            try JSONDocument(validating: [0x22] + bytes(hex: hex) + [0x22])
        }
        #expect(error?.reason == .invalidUTF8)
    }

    @Test("nesting is allowed to the limit and refused beyond it, without recursion")
    func depth() throws {
        let limit = JSONDocument.depthLimit
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        }
        _ = try JSONDocument(validating: nested(limit))
        for depth in [limit + 1, 1_000_000] {
            let error = #expect(throws: JSONError.self) { try JSONDocument(validating: nested(depth)) }
            #expect(error?.reason == .tooDeep)
        }
    }

    @Test("members keep order, duplicates, and the spelling of numbers")
    func members() throws {
        let text = #"{ "b" : 1.50 , "a":[1,{"x":"]}"}], "b":-0e0,"é\n":"\u0041" }"#
        let root = try JSONDocument(validating: Array(text.utf8)).root
        #expect(root.members.map(\.name) == ["b", "a", "b", "é\n"])
        #expect(
            root.members.map { String(decoding: $0.value.text, as: UTF8.self) } == [
                "1.50", #"[1,{"x":"]}"}]"#, "-0e0", #""\u0041""#,
            ])
        #expect(root["b"].map { String(decoding: $0.text, as: UTF8.self) } == "-0e0")
        #expect(root["é\n"]?.string == "A")
        #expect(root["a"]?.elements.map(\.kind) == [.number, .object])
        #expect(root["nothing"] == nil)
        #expect(root["a"]?.members.map(\.name) == [])
    }

    @Test("escapes are resolved, lone surrogates replaced")
    func unescaping() throws {
        let text = #""\ud83d\ude00 \ud83d \udc00\ud83dx \"\\\/\b\f\n\r\t\u0000""#
        let value = try JSONDocument(validating: Array(text.utf8)).root
        #expect(value.string == "😀 \u{FFFD} \u{FFFD}\u{FFFD}x \"\\/\u{8}\u{C}\n\r\t\0")
    }

    @Test("written strings read back as they were")
    func writing() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let scalars = (0..<20).map { _ in Unicode.Scalar(UInt32(generator.next() % 0x2_0000)) ?? "x" }
            let text = String(String.UnicodeScalarView(scalars + (0..<4).map { Unicode.Scalar(UInt8($0 * 9)) }))
            var output: [UInt8] = []
            output.append(jsonString: text)
            let read = try JSONDocument(validating: output).root.string
            #expect(read.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test("random documents are accepted as Foundation accepts them, and mutated ones never crash")
    func differential() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<400 {
            let document = RandomJSON.document(&generator)
            let parsed = try JSONDocument(validating: document)
            _ = try JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)
            visit(parsed.root)
            for _ in 0..<20 {
                var mutated = document
                let position = Int(generator.next() % UInt64(mutated.count))
                mutated[position] = UInt8(truncatingIfNeeded: generator.next())
                if let survivor = try? JSONDocument(validating: mutated) {
                    visit(survivor.root)
                    #expect(String(validating: mutated, as: UTF8.self) != nil)
                }
                if let repaired = try? JSONRepair.document(from: mutated) { visit(repaired.document.root) }
            }
        }
    }

    @Test(
        "a byte order mark, trailing commas and raw control characters are repaired",
        arguments: [
            ("\u{FEFF}{\"a\":1}", #"{"a":1}"#), (#"{"a":[1,2, ],}"#, #"{"a":[1,2 ]}"#),
            ("{\"a\":\"x\ny,}\"}", #"{"a":"x\u000ay,}"}"#), (#"{"a":",]\",}",}"#, #"{"a":",]\",}"}"#),
            ("{'a':'x \"y\" \\'z\\''}", #"{"a":"x \"y\" 'z'"}"#), ("{a:1, $b_2 :true}", #"{"a":1, "$b_2" :true}"#),
            ("// one\n{\"a\":/* two */1}// three", "\n{\"a\":1}"),
            ("{\"u\":\"https://h/*x*/\",}", #"{"u":"https://h/*x*/"}"#),
            ("{true:false,null:null}", #"{"true":false,"null":null}"#), (#"{"a":"it\'s"}"#, #"{"a":"it's"}"#),
        ]
    )
    func repair(text: String, repaired: String) throws {
        let (document, isVerbatim) = try JSONRepair.document(from: Array(text.utf8))
        #expect(!isVerbatim)
        #expect(String(decoding: document.bytes, as: UTF8.self) == repaired)
    }

    @Test(
        "what would have to be guessed is not repaired",
        arguments: [
            "[,]", "{,}", "[1,,]", "{\"a\":,}", #"{"a":"x"y"}"#, #"{"a":"say "hi" to 'me'"}"#, "{\"a\":NaN}",
            "[Infinity]",
            "[-Infinity]", "{\"a\":undefined}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":0x1F}", "{\"a\":True}", "{a b:1}",
            "{\"a\":1} /* ends not", "{\"a\":1} // line\n2", "{'a':'x}", "{'a\":1}", #"{"a":"\x41"}"#, "{\"a\" 1}",
            "{\"a\":1",
        ])
    func noGuessing(text: String) {
        #expect(throws: JSONError.self) { try JSONRepair.document(from: Array(text.utf8)) }
    }

    /// Reads everything the walker can reach.
    private func visit(_ value: JSONValue) {
        _ = (value.string, value.integer, value.boolean)
        for element in value.elements { visit(element) }
        for member in value.members {
            _ = member.name
            visit(member.value)
        }
    }
}

/// Documents that are valid JSON by construction.
enum RandomJSON {
    static func document(_ generator: inout SeededGenerator) -> [UInt8] {
        var output: [UInt8] = []
        appendValue(depth: 0, to: &output, &generator)
        return output
    }

    private static func appendValue(depth: Int, to output: inout [UInt8], _ generator: inout SeededGenerator) {
        appendBlank(to: &output, &generator)
        switch generator.next() % (depth > 5 ? 5 : 8) {
        case 0: output += Array("null".utf8)
        case 1: output += Array((generator.next() % 2 == 0 ? "true" : "false").utf8)
        case 2: output += Array("-\(generator.next() % 1000).\(generator.next() % 100)e-\(generator.next() % 9)".utf8)
        case 3: output += Array("\(generator.next() % 100_000)".utf8)
        case 4: appendString(to: &output, &generator)
        case 5, 6: appendContainer(isObject: true, depth: depth, to: &output, &generator)
        default: appendContainer(isObject: false, depth: depth, to: &output, &generator)
        }
        appendBlank(to: &output, &generator)
    }

    private static func appendContainer(
        isObject: Bool, depth: Int, to output: inout [UInt8], _ generator: inout SeededGenerator
    ) {
        output.append(isObject ? 0x7B : 0x5B)
        for index in 0..<generator.next() % 4 {
            if index > 0 { output.append(0x2C) }
            if isObject {
                appendString(to: &output, &generator)
                output.append(0x3A)
            }
            appendValue(depth: depth + 1, to: &output, &generator)
        }
        if output.last == 0x20 || output.last == 0x0A { appendBlank(to: &output, &generator) }
        output.append(isObject ? 0x7D : 0x5D)
    }

    private static func appendString(to output: inout [UInt8], _ generator: inout SeededGenerator) {
        let pieces = ["a", "é", "😀", "\\n", "\\u00e9", "\\ud83d\\ude00", "{", "]", ",", "\\\\", "\\\""]
        output.append(0x22)
        for _ in 0..<generator.next() % 6 {
            output += Array(pieces[Int(generator.next() % UInt64(pieces.count))].utf8)
        }
        output.append(0x22)
    }

    private static func appendBlank(to output: inout [UInt8], _ generator: inout SeededGenerator) {
        if generator.next() % 4 == 0 { output.append(generator.next() % 2 == 0 ? 0x20 : 0x0A) }
    }
}
