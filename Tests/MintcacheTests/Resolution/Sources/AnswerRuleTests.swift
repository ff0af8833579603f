import Testing
import Tokens

@testable import Mintcache

@Suite struct `A rule for answers` {
    private func matches(_ rule: AnswerRule, _ status: Int, _ text: String?) throws -> Bool {
        rule.matches(status: status, try text.map { try json(Array($0.utf8)) })
    }

    private func rule(
        status: Int? = nil, _ pointer: String? = nil, equals: String? = nil, contains: String? = nil
    ) -> AnswerRule {
        AnswerRule(
            status: status, pointer: pointer.flatMap { JSONPointer($0) }, equals: equals, contains: contains,
            means: .missing)
    }

    @Test func `goes by the status alone`() throws {
        #expect(try matches(rule(status: 404), 404, nil))
        #expect(try !matches(rule(status: 404), 410, nil))
    }

    @Test(arguments: [
        (#"{"error":"x"}"#, true), (#"{"error":{"code":1}}"#, true), (#"{"error":[0]}"#, true), (#"{"error":0}"#, true),
        (#"{"error":true}"#, true), (#"{"error":null}"#, false), (#"{"error":""}"#, false),
        (#"{"error":false}"#, false),
        (#"{"error":{}}"#, false), (#"{"error":[]}"#, false), (#"{}"#, false), (#"[]"#, false),
    ]) func `goes by whether there is anything`(answer: String, isMatch: Bool) throws {
        #expect(try matches(rule("/error"), 200, answer) == isMatch)
    }

    @Test(arguments: [
        (#"{"code":"GONE"}"#, "GONE", true), (#"{"code":"gone"}"#, "GONE", false), (#"{"code":404}"#, "404", true),
        (#"{"code":"404"}"#, "404", true), (#"{"code":404.0}"#, "404", false), (#"{"code":false}"#, "false", true),
        (#"{"code":null}"#, "null", true), (#"{}"#, "null", false), (#"{"code":""}"#, "", true),
    ]) func `goes by the whole value`(answer: String, value: String, isMatch: Bool) throws {
        #expect(try matches(rule("/code", equals: value), 200, answer) == isMatch)
    }

    @Test func `goes by a part of a text in any case`() throws {
        let rule = rule("/e", contains: "Does Not Exist")
        #expect(try matches(rule, 200, #"{"e":"Token does not exist."}"#))
        #expect(try !matches(rule, 200, #"{"e":"Token exists"}"#))
        #expect(try matches(rule, 200, #"{"e":["it does not exist"]}"#))
    }

    @Test func `wants all of its conditions`() throws {
        let rule = rule(status: 400, "/e", equals: "a b", contains: "b")
        #expect(try matches(rule, 400, #"{"e":"a b"}"#))
        #expect(try !matches(rule, 404, #"{"e":"a b"}"#))
        #expect(try !matches(rule, 400, #"{"e":"b"}"#))
    }

    @Test func `with a pointer does not match what is no JSON`() throws {
        #expect(try !matches(rule(status: 502, "/e"), 502, nil))
    }
}
