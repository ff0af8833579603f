import Caching
import EventLoops
import HTTPServing

/// Tells by server-sent events how jobs get on, to a bounded number of listeners.
///
/// Pinned to the fetch loop, which the admin listener is on, too.
actor WarmEvents {
    private static let maximumStreams = 32
    private static let period = Duration.milliseconds(500)
    private static let keepalive = Duration.seconds(15)

    private static let fields = [
        (name: "Content-Type", value: "text/event-stream"), (name: "Cache-Control", value: "no-store"),
        (name: "X-Accel-Buffering", value: "no"),
    ]

    private let loop: EventLoop
    private let jobs: WarmJobs
    private(set) var streams = 0

    init(loop: EventLoop, jobs: WarmJobs) {
        self.loop = loop
        self.jobs = jobs
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Sends a job's events until it is over or the client is gone.
    ///
    /// - Returns: what to answer in place of that; nil when it was answered.
    func serve(_ exchange: Exchange, of identifier: String) async throws(Problem) -> Response? {
        guard let first = try await jobs.report(of: identifier) else { throw .unknownJob(identifier) }
        // A browser that has seen the end would connect again and again; this tells it not to.
        if first.isOver, exchange.request.value(of: "last-event-id") == first.eventIdentifier {
            return Response(status: 204, fields: [("Cache-Control", "no-store")])
        }
        if exchange.request.method == .head { return Response(status: 200, fields: Self.fields) }
        guard streams < Self.maximumStreams else { throw .tooManyStreams }
        streams += 1
        defer { streams -= 1 }
        exchange.beginStreaming(status: 200, fields: Self.fields)
        do throws(ClientGone) {
            try await send(first, to: exchange)
            exchange.finishStreaming()
        } catch {
            // Nobody is left to be told.
        }
        return nil
    }

    private func send(_ first: WarmReport, to exchange: Exchange) async throws(ClientGone) {
        try await exchange.write(Array("retry: 2000\n\n".utf8))
        var report = first
        var last: [UInt8] = []
        var quiet = Duration.zero
        while true {
            let document = report.node.bytes
            if document != last || report.isOver {
                try await exchange.write(Self.event(report, document))
                (last, quiet) = (document, .zero)
            } else if quiet >= Self.keepalive {
                try await exchange.write(Array(": keepalive\n\n".utf8))
                quiet = .zero
            }
            guard !report.isOver else { return }
            await loop.sleep(for: Self.period)
            quiet += Self.period
            guard await !jobs.isStopped else { return }
            // A store that is away for a while is no end.
            if let news = try? await jobs.report(of: report.job.identifier) { report = news }
        }
    }

    private static func event(_ report: WarmReport, _ document: [UInt8]) -> [UInt8] {
        let name = report.isOver ? "end" : "progress"
        return Array("id: \(report.eventIdentifier)\nevent: \(name)\ndata: ".utf8) + document + Array("\n\n".utf8)
    }
}

extension Problem {
    fileprivate static let tooManyStreams = overloaded(
        "Too many clients follow warm jobs here; ask for the job itself, or later.", seconds: 5)
}
