import Foundation
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("The command line", .timeLimit(.minutes(3))) struct CommandScenarios {
    @Test func `explains a token for people and for scripts`() async throws {
        try await Terminal.play { terminal in
            let people = try await terminal.run("explain", "demo", terminal.contract("Orchard"), "1")
            #expect(people.exit == .code(0))
            #expect(people.output.contains("document from onchain in "))
            #expect(people.output.contains("fresh until 20"))
            for step in ["rpc", "calls", "token-uri", "locate", "document", "read"] {
                #expect(people.output.contains("  \(step) "), "\(step)")
            }
            let script = try await terminal.run("explain", "--json", terminal.scene.asset("Orchard", 1))
            #expect(script.exit == .code(0))
            let root = try JSONDocument(validating: Array(script.output.utf8)).root
            #expect(root["outcome"]?.string == "document")
        }
    }

    @Test func `says by its exit code that a token could not be had`() async throws {
        try await Terminal.play { terminal in
            let missing = try await terminal.run("explain", "demo", terminal.contract("Ember"), "1")
            #expect(missing.exit == .code(1))
            #expect(missing.errors.contains("no such token"))
            #expect(missing.errors.split(separator: "\n").count == 1)
        }
    }

    @Test func `shows where a token is held, and by its exit code whether`() async throws {
        try await Terminal.play { terminal in
            let before = try await terminal.run("entries", terminal.scene.asset("Orchard", 1))
            #expect(before.exit == .code(1))
            _ = try await terminal.scene.get(terminal.scene.path("Orchard", 1))
            let after = try await terminal.run("entries", terminal.scene.asset("Orchard", 1))
            #expect(after.exit == .code(0))
            #expect(after.output.contains("representation"))
        }
    }

    @Test func `refreshes tokens and counts what failed`() async throws {
        try await Terminal.play { terminal in
            let scene = terminal.scene
            let good = try await terminal.run("refresh", scene.asset("Orchard", 1))
            #expect(good.exit == .code(0))
            #expect(good.output.contains("1 fetched"))
            let bad = try await terminal.run("refresh", "--json", scene.asset("Orchard", 1), scene.asset("Ember", 1))
            #expect(bad.exit == .code(1))
            let root = try JSONDocument(validating: Array(bad.output.utf8)).root
            #expect(root["failed"]?.integer == 1)
        }
    }

    @Test func `purges tokens, contracts and everything`() async throws {
        try await Terminal.play { terminal in
            let scene = terminal.scene
            let contract = terminal.contract("Orchard")
            let scopes = [
                [scene.asset("Orchard", 1)], ["--chain", "demo", "--contract", contract], ["--everything"],
            ]
            for scope in scopes {
                _ = try await scene.get(scene.path("Orchard", 1))
                let purge = try await terminal.run("purge", "--json", arguments: scope)
                #expect(purge.exit == .code(0), "\(scope): \(purge.errors)")
                #expect(try JSONDocument(validating: Array(purge.output.utf8)).root["soft"]?.boolean == false)
                #expect(try await scene.entries("Orchard", 1)["held"]?.boolean == false, "\(scope)")
            }
            let unknown = try await terminal.run("purge", "--route", "none")
            #expect(unknown.exit == .code(1))
            #expect(unknown.errors.contains("There is no route none"))
        }
    }

    @Test func `signs a wallet out`() async throws {
        try await Terminal.play { terminal in
            let wallet = TestWallet(1).address
            let people = try await terminal.run("sign-out", wallet)
            #expect(people.exit == .code(0))
            #expect(people.output == "wallet_address  \(wallet)\nended           0\n")
            let script = try await terminal.run("sign-out", "--json", wallet)
            #expect(script.output == #"{"wallet_address":"\#(wallet)","ended":0}"# + "\n")
            let mistyped = try await terminal.run("sign-out", "0x" + wallet.dropFirst(2).uppercased().dropLast() + "f")
            #expect(mistyped.exit == .code(2) && mistyped.errors.contains("EIP-55"), "\(mistyped.errors)")
        }
    }

    @Test func `shows the statistics for people and for scripts`() async throws {
        try await Terminal.play { terminal in
            let people = try await terminal.run("stats")
            #expect(people.exit == .code(0))
            #expect(people.output.contains("uptime_seconds"))
            let script = try await terminal.run("stats", "--json")
            #expect(try JSONDocument(validating: Array(script.output.utf8)).root["gauges"] != nil)
        }
    }

    @Test(arguments: [
        ["explain"], ["explain", "a", "b"], ["explain", "demo", "0x1", "../../reload"], ["entries", "nonsense"],
        ["refresh"], ["stats", "--nonsense"], ["sign-out"], ["sign-out", "nobody"], ["purge"],
        ["purge", "--everything", "--tag", "a"],
        ["warm"], ["warm", "a", "--supply"], ["warm", "--supply"], ["warm", "--chain", "demo", "--contract", "x"],
        ["warm", "--list", "--cancel", "x"], ["warm", "--cancel", "../x"], ["warm", "a", "--file", "-"],
        ["purge", "--chain", "demo"], ["purge", "--everything", "--url", "/a"],
    ])
    func `tells wrong usage by exit code 2`(arguments: [String]) async throws {
        let process = try ChildProcess(.init(Repository.program("mintcache"), arguments))
        #expect(try await process.wait(within: .seconds(30)) == .code(2))
        #expect(process.standardOutput.isEmpty)
    }

    @Test func `tells in one line that nobody answers, or that the token is wrong`() async throws {
        try await Terminal.play { terminal in
            let wrong = try await terminal.run("stats", token: "another-token-than-that")
            #expect(wrong.exit == .code(1))
            #expect(wrong.errors.contains("status 401"))
            #expect(!wrong.errors.contains("another-token-than-that"))
            await terminal.scene.proxy.stop()
            let nobody = try await terminal.run("stats")
            #expect(nobody.exit == .code(1))
            #expect(nobody.errors.contains("no answer from http://127.0.0.1:"))
            #expect(nobody.errors.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `prints completions for shells`(shell: String) async throws {
        let command = ChildProcess.Command(
            Repository.program("mintcache"), ["--generate-completion-script", shell])
        let script = try await ChildProcess.run(command)
        for name in ["explain", "entries", "purge", "refresh", "sign-out", "stats", "warm"] {
            #expect(script.contains(name))
        }
    }
}

/// The program's commands, run against a scene's proxy.
struct Terminal {
    struct Result {
        let exit: ChildProcess.Exit
        let output: String
        let errors: String
    }

    let scene: Scene
    let folder: TemporaryDirectory

    static func play(_ scenario: (Terminal) async throws -> Void) async throws {
        try await Scene.play { scene in
            try await scenario(Terminal(scene: scene, folder: try TemporaryDirectory()))
        }
    }

    func contract(_ name: String) -> String { scene.contract(name).checksummed }

    func run(
        _ words: String..., arguments: [String] = [], token: String = Scene.adminToken
    ) async throws -> Result {
        let text = "admin: { listen: \"\(scene.proxy.adminAddress)\", token: \"\(token)\" }\n"
        let file = try folder.write(text, to: "commands.yaml")
        let process = try ChildProcess(.init(Repository.program("mintcache"), words + arguments + ["--config", file]))
        let exit = try await process.wait(within: .seconds(30))
        return Result(exit: exit, output: process.standardOutput, errors: process.standardError)
    }
}
