import Caching
import EventLoops
public import Tokens

/// The reading end of the outbox: takes records from the stream in batches and hands them to the archive, each until
/// the archive has it. Any number of replicas may do so at once.
///
/// Three sources in this order: entries this consumer was given in an earlier life or whose removal failed, entries of
/// consumers that fell silent, new ones. One batch is under way at a time.
public actor RedisOutbox {
    private nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public internal(set) var statistics = Statistics()
    let options: Options
    let stream: OutboxStream
    let onEvent: @Sendable (Event) -> Void
    private let pause: InterruptiblePause
    private var hasGroup = false
    private var mayHoldEntries = true {
        didSet { pendingCursor = "0" }
    }
    private var pendingCursor = "0"
    private var claimCursor = "0-0"
    private var nextClaim: MonotonicTime?
    private var isRunning = false
    private var isDraining = false
    private var isStopped = false
    private var isEmptied = false
    private var ends: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - client: for everything but waiting; shared with others. Waiting uses a connection of its own.
    ///   - consumer: the name of this replica, the same after a restart if possible.
    ///   - onEvent: called on the loop.
    public init(
        client: RedisClient, keys: RedisKeys, consumer: String, options: Options = Options(),
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        loop = client.loop
        self.options = options
        self.onEvent = onEvent
        pause = InterruptiblePause(on: client.loop)
        stream = OutboxStream(client: client, reader: client.sibling(), key: keys.outbox, consumer: consumer)
    }

    /// Delivers until ``drain(within:)`` or ``stop()`` is called or the task is cancelled.
    ///
    /// - Parameter deliver: hands records of different tokens over, in the order of their tokens. When it throws, the
    ///   same records are offered again after a while; only after it has returned are they taken from the stream. It
    ///   must tolerate records that it has had before.
    public func run(deliver: @escaping @Sendable ([TokenRecord]) async throws -> Void) async {
        precondition(!isRunning, "An outbox is emptied by one task at a time.")
        isRunning = true
        await withTaskCancellationHandler {
            await work(deliver)
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.stop() } }
        }
        isRunning = false
        releaseWaiters()
    }

    /// Delivers what is in the stream now without waiting for more, then ends ``run(deliver:)``. True when nothing was
    /// left, false when `limit` came first: then ``run(deliver:)`` ends as soon as the delivery under way does.
    public func drain(within limit: Duration) async -> Bool {
        guard isRunning else { return isEmptied }
        isDraining = true
        mayHoldEntries = true
        interrupt()
        let timer = loop.schedule(after: limit) { [weak self] in
            self?.assumeIsolated { outbox in
                outbox.stop()
                outbox.releaseWaiters()
            }
        }
        await withCheckedContinuation { continuation in
            // The loop may have turned on the way here, and the work have ended.
            if isRunning { ends.append(continuation) } else { continuation.resume() }
        }
        timer.cancel()
        return isEmptied
    }

    /// Ends ``run(deliver:)`` as soon as the delivery under way has ended. What is undelivered stays in the stream.
    public func stop() {
        isStopped = true
        interrupt()
    }

    /// Lets go of the outbox after ``run(deliver:)`` has ended: its consumer is forgotten unless it holds entries, and
    /// its own connection closed. The shared client stays open.
    public func close() async {
        stop()
        do throws(OutboxStream.Fault) {
            try await stream.leave()
        } catch {
            report(error)
        }
        await stream.reader.close()
    }

    // MARK: Working

    private func work(_ deliver: @Sendable ([TokenRecord]) async throws -> Void) async {
        var backoff = Backoff()
        var ahead: OutboxBatch?
        while !isStopped {
            do throws(OutboxStream.Fault) {
                let batch: OutboxBatch
                if let ahead { batch = ahead } else { batch = try await nextBatch() }
                ahead = nil
                // One that is full of entries of another release says nothing of what lies behind them.
                if batch.isEmpty, room(in: batch) > 0, isDraining {
                    isEmptied = true
                    return
                }
                // While the archive works on one batch, the next is read.
                async let following = readAhead(of: batch)
                guard await handOver(batch, deliver) else { return }
                try await stream.remove(batch.identifiers)
                ahead = try await following.get()
                backoff.reset()
            } catch {
                report(error)
                // Whoever shuts down waits for no Redis that is away: what is in there others deliver.
                if isDraining, backoff.isLong { return }
                ahead = nil
                mayHoldEntries = true
                await wait(backoff.next())
            }
        }
    }

    /// What comes after a batch that was full; nil when that is for ``nextBatch()`` to find. What was read here and gets
    /// lost is pending, and found there too.
    private func readAhead(of batch: OutboxBatch) async -> Result<OutboxBatch?, OutboxStream.Fault> {
        guard !batch.isEmpty, room(in: batch) == 0, !isClaimDue else { return .success(nil) }
        do throws(OutboxStream.Fault) {
            var next = OutboxBatch()
            try await fill(&next)
            try await passOn(next.foreign)
            return .success(next.isEmpty ? nil : next)
        } catch {
            return .failure(error)
        }
    }

    private func report(_ fault: OutboxStream.Fault) {
        switch fault {
        case .groupMissing:
            if hasGroup { onEvent(.streamVanished) }
            hasGroup = false
        case .store(let error):
            onEvent(.streamFailed(error))
        }
    }

    /// False when the outbox was stopped before the batch was accepted.
    private func handOver(
        _ batch: OutboxBatch, _ deliver: @Sendable ([TokenRecord]) async throws -> Void
    ) async -> Bool {
        for entry in batch.unreadable {
            statistics.unreadable += 1
            onEvent(.unreadable(entry: entry.identifier, reason: entry.reason))
        }
        let records = batch.records
        if records.isEmpty { return true }
        var backoff = Backoff()
        while true {
            do {
                try await deliver(records)
                statistics.delivered += records.count
                statistics.batches += 1
                return true
            } catch {
                statistics.failedDeliveries += 1
                onEvent(.deliveryFailed(reason: "\(error)"))
            }
            if isStopped { return false }
            await wait(backoff.next())
            if isStopped { return false }
        }
    }

    // MARK: Reading

    private func nextBatch() async throws(OutboxStream.Fault) -> OutboxBatch {
        if !hasGroup {
            try await stream.createGroup()
            try await stream.forgetConsumers(idleFor: options.forgetAfter)
            hasGroup = true
        }
        var batch = OutboxBatch()
        try await collect(into: &batch)
        try await passOn(batch.foreign)
        return batch
    }

    private func collect(into batch: inout OutboxBatch) async throws(OutboxStream.Fault) {
        if mayHoldEntries {
            try await readPending(into: &batch)
            if !batch.isEmpty || room(in: batch) == 0 { return }
            mayHoldEntries = false
        }
        if isClaimDue {
            try await claim(into: &batch)
            if !batch.isEmpty || room(in: batch) == 0 { return }
        }
        try await readFresh(into: &batch)
    }

    /// Leaves entries to instances of the release that wrote them.
    private func passOn(_ foreign: [String]) async throws(OutboxStream.Fault) {
        if foreign.isEmpty { return }
        try await stream.passOn(foreign, asIdleFor: options.claimAfter)
        statistics.passedOn += foreign.count
    }

    private var isClaimDue: Bool { nextClaim.map { $0 <= loop.now } ?? true }

    /// Entries of another release take room, too: they are passed on together, and whoever finds many goes on behind them
    /// with the next batch.
    private func room(in batch: OutboxBatch) -> Int {
        guard batch.byteCount < options.batchBytes else { return 0 }
        return min(options.batchRows - batch.entryCount, OutboxStream.entriesPerReply)
    }

    private func readPending(into batch: inout OutboxBatch) async throws(OutboxStream.Fault) {
        while room(in: batch) > 0 {
            let entries = try await stream.pending(after: pendingCursor, count: room(in: batch))
            guard let end = entries.last else {
                // Once more from the beginning, unless there was nothing.
                pendingCursor = "0"
                return
            }
            for entry in entries { batch.add(entry) }
            pendingCursor = end.identifier
        }
    }

    private func claim(into batch: inout OutboxBatch) async throws(OutboxStream.Fault) {
        while room(in: batch) > 0 {
            let found = try await stream.claim(
                idleFor: options.claimAfter, from: claimCursor, count: room(in: batch)
            )
            claimCursor = found.next
            statistics.claimed += found.entries.count
            for entry in found.entries { batch.add(entry) }
            if claimCursor == "0-0" {
                nextClaim = loop.now + options.claimInterval
                return
            }
        }
    }

    /// Waits for a first entry, gives others the time to come, and takes what is there.
    private func readFresh(into batch: inout OutboxBatch) async throws(OutboxStream.Fault) {
        let isHurried = isDraining || isStopped
        let wanted = room(in: batch)
        let first = try await stream.fresh(count: wanted, block: isHurried ? nil : options.block)
        if first.isEmpty { return }
        for entry in first { batch.add(entry) }
        // More than one reply holds is there already, or may be.
        if first.count < wanted, room(in: batch) > 0, !isDraining { await wait(options.batchInterval) }
        try await fill(&batch)
    }

    /// Takes what is there, without waiting for more.
    private func fill(_ batch: inout OutboxBatch) async throws(OutboxStream.Fault) {
        while room(in: batch) > 0 {
            let entries = try await stream.fresh(count: room(in: batch), block: nil)
            if entries.isEmpty { return }
            for entry in entries { batch.add(entry) }
        }
    }

    // MARK: Waiting

    private func wait(_ delay: Duration) async {
        if isStopped { return }
        await pause.wait(delay)
    }

    private func interrupt() {
        pause.interrupt()
        // What a blocked read is given in this moment is pending, and found there.
        stream.reader.assumeIsolated { $0.reset() }
    }

    private func releaseWaiters() {
        for end in ends { end.resume() }
        ends = []
    }
}
