import Caching
import EventLoops
import MintcacheTesting
import RedisStore
import Testing
import Tokens

@Suite("Announcements of a fleet in Redis", .serialized, .timeLimit(.minutes(2)))
struct RedisFleetChannelTests {
    private let bench: Workbench
    private let server: RedisServer
    private let keys = RedisKeys(prefix: "t:")

    init() async throws {
        bench = try Workbench()
        server = try await RedisServer.start()
    }

    /// A channel with one listener, through a relay that can be made to misbehave.
    private final class Listening: Sendable {
        let proxy: ChaosProxy
        let channel: RedisFleetChannel
        let events = Collected<FleetEvent>()
        private let client: RedisClient
        private let task: Task<Void, Never>

        init(_ bench: Workbench, _ server: RedisServer, _ keys: RedisKeys) async throws {
            let proxy = try ChaosProxy(to: server.port)
            client = try bench.client("redis://127.0.0.1:\(proxy.port)") { $0.timeout = .milliseconds(250) }
            var options = RedisFleetChannel.Options()
            options.block = .milliseconds(100)
            channel = RedisFleetChannel(client: client, keys: keys, options: options)
            self.proxy = proxy
            task = Task { [channel, events] in await channel.listen { events.append($0) } }
            try await heard(.caughtUp, times: 1)
        }

        var numbers: [UInt64] {
            events.values.compactMap { if case .announced(.purged(let mark)) = $0 { mark.sequence } else { nil } }
        }

        func count(of event: FleetEvent) -> Int {
            events.values.count { $0 == event }
        }

        func heard(_ event: FleetEvent, times: Int = 1) async throws {
            try await eventually("\(event)") { count(of: event) >= times }
        }

        func heard(purge number: UInt64) async throws {
            try await heard(.announced(.sample(number)))
        }

        func end() async {
            task.cancel()
            await task.value
            await client.close()
        }
    }

    private func listening() async throws -> Listening { try await Listening(bench, server, keys) }

