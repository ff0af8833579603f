import EventLoops
import MintcacheTesting
import Testing
import Tokens
import UpstreamFetching

@testable import Mintcache

@Suite("Errors", .timeLimit(.minutes(2))) struct ErrorReportScenarios {
    @Test func `are reported to Sentry as an envelope of one event`() async throws {
        try await reported { bench in
            bench.reporter.report("the store is away", ["reason": "refused", "tries": "3"])
            let event = try #require(try await bench.events(1).first)
            #expect(event["logentry"]?["formatted"]?.string == "the store is away")
            #expect(event["level"]?.string == "error")
            #expect(event["platform"]?.string == "other")
            #expect(event["release"]?.string == "mintcache@1.2.3")
            #expect(event["environment"]?.string == "testing")
            #expect(event["server_name"]?.string == "one")
            #expect(event["extra"]?["reason"]?.string == "refused")
            #expect(event["extra"]?["tries"]?.string == "3")
            let request = try #require(bench.origin.lastRequest)
            #expect(request.method == "POST" && request.target == "/api/7/envelope/")
            #expect(request["content-type"] == "application/x-sentry-envelope")
            let words = try #require(request["x-sentry-auth"]).split { " ,".contains($0) }
            #expect(words.contains("Sentry") && words.contains("sentry_version=7") && words.contains("sentry_key=abc"))
        }
    }

    @Test func `of one kind are reported once a minute, with how many there were`() async throws {
        try await reported { bench in
            for _ in 0..<5 { bench.reporter.report("again", [:]) }
            bench.reporter.report("another", [:])
            _ = try await bench.events(2)
            bench.time.advance(by: .seconds(60))
            bench.reporter.report("again", [:])
            let events = try await bench.events(3)
            #expect(events.map { $0["logentry"]?["formatted"]?.string } == ["again", "another", "again"])
            #expect(events.map { $0["extra"]?["repetitions"]?.integer } == [0, 0, 4])
            #expect(bench.counters.repeatedErrors.current == 4)
        }
    }

    @Test func `are bounded in number by the minute`() async throws {
        try await reported { bench in
            for number in 0..<100 { bench.reporter.report("error \(number)", [:]) }
            _ = try await bench.events(ErrorReporter.perMinute)
            try await eventually("all are accounted for") {
                bench.counters.reportedErrors.current == UInt64(ErrorReporter.perMinute)
                    && bench.counters.droppedErrors.current == UInt64(100 - ErrorReporter.perMinute)
            }
            bench.time.advance(by: .seconds(60))
            bench.reporter.report("later", [:])
            _ = try await bench.events(ErrorReporter.perMinute + 1)
        }
    }

    @Test func `stay here for as long as Sentry wants to hear of none`() async throws {
        try await reported { bench in
            bench.origin.answers(429, ["X-Sentry-Rate-Limits: 120:error:organization"])
            bench.reporter.report("first", [:])
            try await eventually("it was refused") { bench.counters.droppedErrors.current == 1 }
            bench.time.advance(by: .seconds(119))
            bench.reporter.report("second", [:])
            #expect(bench.counters.droppedErrors.current == 2)
            bench.time.advance(by: .seconds(2))
            bench.reporter.report("third", [:])
            #expect(try await bench.events(2).last?["logentry"]?["formatted"]?.string == "third")
        }
    }

    @Test func `are written without line ends that could forge an item`() async throws {
        try await reported { bench in
            bench.reporter.report("hostile", ["name": "a\n{\"type\":\"event\"}\n\u{0}\u{2028}\""])
            let event = try #require(try await bench.events(1).first)
            #expect(event["extra"]?["name"]?.string == "a\n{\"type\":\"event\"}\n\u{0}\u{2028}\"")
        }
    }

    @Test func `that are logged are reported, and the DSN is shown nowhere`() async throws {
        let origin = try await ScriptedOrigin(time: TimeSource())
        origin.always(200, [], "{}")
        let redis = try await RedisServer.start()
        var options = Scene.Options(redis: redis.url)
        options.sections = ["telemetry: { sentry_dsn: \"http://topsecret@127.0.0.1:\(origin.port)/7\" }"]
        try await Scene.play(options) { scene in
            try await redis.stop()
            let purge = try await scene.admin("POST", "/admin/purge", body: #"{"everything":true}"#)
            #expect(purge.status == 503)
            let requests = try await origin.receivedWhole(1)
            #expect(requests.contains { $0.text.contains("a purge was not confirmed") })
            let shown = try await scene.admin("GET", "/admin/config").text + scene.admin("GET", "/admin/stats").text
            #expect(!shown.contains("topsecret"))
        }
        await origin.stop()
    }

    private func reported(_ scenario: (ReporterBench) async throws -> Void) async throws {
        let bench = try await ReporterBench()
        do {
            try await scenario(bench)
        } catch {
            await bench.end()
            throw error
        }
        await bench.end()
    }
}

/// A reporter, and the origin that stands for Sentry.
final class ReporterBench: Sendable {
    let time = TimeSource()
    let counters = TelemetryCounters()
    let origin: ScriptedOrigin
    let reporter: ErrorReporter
    private let loop: EventLoop
    private let client: UpstreamClient

    init() async throws {
        origin = try await ScriptedOrigin(time: time)
        origin.always(200, [], "{}")
        loop = try EventLoop(label: "errors")
        client = UpstreamClient(loop: loop)
        reporter = ErrorReporter(loop: loop, time: time, counters: counters, client: client)
        let dsn = try #require(SentryDSN("http://abc@127.0.0.1:\(origin.port)/7"))
        reporter.adopt(
            .init(dsn: dsn, origin: .init(release: "mintcache@1.2.3", environment: "testing", server: "one")))
    }

    func end() async {
        await client.shutdown()
        await origin.stop()
        loop.shutdown()
    }

    /// The events of all envelopes, in the order of arrival, read by the envelope's rules.
    func events(_ count: Int) async throws -> [JSONValue] {
        try await origin.receivedWhole(count).map { request in
            let parts = request.body.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
            try #require(parts.count == 3)
            let header = try JSONDocument(validating: Array(parts[0])).root
            let item = try JSONDocument(validating: Array(parts[1])).root
            let length = Int(try #require(item["length"]?.integer))
            #expect(item["type"]?.string == "event")
            #expect(parts[2].count == length + 1 && parts[2].last == 0x0A)
            let event = try JSONDocument(validating: Array(parts[2].prefix(length))).root
            let identifier = try #require(event["event_id"]?.string)
            #expect(identifier.count == 32 && identifier.allSatisfy(\.isHexDigit))
            #expect(header["event_id"]?.string == identifier)
            return event
        }
    }
}
