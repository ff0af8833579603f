import Foundation
import Testing

@testable import EventLoops
@testable import UpstreamFetching

@Suite("Private addresses behind strangers' URLs")
struct AddressGuardScenarios {
    /// Ways to write this machine, and schemes that would reach it. PORT is a listener's that must never be called.
    static let spellings = [
        "http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/",
        "http://foo.localhost:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://2130706433:PORT/",
        "http://0x7f000001:PORT/", "http://0x7f.1:PORT/", "http://0x7f.0x0.0x0.0x1:PORT/", "http://0177.0.0.1:PORT/",
        "http://017700000001:PORT/", "http://127.0.0.1.:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/",
        "http://127.127.127.127:PORT/", "http://0000177.0.0.1:PORT/", "http://127.0.0.01:PORT/",
        "http://127.00.00.1:PORT/", "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
        "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/",
        "http://[fe80::1%25lo]:PORT/", "http://①②⑦.⓪.⓪.①:PORT/", "http://127。0。0。1:PORT/", "http://１２７.0.0.1:PORT/",
        "http://127．0．0．1:PORT/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/", "http://%31%32%37.0.0.1:PORT/", "http://127%2e0.0.1:PORT/",
        "http://%6c%6f%63%61%6c%68%6f%73%74:PORT/", "http:/127.0.0.1:PORT/", "http:///127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT/", "http://user@127.0.0.1:PORT/",
        "http://public.test@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@public.test/",
        "http://public.test#@127.0.0.1:PORT/", "http://public.test?@127.0.0.1:PORT/", "//127.0.0.1:PORT/",
        "127.0.0.1:PORT/", "HTTP://127.0.0.1:PORT/", "hTTp://127.0.0.1:PORT", "http://127.0.0.1:0000PORT/",
        "gopher://127.0.0.1:PORT/_GET%20/", "dict://127.0.0.1:PORT/x", "ftp://127.0.0.1:PORT/",
        "telnet://127.0.0.1:PORT/", "ldap://127.0.0.1:PORT/", "file:///etc/passwd", "http://\t127.0.0.1:PORT/",
        "http://127.0.0.1\u{0}.public.test:PORT/", "http://public.test:PORT/", "http://mixed.test:PORT/",
        "http://\u{200B}127.0.0.1:PORT/", "http://127.0.0.1\u{2025}:PORT/", "http://loc\u{AD}alhost:PORT/",
    ]

    /// Whatever a name is, it leads home; one mixes in a public address.
    private static let names = ["mixed.test": "93.184.216.34,127.0.0.1", "*": "127.0.0.1"]

    private func ports(_ port: UInt16) -> (inout UpstreamOptions) -> Void {
        { options in
            options.permittedPorts.insert(port)
            // So that a refusal cannot be a breaker's.
            options.breaker.failures = 1000
        }
    }

    @Test func `no spelling of a private address is ever connected to`() async throws {
        let canary = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { canary.stop() }
        try await withClient(ports(canary.port), names: Self.names) { client in
            for spelling in Self.spellings {
                let url = spelling.replacingOccurrences(of: "PORT", with: "\(canary.port)")
                let failure = await failure(of: client, UpstreamRequest(url, trust: .untrusted))
                let kind = try #require(failure?.kind, "\(spelling)")
                #expect(kind == .refusedAddress || kind == .refusedURL, "\(spelling): \(kind)")
            }
            #expect(await client.counters().connectionsOpened == 0)
        }
        #expect(canary.record.connections == 0)
    }

    @Test func `the same spellings do reach the listener when the operator wrote them`() async throws {
        let canary = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { canary.stop() }
        var reached = 0
        try await withClient(ports(canary.port), names: ["*": "127.0.0.1"]) { client in
            // But for two that would leave this machine.
            for spelling in Self.spellings where !spelling.contains("64:ff9b") && !spelling.contains("2002:") {
                let url = spelling.replacingOccurrences(of: "PORT", with: "\(canary.port)")
                var request = UpstreamRequest(url, trust: .configured)
                request.timeout = .seconds(1)
                if (try? await client.fetch(request).status) == 200 { reached += 1 }
            }
        }
        #expect(reached >= 30)
    }

    @Test func `E-115 an address that moved after it was vetted is refused at the socket`() async throws {
        let canary = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { canary.stop() }
        let url = try UpstreamURL(parsing: "http://rebind.test:\(canary.port)/")
        let home = try #require(SocketAddress(numericHost: "127.0.0.1", port: canary.port))
        let outcome = try await Self.transfer(url, pins: [home], rule: .globalOnly, after: [])
        #expect(outcome == [.failed(.refusedAddress)])
        #expect(canary.record.connections == 0)
    }

    @Test func `an open connection is held against the rules of the request that would use it`() async throws {
        let canary = try ScriptedOrigin.answering { _ in ok("inside") }
        defer { canary.stop() }
        let url = try UpstreamURL(parsing: "http://shared.test:\(canary.port)/")
        let home = try #require(SocketAddress(numericHost: "127.0.0.1", port: canary.port))
        let outcome = try await Self.transfer(url, pins: [home], rule: .globalOnly, after: [.anything, .anything])
        #expect(outcome == [.status(200), .status(200), .failed(.refusedAddress)])
        #expect(canary.record.connections == 1)
        #expect(canary.record.requests.count == 2)
    }

    enum Outcome: Equatable {
        case status(Int)
        case failed(FetchFailure.Kind)
    }

    /// Runs transfers one after another on one multi handle, below the layer that vets addresses.
    private static func transfer(
        _ url: UpstreamURL, pins: [SocketAddress], rule: AddressGate.Rule, after earlier: [AddressGate.Rule]
    ) async throws -> [Outcome] {
        let loop = try EventLoop(label: "test")
        defer { loop.shutdown() }
        return try await TransferBench(loop).run(url, pins: pins, rules: earlier + [rule])
    }
}

/// A multi handle and nothing above it.
private actor TransferBench {
    private let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    func run(
        _ url: UpstreamURL, pins: [SocketAddress], rules: [AddressGate.Rule]
    ) async throws -> [AddressGuardScenarios.Outcome] {
        let multi = MultiHandle(loop: loop, idleConnections: 4)
        defer { multi.close(.closed, "") }
        var outcomes: [AddressGuardScenarios.Outcome] = []
        for rule in rules {
            let message = FetchMessage(method: .get, fields: [], body: [], pace: PaceLimits(), userAgent: "test")
            let plan = TransferPlan(
                url: url, message: .fetch(message), pins: pins,
                gate: AddressGate(rule: rule, denied: [], port: url.port), connectTimeout: .seconds(2),
                certificateAuthorityFile: nil, needsNewConnection: false)
            let transfer = try Transfer(plan, sink: BodyCollector(limit: 1000, isHead: false))
            let wait = Wait<Result<TransferResult, FetchFailure>>()
            transfer.onEnd = { wait.resume($0) }
            try multi.start(transfer)
            let timer = loop.schedule(after: .seconds(10)) {
                wait.resume(.failure(FetchFailure(.timeout, "", "")))
            }
            switch await wait.value(ifCancelled: .failure(FetchFailure(.cancelled, "", ""))) {
            case .success(let result): outcomes.append(.status(result.status))
            case .failure(let failure): outcomes.append(.failed(failure.kind))
            }
            timer.cancel()
        }
        return outcomes
    }
}