    @Test("come to all listeners in one order, whoever makes them")
    func order() async throws {
        let listeners = [try await listening(), try await listening(), try await listening()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, listener) in listeners.enumerated() {
                group.addTask {
                    for number in 0..<100 {
                        try await listener.channel.publish(.sample(UInt64(index * 1000 + number)))
                    }
                }
            }
            try await group.waitForAll()
        }
        for listener in listeners { try await eventually("300 announcements") { listener.numbers.count == 300 } }
        #expect(listeners[1].numbers == listeners[0].numbers)
        #expect(listeners[2].numbers == listeners[0].numbers)
        #expect(listeners[0].numbers.filter { $0 < 1000 } == (0..<100).map { UInt64($0) })
        for listener in listeners { await listener.end() }
    }

    @Test("come back as they were made")
    func kinds() async throws {
        let listener = try await listening()
        let reference = try TokenRecord.sample(7).reference
        let contract = FleetSubject.contract(reference.chain, reference.contract)
        let made: [Announcement] = [
            .landed(.token(reference), .stored(moment: 1_700_000_000_000)), .landed(.token(reference), .givenUp),
            .landed(.token(reference), .failed([0, 255, 13, 10])), .landed(contract, .failed([])),
            .landed(contract, .stored(moment: 7)), .sample(.max),
            .purged(PurgeMark(sequence: 9, scope: .token(reference), isSoft: true, moment: 1_700_000_000_000)),
            .purged(PurgeMark(sequence: 9, scope: .url("/a b?c=ü", route: "r"), isSoft: false, moment: 0)),
            .acknowledged(sequence: 3, instance: "a name / of any kind"),
            .invalidated([0, 10, 255], instance: "a name / of any kind"),
            .invalidated([7], instance: "a", isRepeated: true),
        ]
        for announcement in made { try await listener.channel.publish(announcement) }
        try await eventually("all of them") { listener.events.values.count == 1 + made.count }
        #expect(listener.events.values == [.caughtUp] + made.map { .announced($0) })
        await listener.end()
    }

    @Test("do not reach who listens only later")
    func later() async throws {
        let first = try await listening()
        try await first.channel.publish(.sample(1))
        let second = try await listening()
        try await first.channel.publish(.sample(2))
        try await second.heard(purge: 2)
        #expect(second.numbers == [2])
        await first.end()
        await second.end()
    }

    @Test("of a newer release are passed over")
    func newer() async throws {
        let listener = try await listening()
        try await server.command("XADD", keys.fleet, "*", "kind", "celebrated", "colour", "gold")
        try await server.command("XADD", keys.fleet, "*", "kind", "purged", "sequence", "many")
        try await server.command(
            "XADD", keys.fleet, "*", "kind", "purged", "sequence", "5", "scope", "tag a", "strength", "hard", "moment",
            "0", "colour", "gold")
        try await listener.heard(purge: 5)
        #expect(listener.events.values == [.caughtUp, .announced(.sample(5))])
        #expect(await listener.channel.statistics.unknown == 2)
        await listener.end()
    }

    @Test("of purges that only a newer release understands are purges of everything")
    func newerPurges() async throws {
        let listener = try await listening()
        for (scope, strength) in [("galaxy eipFFF:1", "soft"), ("tag a", "gentle")] {
            try await server.command(
                "XADD", keys.fleet, "*", "kind", "purged", "sequence", "5", "scope", scope, "strength", strength,
                "moment",
                "7")
        }
        try await eventually("both are heard") { listener.events.values.count == 3 }
        let everything = PurgeMark(sequence: 5, scope: .everything, isSoft: false, moment: 7)
        let ofTag = PurgeMark(sequence: 5, scope: .tag("a"), isSoft: false, moment: 7)
        #expect(listener.events.values.dropFirst() == [.announced(.purged(everything)), .announced(.purged(ofTag))])
        await listener.end()
    }

    @Test("that were made while a listener's connection was cut come afterwards, and nothing counts as missed")
    func cut() async throws {
        let (listener, other) = (try await listening(), try await listening())
        try await other.channel.publish(.sample(1))
        try await listener.heard(purge: 1)
        try listener.proxy.set(.refuse)
        try await listener.heard(.lost)
        for number: UInt64 in 2...40 { try await other.channel.publish(.sample(number)) }
        try listener.proxy.set(.pass)
        try await listener.heard(purge: 40)
        #expect(listener.numbers == Array(1...40))
        #expect(listener.count(of: .gap) == 0)
        let end = listener.events.values.suffix(41)
        #expect(end.first == .lost && end.dropFirst().first == .caughtUp)
        await listener.end()
        await other.end()
    }

    @Test("are known to be late when a connection swallows everything, and come when it lets go")
    func swallowed() async throws {
        let (listener, other) = (try await listening(), try await listening())
        try listener.proxy.set(.hang)
        try await other.channel.publish(.sample(1))
        try await listener.heard(.lost)
        #expect(listener.numbers.isEmpty)
        #expect(await listener.channel.statistics.fault != nil)
        try listener.proxy.set(.pass)
        try await listener.heard(purge: 1)
        let events = listener.events.values
        #expect(events.first == .caughtUp && events.last == .announced(.sample(1)))
        // On a busy machine the first ping after the silence may be late, too.
        #expect(events.dropFirst().dropLast().enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? .lost : .caughtUp) })
        try await eventually("nothing is amiss") { await listener.channel.statistics.fault == nil }
        await listener.end()
        await other.end()
    }

    @Test("that were trimmed away before a listener came back are a gap, and what is left is still heard")
    func trimmed() async throws {
        let (listener, other) = (try await listening(), try await listening())
        try listener.proxy.set(.hang)
        try await listener.heard(.lost)
        for number: UInt64 in 1...9 { try await other.channel.publish(.sample(number)) }
        try await server.command("XTRIM", keys.fleet, "MAXLEN", "3")
        try listener.proxy.set(.pass)
        try await listener.heard(purge: 9)
        #expect(listener.numbers == [7, 8, 9])
        #expect(listener.count(of: .gap) == 1)
        await listener.end()
        await other.end()
    }

    @Test("leave a gap when all data are thrown away, also while nobody says anything")
    func flushed() async throws {
        let listener = try await listening()
        try await server.command("FLUSHALL")
        try await listener.heard(.gap)
        try await listener.channel.publish(.sample(1))
        try await listener.heard(purge: 1)
        #expect(listener.count(of: .gap) == 1)
        await listener.end()
    }

    @Test("leave a gap when the server comes back empty")
    func restarted() async throws {
        let listener = try await listening()
        try await server.restart()
        try await listener.heard(.gap)
        try await eventually("an announcement is taken") {
            (try? await listener.channel.publish(.sample(1))) != nil
        }
        try await listener.heard(purge: 1)
        await listener.end()
    }

    @Test("are not vouched for from the start when the server is not there")
    func absent() async throws {
        try await server.stop()
        let client = try bench.client(server.url) { $0.timeout = .milliseconds(250) }
        let channel = RedisFleetChannel(client: client, keys: keys)
        let events = Collected<FleetEvent>()
        let task = Task { await channel.listen { events.append($0) } }
        try await eventually("it is lost") { events.values == [.lost] }
        await #expect(throws: StoreError.self) { try await channel.publish(.sample(1)) }
        try await server.start()
        try await eventually("it is there") { events.values == [.lost, .caughtUp] }
        task.cancel()
        await task.value
        await client.close()
    }
}

extension Announcement {
    /// A purge with this number.
    fileprivate static func sample(_ number: UInt64) -> Announcement {
        .purged(PurgeMark(sequence: number, scope: .tag("a"), isSoft: false, moment: 0))
    }
}
