import EventLoops
import Foundation
import Testing

@testable import Mintcache

@Suite struct `Watching a chain's events` {
    private static func loaded(_ yaml: String) throws -> LoadedConfiguration {
        try configuration("chains:\n  one:\n    id: 1\n    rpc: [\"https://rpc.example\"]\n\(yaml)")
    }

    private static func events(_ yaml: String) throws -> Configuration.Events {
        try #require(loaded(yaml).configuration.chains.first).events
    }

    @Test func `is off unless asked for`() throws {
        #expect(try Self.events("") == Configuration.Events())
        #expect(try !Self.events("").isEnabled)
        #expect(try !Self.events("    events: false\n").isEnabled)
        #expect(try !Self.events("    events: { enabled: false }\n").isEnabled)
    }

    @Test func `is switched on by a word, and by a mapping`() throws {
        var expected = Configuration.Events()
        expected.isEnabled = true
        #expect(try Self.events("    events: true\n") == expected)
        #expect(try Self.events("    events: { enabled: true }\n") == expected)
        expected.interval = .seconds(2)
        expected.maximumRange = 100
        #expect(try Self.events("    events: { interval: 2s, max_range: 100 }\n") == expected)
    }

    @Test func `the shipped file's example shows every key with its default`() throws {
        let path = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config/mintcache.yaml").path
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "#   events:"))
        let example = lines[start...].prefix { $0.hasPrefix("#   ") }.map { "  " + $0.dropFirst(2) + "\n" }.joined()
        let shown = try Self.loaded(example).effective
        #expect(try shown == Self.loaded("    events: { enabled: true }\n").effective)
        let keys = example.split(separator: "\n").filter { !$0.contains("#") && !$0.contains("events:") }
        let read = try Self.loaded("").effective.split(separator: "\n").drop { !$0.contains("events:") }.dropFirst()
            .prefix { $0.hasPrefix("      ") }
        #expect(keys.count == read.count)
    }

    @Test(arguments: [
        ("events: sometimes", "events: must be true or false"),
        ("events: { interval: 0s }", "events.interval: must be at least 10ms"),
        ("events: { max_range: 0 }", "events.max_range: must be a whole number from 1 to 1000000"),
        ("events: { range: 5 }", "events.range: unknown key; known here: "),
    ]) func `what cannot be read is a problem`(yaml: String, problem: String) {
        let found = problems("chains:\n  one: { id: 1, rpc: [\"https://rpc.example\"], \(yaml) }\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("chains.one.\(problem)") == true, "\(found)")
    }
}
