import Caching
import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// One batch on its way: what memory holds is there at once, everything else is asked for together, and each token is
/// written when it is there and its turn has come.
///
/// Bounded: so many bytes of tokens wait to be written, and no more. One that comes when there is no room is let go of
/// and asked for again in its turn, when a tier has it. Pinned to the client's loop.
actor BatchAnswer {
    /// How the client wants it.
    struct Manner: Sendable {
        var format: BatchFormat
        /// How long it waits; zero for what any tier holds.
        var patience: Duration
        /// Whether sources are asked for what no tier holds.
        var asksSources: Bool
        /// Bytes of tokens that may wait to be written.
        var budget: Int
        /// Whether the body is compressed.
        var isCompressed: Bool
        /// Of the head, each with its CRLF.
        var fields: [UInt8]
    }

    private enum Slot {
        case unasked
        case waiting(FlightWaiter)
        case lookingUp
        case held(BatchDelivery)
        /// It was there, and there was no room.
        case letGo
        case written
    }

    /// Tokens that are looked up in the tiers at a time when no flight is waited for.
    private static let lanes = 32
    private static let pieceSize = 32 << 10

    private let loop: EventLoop
    private let exchange: Exchange
    private let handler: LoopBound<PublicHandler>
    private let shared: PublicHandler.Shared
    private let request: BatchRequest
    private let manner: Manner
    private let gzip: LoopBound<GzipStream>?

    private var slots: [Slot]
    /// Where each token is asked for; what has been written is taken out.
    private var places: [[Int]]
    private var nextUnasked = 0
    private var waiting = 0
    private var heldBytes = 0
    /// Tokens that are there, in the order in which they came, and those that were let go of. For lines.
    private var arrivals: [Int] = []
    private var lettingGo: [Int] = []
    /// The token whose turn it is.
    private var awaited: Int?
    private var isOver: Bool
    private var isGone = false
    private var hasNews = false
    private var reader: CheckedContinuation<Void, Never>?
    private var timer: LoopTimer?
    private var output: [UInt8] = []
    private var sent = 0

    init(
        _ request: BatchRequest, _ manner: Manner, for exchange: Exchange, on loop: EventLoop,
        _ handler: LoopBound<PublicHandler>, _ shared: PublicHandler.Shared
    ) {
        self.loop = loop
        self.exchange = exchange
        self.handler = handler
        self.shared = shared
        self.request = request
        self.manner = manner
        gzip = manner.isCompressed ? GzipStream().map { LoopBound($0, on: loop) } : nil
        slots = Array(repeating: .unasked, count: request.tokens.count)
        places = Array(repeating: [], count: request.tokens.count)
        for (index, item) in request.items.enumerated() {
            if case .token(let slot) = item { places[slot].append(index) }
        }
        isOver = manner.patience <= .zero || !manner.asksSources
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Writes the whole answer. Returns how many octets of body were sent.
    func run() async -> Int {
        exchange.onCancel = { self.assumeIsolated { $0.clientLeft() } }
        begin()
        lookInMemory()
        if isOver { lookInTiers() } else { askForEverything() }
        do throws(ClientGone) {
            switch manner.format {
            case .json: try await writeInOrder()
            case .lines: try await writeAsReady()
            }
            output += manner.format.end
            try await send(flushing: false)
            if let gzip { try await write(gzip.value.finish()) }
            exchange.finishStreaming()
        } catch {
            shared.metrics.abandonedRequests.increment()
        }
        end()
        return sent
    }

    private func begin() {
        var fields = manner.fields
        if gzip != nil { fields += Array("Content-Encoding: gzip\r\n".utf8) }
        exchange.beginStreaming(StreamHead(status: 200, fields: fields, content: .unknown))
        output += manner.format.beginning
    }

    /// Nobody waits any more; the flights go on.
    private func end() {
        timer?.cancel()
        timer = nil
        exchange.onCancel = nil
        let identifiers = slots.compactMap { if case .waiting(let waiter) = $0 { waiter.identifier } else { nil } }
        shared.batchPlaces.giveBack(identifiers.count)
        guard !identifiers.isEmpty else { return }
        slots = []
        let board = shared.board
        shared.fetchLoop.execute { board.assumeIsolated { board in identifiers.forEach { board.leave($0) } } }
    }

    private func clientLeft() {
        isGone = true
        wake()
    }

    // MARK: Writing

    private func writeInOrder() async throws(ClientGone) {
        for (index, item) in request.items.enumerated() {
            switch item {
            case .refused(let problem):
                manner.format.append(problem, at: index, isFirst: index == 0, to: &output)
            case .token(let slot):
                let delivery = try await delivery(for: slot)
                append(delivery, slot, at: index)
                places[slot].removeFirst()
                if places[slot].isEmpty { release(slot, delivery) }
            }
            if output.count >= Self.pieceSize { try await send(flushing: false) }
        }
    }

    private func writeAsReady() async throws(ClientGone) {
        for (index, item) in request.items.enumerated() {
            if case .refused(let problem) = item {
                manner.format.append(problem, at: index, isFirst: false, to: &output)
            }
        }
        var left = request.tokens.count
        while left > 0 {
            guard !arrivals.isEmpty else {
                if !lettingGo.isEmpty { askAgain(lettingGo.removeFirst()) }
                try await send(flushing: true)
                if arrivals.isEmpty { await news() }
                continue
            }
            let slot = arrivals.removeFirst()
            guard case .held(let delivery) = slots[slot] else { continue }
            for index in places[slot] {
                append(delivery, slot, at: index)
                if output.count >= Self.pieceSize { try await send(flushing: false) }
            }
            release(slot, delivery)
            left -= 1
        }
    }

    /// The token whose turn it is, as soon as it is there.
    private func delivery(for slot: Int) async throws(ClientGone) -> BatchDelivery {
        awaited = slot
        defer { awaited = nil }
        while true {
            switch slots[slot] {
            case .held(let delivery): return delivery
            case .letGo: askAgain(slot)
            case .unasked, .waiting, .lookingUp, .written: break
            }
            if case .held = slots[slot] { continue }
            try await send(flushing: true)
            await news()
        }
    }

    private func append(_ delivery: BatchDelivery, _ slot: Int, at index: Int) {
        manner.format.append(
            delivery, of: request.tokens[slot], at: index, isFirst: index == 0, now: shared.time.at(loop.now),
            to: &output)
    }

    private func release(_ slot: Int, _ delivery: BatchDelivery) {
        heldBytes -= delivery.body.count
        slots[slot] = .written
    }

    /// Sends what was gathered, no faster than the client reads.
    private func send(flushing: Bool) async throws(ClientGone) {
        if isGone { throw ClientGone() }
        guard !output.isEmpty else { return }
        let piece = gzip?.value.compress(output, flushing: flushing) ?? output
        output.removeAll(keepingCapacity: output.capacity <= 4 * Self.pieceSize)
        try await write(piece)
        // Others on this loop have their turn between two pieces.
        await Task.yield()
        if isGone { throw ClientGone() }
    }

    private func write(_ piece: [UInt8]) async throws(ClientGone) {
        guard !piece.isEmpty else { return }
        sent += piece.count
        try await exchange.write(piece)
    }

    // MARK: Asking

    private func lookInMemory() {
        for slot in slots.indices { if let delivery = held(slot) { take(delivery, for: slot) } }
    }

    private func held(_ slot: Int) -> BatchDelivery? {
        let now = shared.time.at(loop.now)
        guard let entry = handler.value.held(request.tokens[slot], .object, at: now) else { return nil }
        return BatchDelivery(entry, .hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory))
    }

    private func askForEverything() {
        askMore()
        timer = loop.schedule(after: manner.patience) { self.assumeIsolated { $0.deadlinePassed() } }
    }

    /// Boards the flights of as many tokens as there are places for, in one visit to the board.
    private func askMore() {
        let open = slots.indices.dropFirst(nextUnasked).filter { if case .unasked = slots[$0] { true } else { false } }
        guard !open.isEmpty else { return nextUnasked = slots.count }
        var granted = shared.batchPlaces.take(upTo: open.count)
        if granted == 0, waiting == 0 {
            shared.batchPlaces.takeOne()
            granted = 1
        }
        let asked = Array(open.prefix(granted))
        nextUnasked = (asked.last ?? nextUnasked - 1) + 1
        board(asked)
    }

    private func board(_ asked: [Int]) {
        guard !asked.isEmpty else { return }
        waiting += asked.count
        let joining = asked.map { slot in
            let waiter = FlightWaiter(representation: .object, loop: loop) { delivery in
                self.assumeIsolated { $0.arrive(BatchDelivery(delivery.entry, delivery.status), for: slot) }
            }
            slots[slot] = .waiting(waiter)
            return (request.tokens[slot], waiter)
        }
        let board = shared.board
        shared.fetchLoop.execute {
            board.assumeIsolated { board in for (reference, waiter) in joining { board.join(reference, waiter) } }
        }
    }

    private func arrive(_ delivery: BatchDelivery, for slot: Int) {
        guard slots.indices.contains(slot), case .waiting = slots[slot] else { return }
        waiting -= 1
        shared.batchPlaces.giveBack()
        take(delivery, for: slot)
        if !isOver, nextUnasked < slots.count { askMore() }
    }

    private func take(_ delivery: BatchDelivery, for slot: Int) {
        let size = delivery.body.count
        guard heldBytes == 0 || heldBytes + size <= manner.budget || slot == awaited else {
            slots[slot] = .letGo
            if manner.format == .lines { lettingGo.append(slot) }
            return
        }
        heldBytes += size
        slots[slot] = .held(delivery)
        if manner.format == .lines { arrivals.append(slot) }
        wake()
    }

    /// Asks for a token that was let go of: by now some tier has it.
    private func askAgain(_ slot: Int) {
        if let delivery = held(slot) { return take(delivery, for: slot) }
        guard isOver else {
            shared.batchPlaces.takeOne()
            return board([slot])
        }
        slots[slot] = .lookingUp
        Task(executorPreference: loop) { await self.lookUp(slot) }
    }

    // MARK: Tiers alone

    private func lookInTiers() {
        for _ in 0..<min(Self.lanes, slots.count) {
            Task(executorPreference: loop) { await self.runLane() }
        }
    }

    private func runLane() async {
        while !isGone, nextUnasked < slots.count {
            let slot = nextUnasked
            nextUnasked += 1
            guard case .unasked = slots[slot] else { continue }
            slots[slot] = .lookingUp
            await lookUp(slot)
        }
    }

    private func lookUp(_ slot: Int) async {
        let reference = request.tokens[slot]
        let delivery = await shared.board.cachedDelivery(of: reference, as: .object)
        let now = shared.time.at(loop.now)
        // Only a fresh copy lets the sources be.
        if manner.asksSources, delivery?.entry.times.freshUntil ?? 0 <= now { await shared.board.refresh(reference) }
        guard !slots.isEmpty, case .lookingUp = slots[slot] else { return }
        take(delivery.map { BatchDelivery($0.entry, $0.status) } ?? absence(at: now), for: slot)
    }

    private func absence(at now: Int64) -> BatchDelivery {
        guard manner.asksSources else { return BatchDelivery(.notCached, now: now) }
        shared.metrics.timedOutRequests.increment()
        return BatchDelivery(.timedOut, now: now, .forwarded(.uriMiss, status: nil))
    }

    // MARK: Time

    /// Who still waits gets the copy held, or is told so; the flights go on.
    private func deadlinePassed() {
        isOver = true
        let now = shared.time.at(loop.now)
        var expiring: [(TokenReference, FlightWaiter)] = []
        for slot in slots.indices {
            switch slots[slot] {
            case .waiting(let waiter): expiring.append((request.tokens[slot], waiter))
            case .unasked: take(BatchDelivery(.overloaded, now: now), for: slot)
            case .lookingUp, .held, .letGo, .written: break
            }
        }
        guard !expiring.isEmpty else { return }
        shared.metrics.timedOutRequests.increment(by: UInt64(expiring.count))
        let board = shared.board
        shared.fetchLoop.execute { [expiring] in
            board.assumeIsolated { board in for (reference, waiter) in expiring { board.expire(reference, waiter) } }
        }
        // The board answers at once; should its loop be stuck, the client still gets an answer.
        timer = loop.schedule(after: .seconds(1)) { self.assumeIsolated { $0.giveUp() } }
    }

    private func giveUp() {
        let now = shared.time.at(loop.now)
        for slot in slots.indices {
            if case .waiting = slots[slot] {
                arrive(BatchDelivery(.timedOut, now: now, .forwarded(.uriMiss, status: nil)), for: slot)
            }
        }
    }

    private func wake() {
        hasNews = true
        let reader = reader.take()
        reader?.resume()
    }

    private func news() async {
        await withCheckedContinuation { continuation in
            if hasNews { return continuation.resume() }
            reader = continuation
        }
        hasNews = false
    }
}
