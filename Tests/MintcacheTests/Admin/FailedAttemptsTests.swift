import EventLoops
import Testing

@testable import Mintcache

@Suite struct `Wrong admin tokens` {
    private let attempts = FailedAttempts()

    private func client(_ text: String) throws -> ClientKey {
        ClientKey(try #require(SocketAddress(numericHost: text, port: 1)))
    }

    private func fail(_ client: ClientKey, _ times: Int, at now: Int64) {
        for _ in 0..<times { attempts.note(client, at: now) }
    }

    @Test func `are let pass five times in a minute, and then not before the minute is over`() throws {
        let client = try client("192.0.2.1")
        fail(client, 4, at: 1_000)
        #expect(attempts.wait(of: client, at: 2_000) == nil)
        attempts.note(client, at: 2_000)
        #expect(attempts.wait(of: client, at: 2_000) == 59)
        #expect(attempts.wait(of: client, at: 60_999) == 1)
        #expect(attempts.wait(of: client, at: 61_000) == nil)
    }

    @Test func `of one minute are not held against the next`() throws {
        let client = try client("192.0.2.1")
        fail(client, 4, at: 0)
        fail(client, 4, at: 60_000)
        #expect(attempts.wait(of: client, at: 60_000) == nil)
        attempts.note(client, at: 60_001)
        #expect(attempts.wait(of: client, at: 60_001) == 60)
    }

    @Test func `of one client shut out no other`() throws {
        fail(try client("192.0.2.1"), 9, at: 0)
        #expect(attempts.wait(of: try client("192.0.2.2"), at: 0) == nil)
        fail(try client("2001:db8::1"), 9, at: 0)
        // One subscriber has 64 bits of addresses to come from.
        #expect(attempts.wait(of: try client("2001:db8::2"), at: 0) != nil)
        #expect(attempts.wait(of: try client("2001:db8:0:1::1"), at: 0) == nil)
    }

    @Test func `of very many clients take a bounded table, and the latest are remembered`() throws {
        for number in 0..<FailedAttempts.capacity + 100 {
            let address = SocketAddress(bytes: [10, 0, UInt8(number >> 8), UInt8(number & 255)], port: 1)
            fail(ClientKey(try #require(address)), 5, at: Int64(number))
        }
        #expect(attempts.count == FailedAttempts.capacity)
        #expect(attempts.wait(of: try client("10.0.0.0"), at: 5_000) == nil)
        #expect(attempts.wait(of: try client("10.0.16.99"), at: 5_000) != nil)
    }
}

@Suite struct `The admin gate` {
    private let time = TimeSource()

    private func gate() throws -> AdminGate {
        let token = try AdminToken(configured: "the-right-token-of-all", file: "", log: silentLogger())
        return AdminGate(token: token, time: time)
    }

    private func peer() throws -> SocketAddress {
        try #require(SocketAddress(numericHost: "192.0.2.1", port: 1))
    }

    @Test func `listens to nobody who guessed wrong too often, not even with the right token`() throws {
        let gate = try gate()
        let peer = try peer()
        for _ in 0..<FailedAttempts.limit { #expect(gate.verdict(on: "Bearer wrong", from: peer) == .refused) }
        guard case .blocked(let seconds) = gate.verdict(on: "Bearer the-right-token-of-all", from: peer) else {
            return #expect(Bool(false), "let in")
        }
        #expect((59...60).contains(seconds))
        time.advance(by: .seconds(60))
        #expect(gate.verdict(on: "Bearer the-right-token-of-all", from: peer) == .admitted)
    }

    @Test func `shuts nobody out for asking without a token, or with the right one`() throws {
        let gate = try gate()
        let peer = try peer()
        for _ in 0..<20 {
            #expect(gate.verdict(on: nil, from: peer) == .refused)
            #expect(gate.verdict(on: "Bearer the-right-token-of-all", from: peer) == .admitted)
        }
    }
}
