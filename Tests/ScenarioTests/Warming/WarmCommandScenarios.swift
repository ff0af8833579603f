import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The command that warms", .timeLimit(.minutes(3))) struct WarmCommandScenarios {
    private func object(_ text: String) throws -> JSONValue { try JSONDocument(validating: Array(text.utf8)).root }

    @Test func `warms a range, and tells how it went`() async throws {
        try await Terminal.play { terminal in
            let range = ["--chain", "demo", "--contract", terminal.contract("Orchard"), "--from", "0", "--to", "19"]
            let warm = try await terminal.run("warm", arguments: range)
            #expect(warm.exit == .code(0), "\(warm.errors)")
            #expect(warm.output.contains("finished: 20 of 20, 20 fetched, 0 already fresh, 0 failed"))
            let again = try await terminal.run("warm", "--json", arguments: range)
            #expect(try object(again.output)["already_fresh"]?.integer == 20)
        }
    }

    @Test func `counts a supply without fetching it`() async throws {
        try await Terminal.play { terminal in
            let run = try await terminal.run(
                "warm", "--chain", "demo", "--contract", terminal.contract("Driftwood"), "--supply", "--dry-run")
            #expect(run.exit == .code(0), "\(run.errors)")
            #expect(run.output.contains("1000 to fetch") && run.output.contains("upstream calls"))
            #expect(terminal.scene.documentRequests == 0)
        }
    }

    @Test func `reads tokens from a file, and fails when one did`() async throws {
        try await Terminal.play { terminal in
            let scene = terminal.scene
            let lines = "\"\(scene.asset("Orchard", 1))\"\n\"\(scene.asset("Ember", 1))\"\n"
            let file = try terminal.folder.write(lines, to: "tokens.ndjson")
            let run = try await terminal.run("warm", "--json", "--file", file, "--concurrency", "1")
            #expect(run.exit == .code(1))
            let job = try object(run.output)
            let again = "mintcache warm --retry \(job["id"]?.string ?? "") tries again"
            #expect(run.errors == "mintcache: 1 token failed; \(again)\n")
            #expect(job.counts("fetched", "failed", "concurrency") == [1, 1, 1])
            let retry = try await terminal.run("warm", "--json", "--retry", job["id"]?.string ?? "")
            #expect(retry.exit == .code(1))
            #expect(try object(retry.output)["total"]?.integer == 1)
            let missing = try await terminal.run("warm", "--file", "/nowhere")
            #expect(missing.exit == .code(1) && missing.errors.contains("/nowhere cannot be read"))
            let empty = try await terminal.run("warm", "--file", try terminal.folder.write("", to: "none"))
            #expect(empty.exit == .code(1) && empty.errors.contains("none is empty"))
        }
    }

    @Test func `starts a job and leaves it, lists it and cancels it`() async throws {
        try await Terminal.play { terminal in
            let start = try await terminal.run(
                "warm", "--detach", "--chain", "demo", "--contract", terminal.contract("Orchard"), "--from", "0",
                "--to",
                "9999", "--rate", "5")
            #expect(start.exit == .code(0), "\(start.errors)")
            let identifier = start.output.trimmingCharacters(in: .newlines)
            let list = try await terminal.run("warm", "--list")
            #expect(list.output.contains(identifier) && list.output.contains("/0-9999"))
            let cancel = try await terminal.run("warm", "--cancel", identifier)
            #expect(cancel.exit == .code(0) && cancel.output.contains("cancelled"))
            let all = try object(try await terminal.run("warm", "--list", "--json").output)
            #expect(all["jobs"]?.elements.map { $0["state"]?.string } == ["cancelled"])
            let unknown = try await terminal.run("warm", "--cancel", "0123456789abcdef")
            #expect(unknown.exit == .code(1) && unknown.errors.contains("There is no warm job"))
        }
    }

    @Test func `tells why tokens failed`() async throws {
        try await Terminal.play { terminal in
            let run = try await terminal.run(
                "warm", terminal.scene.asset("Orchard", 1), terminal.scene.asset("Ember", 1))
            #expect(run.exit == .code(1))
            #expect(run.output.contains("\n  1 × ") && run.output.contains("/1)"), "\(run.output)")
        }
    }

    @Test func `takes no options of a new job for an old one`() async throws {
        try await Terminal.play { terminal in
            for option in [["--rate", "5"], ["--concurrency", "2"], ["--dry-run"], ["--refresh"]] {
                let run = try await terminal.run("warm", arguments: ["--retry", "0123456789abcdef"] + option)
                #expect(run.exit == .code(2) && run.errors.contains("take no options"), "\(run.errors)")
            }
        }
    }

    @Test func `fills the caches from the archive`() async throws {
        try await Terminal.play { terminal in
            _ = try await terminal.run("warm", terminal.scene.asset("Orchard", 1))
            let asked = terminal.scene.upstream.counters
            let run = try await terminal.run("warm", "--archive")
            #expect(run.exit == .code(0) && run.output.contains("finished: 1 of 1"), "\(run.errors)")
            #expect(terminal.scene.upstream.counters == asked)
        }
    }
}
