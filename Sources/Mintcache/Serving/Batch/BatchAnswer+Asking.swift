import Caching
import EventLoops
import HTTPCaching
import Tokens

extension BatchAnswer {
    /// Tokens that are looked up in the tiers at a time when no flight is waited for.
    private static let lanes = 32
    /// Tokens that are looked up in memory before others on this loop have their turn.
    private static let turn = 128

    func lookInMemory() async {
        for slot in slots.indices {
            if let delivery = held(slot) { take(delivery, for: slot) }
            if slot % Self.turn == Self.turn - 1 { await Task.yield() }
        }
    }

    private func held(_ slot: Int) -> BatchDelivery? {
        let now = shared.time.at(loop.now)
        guard let entry = handler.value.held(request.tokens[slot], .object, at: now) else { return nil }
        return BatchDelivery(entry, .hit(timeToLive: (entry.times.freshUntil - now) / 1000, detail: .memory))
    }

    private func take(_ delivery: BatchDelivery, for slot: Int) {
        if slots.take(delivery, for: slot) { wake() }
    }

    /// Asks for a token that was let go of: by now some tier has it.
    func askAgain(_ slot: Int) {
        if let delivery = held(slot) { return take(delivery, for: slot) }
        guard isOver else {
            slots.queueAgain(slot)
            return standInLine()
        }
        slots.lookUp(slot)
        Task(executorPreference: loop) { await self.lookUp(slot) }
    }

    // MARK: Flights

    func askForEverything() {
        standInLine()
        timer = loop.schedule(after: manner.patience) { self.assumeIsolated { $0.deadlinePassed() } }
    }

    /// Asks for places, once at a time, as long as there are tokens to ask for.
    private func standInLine() {
        guard ticket == nil, !isOver, !isGone, slots.unaskedCount > 0 else { return }
        let loop = loop
        ticket = shared.batchPlaces.request(slots.unaskedCount) { places in
            loop.execute { self.assumeIsolated { $0.board(places) } }
        }
    }

    /// Boards the flights of as many tokens as there are places for, in one visit to the board.
    private func board(_ places: Int) {
        ticket = nil
        var joining: [(TokenReference, FlightWaiter)] = []
        while joining.count < places, !isOver, !isGone, let slot = slots.takeUnasked() {
            let waiter = FlightWaiter(representation: .object, loop: loop) { delivery in
                self.assumeIsolated { $0.arrive(BatchDelivery(delivery.entry, delivery.status), for: slot) }
            }
            slots.wait(for: slot, with: waiter)
            joining.append((request.tokens[slot], waiter))
        }
        if joining.count < places { shared.batchPlaces.giveBack(places - joining.count) }
        visitBoard { [joining] board in for (reference, waiter) in joining { board.join(reference, waiter) } }
        standInLine()
    }

    private func visitBoard(_ visit: @escaping @Sendable (isolated FlightBoard) -> Void) {
        let board = shared.board
        shared.fetchLoop.execute { board.assumeIsolated { visit($0) } }
    }

    private func arrive(_ delivery: BatchDelivery, for slot: Int) {
        guard case .waiting = slots[slot] else { return }
        // Past the deadline a flight may go on, and its place is left to it.
        if !isOver { shared.batchPlaces.giveBack() }
        take(delivery, for: slot)
    }

    // MARK: Tiers alone

    func lookInTiers() {
        for _ in 0..<min(Self.lanes, slots.unaskedCount) {
            Task(executorPreference: loop) { await self.runLane() }
        }
    }

    private func runLane() async {
        while !isGone, let slot = slots.takeUnasked() {
            slots.lookUp(slot)
            await lookUp(slot)
        }
    }

    private func lookUp(_ slot: Int) async {
        let reference = request.tokens[slot]
        let delivery = await shared.board.cachedDelivery(of: reference, as: .object)
        let now = shared.time.at(loop.now)
        // Only a fresh copy lets the sources be.
        if manner.asksSources, delivery?.entry.times.freshUntil ?? 0 <= now { fetchBehind(reference) }
        take(delivery.map { BatchDelivery($0.entry, $0.status) } ?? absence(at: now), for: slot)
    }

    /// Fetches a token that nobody waits for, when there is a place.
    private func fetchBehind(_ reference: TokenReference) {
        let places = shared.batchPlaces
        guard places.takeOne() else { return }
        visitBoard { board in
            board.refresh(reference)
            board.whenLanded(reference) { places.giveBack() }
        }
    }

    private func absence(at now: Int64) -> BatchDelivery {
        guard manner.asksSources else { return BatchDelivery(.notCached) }
        shared.metrics.timedOutRequests.increment()
        return timedOut(at: now)
    }

    private func timedOut(at now: Int64) -> BatchDelivery {
        BatchDelivery(.timedOut, BatchDelivery.Handling(cache: .forwarded(.uriMiss, status: nil), fetchedAt: now))
    }

    // MARK: Time

    /// Who still waits gets the copy held, or is told so; the flights go on.
    private func deadlinePassed() {
        isOver = true
        leaveLine()
        let refusal = BatchDelivery(.overloaded(.batches))
        while let slot = slots.takeUnasked() { take(refusal, for: slot) }
        let expiring = slots.waiting.map { (request.tokens[$0.slot], $0.waiter) }
        guard !expiring.isEmpty else { return }
        shared.metrics.timedOutRequests.increment(by: UInt64(expiring.count))
        let places = shared.batchPlaces
        visitBoard { board in
            for (reference, waiter) in expiring {
                board.expire(reference, waiter)
                board.whenLanded(reference) { places.giveBack() }
            }
        }
        // The board answers at once; should its loop be stuck, the client still gets an answer.
        timer = loop.schedule(after: .seconds(1)) { self.assumeIsolated { $0.giveUp() } }
    }

    private func giveUp() {
        let delivery = timedOut(at: shared.time.at(loop.now))
        for (slot, _) in slots.waiting { arrive(delivery, for: slot) }
    }

    private func leaveLine() {
        if let ticket { shared.batchPlaces.withdraw(ticket) }
        ticket = nil
    }

    /// Nobody waits any more. The flights go on, and keep their places until they have ended.
    func stopWaiting() {
        leaveLine()
        let leaving = slots.waiting.map { (request.tokens[$0.slot], $0.waiter.identifier) }
        guard !leaving.isEmpty else { return }
        let places = isOver ? nil : shared.batchPlaces
        isOver = true
        visitBoard { board in
            for (reference, identifier) in leaving {
                board.leave(identifier)
                if let places { board.whenLanded(reference) { places.giveBack() } }
            }
        }
    }
}
