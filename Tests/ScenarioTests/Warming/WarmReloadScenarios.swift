import Foundation
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("A reload that changes what is warmed on a schedule", .timeLimit(.minutes(2))) struct WarmReloadScenarios {
    @Test func `starts what is new, nothing that is gone, and what stayed no second time`() async throws {
        try await Timetable.play { table in
            let daily = table.entry("every: 1d, from: 900, to: 901")
            #expect(try await table.reload(daily, table.entry("every: 1s, from: 0, to: 1")) == 200)
            try await table.expect(2, of: "0-1")
            #expect(try await table.reload(daily, table.entry("every: 1s, from: 2, to: 3")) == 200)
            // The entries of one look are gone through in order: with the new one's job no old one comes any more.
            try await table.expect(1, of: "2-3")
            let before = try await table.count(of: "0-1")
            try await table.expect(3, of: "2-3")
            #expect(try await table.count(of: "0-1") == before)
            #expect(try await table.count(of: "900-901") == 1)
        }
    }

    @Test func `has another interval count at once, by SIGHUP too`() async throws {
        try await Timetable.play { table in
            #expect(try await table.reload(table.entry("every: 1d, from: 0, to: 1")) == 200)
            try await table.expect(1, of: "0-1")
            try table.write(table.entry("every: 1s, from: 0, to: 1"))
            table.daemon.process.send(.hangup)
            try await table.expect(4, of: "0-1")
        }
    }

    @Test func `is refused when it makes no sense, and all stays as it was`() async throws {
        try await Timetable.play { table in
            #expect(try await table.reload(table.entry("every: 1s, from: 0, to: 1")) == 200)
            try await table.expect(1, of: "0-1")
            #expect(try await table.reload(table.entry("every: 1ms, from: 2, to: 3")) == 422)
            let before = try await table.count(of: "0-1")
            try await table.expect(before + 2, of: "0-1")
            #expect(try await table.count(of: "2-3") == 0)
        }
    }
}

/// A program whose schedules change.
private struct Timetable {
    let stage: Stage
    let daemon: Daemon
    /// The configuration without schedules.
    let text: String

    static func play(_ scenario: (Timetable) async throws -> Void) async throws {
        try await Stage.play { stage in
            let daemon = try await stage.daemon()
            let text = try String(contentsOfFile: daemon.configuration, encoding: .utf8)
            try await scenario(Timetable(stage: stage, daemon: daemon, text: text))
            daemon.process.send(.terminate)
            _ = try await daemon.process.wait(within: .seconds(30))
        }
    }

    func entry(_ keys: String) -> String { "{ chain: demo, contract: \"\(stage.contract)\", \(keys) }" }

    func write(_ entries: String...) throws { try write(entries) }

    private func write(_ entries: [String]) throws {
        let section = entries.isEmpty ? "" : "\nwarm: [\(entries.joined(separator: ", "))]\n"
        try (text + section).write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
    }

    func reload(_ entries: String...) async throws -> Int {
        try write(entries)
        return try await stage.admin("POST", "/admin/reload", "", on: daemon).status
    }

    private func jobs() async throws -> [JSONValue] {
        let answer = try await stage.admin("GET", "/admin/warm", "", on: daemon)
        return try JSONDocument(validating: answer.body).root["jobs"].map { Array($0.elements) } ?? []
    }

    /// Jobs of a schedule for these numbers.
    func count(of numbers: String) async throws -> Int {
        try await jobs().count {
            $0["selection"]?.string?.hasSuffix("/\(numbers)") == true && $0["schedule"]?.string != nil
        }
    }

    /// Waits until so many have been started.
    func expect(_ count: Int, of numbers: String) async throws {
        try await eventually(within: .seconds(30), "\(count) jobs for \(numbers) have been started") {
            try await self.count(of: numbers) >= count
        }
    }
}
