import EventLoops

/// Counts how a client fares and tells whoever runs the program, at most once a second about the same thing. Confined
/// to a loop.
final class ClientLedger {
    /// Refused commands that were not told of yet.
    private struct Refusal {
        var count = 0
        var toldAt: MonotonicTime?
    }

    private static let silence = Duration.seconds(1)

    var statistics = RedisClient.Statistics()
    private let loop: EventLoop
    private let onEvent: @Sendable (RedisClient.Event) -> Void
    private var lastLoss: (error: RedisError, at: MonotonicTime)?
    private var owesConnection = true
    private var refusals: [String: Refusal] = [:]

    init(on loop: EventLoop, _ onEvent: @escaping @Sendable (RedisClient.Event) -> Void) {
        self.loop = loop
        self.onEvent = onEvent
    }

    func connected() {
        statistics.connections += 1
        guard owesConnection else { return }
        owesConnection = false
        onEvent(.connected)
    }

    func lost(_ error: RedisError) {
        if let lastLoss, lastLoss.error == error, loop.now - lastLoss.at < Self.silence { return }
        lastLoss = (error, loop.now)
        owesConnection = true
        onEvent(.lost(error))
    }

    /// Notes errors among replies that say more than that a command was wrong.
    func note(_ replies: [RedisReply]) {
        for reply in replies {
            guard let error = reply.serverError else { continue }
            switch error.meaning {
            case .outOfMemory, .writesStopped, .readOnly: statistics.refusedWrites += 1
            case .permission: statistics.deniedCommands += 1
            case .unavailable, .credentials, .full, .redirection, .clusterDown, .command: continue
            }
            tell(error.code)
        }
    }

    private func tell(_ code: String) {
        var refusal = refusals[code] ?? Refusal()
        refusal.count += 1
        if refusal.toldAt.map({ loop.now - $0 >= Self.silence }) ?? true {
            onEvent(.refusing(code: code, commands: refusal.count))
            refusal = Refusal(toldAt: loop.now)
        }
        refusals[code] = refusal
    }
}
