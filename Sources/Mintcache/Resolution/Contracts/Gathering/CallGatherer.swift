import EventLoops
import Synchronization
import Tokens
import UpstreamFetching

/// Gathers the calls of many flights to one chain into few requests. Identical calls that wait to leave share one; one
/// that has left is not joined any more, because it may tell what was before a purge or an event that whoever asks now
/// knows of.
///
/// A batch goes to one endpoint after another like a single call. What an endpoint refuses as a whole, or does not
/// manage, is asked for again in smaller batches, down to single calls. Each caller waits no longer than its own
/// deadline, whatever becomes of the batch.
///
/// Pinned to the fetch loop; one for each chain, across reloads.
actor CallGatherer {
    /// Calls that wait or are under way. More are refused.
    private static let capacity = 16_384

    let loop: EventLoop
    let metrics: Metrics
    var limits = EndpointLimits()
    private var route: ChainRoute?
    private var pending: [PlacedCall: PendingCall] = [:]
    /// Calls that have not left yet, the oldest first, and by what they ask.
    private var queue: [(call: PlacedCall, since: MonotonicTime)] = []
    /// How many of them, at the end of the queue, are in the background.
    private var backgroundCount = 0
    private var queued: [ContractCall: PlacedCall] = [:]
    private var lastNumber: UInt64 = 0
    /// When the newest call came, in the background and of all others.
    private var newest = (other: MonotonicTime(nanoseconds: 0), background: MonotonicTime(nanoseconds: 0))
    private var timer: LoopTimer?
    /// Batches and parts of batches under way, one request of each at a time.
    private var requests = 0
    /// How many of them left with nothing but calls in the background.
    private var backgroundRequests = 0
    /// Parts that wait for their turn.
    private var line: [(turn: CheckedContinuation<Void, Never>, priority: UpstreamPriority?)] = []

    init(loop: EventLoop, metrics: Metrics) {
        self.loop = loop
        self.metrics = metrics
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// How each of several calls ends, each waited for until its own deadline; they leave together.
    func settlements(
        of calls: [(call: ContractCall, deadline: MonotonicTime)], through route: ChainRoute
    ) async -> [CallSettlement] {
        if self.route.map({ $0.since <= route.since }) ?? true { self.route = route }
        let waiters = calls.map { join($0.call, by: $0.deadline) }
        considerDeparture()
        var settlements: [CallSettlement] = []
        for waiter in waiters {
            settlements.append(await withCheckedContinuation { waiter.wait(with: $0) })
        }
        return settlements
    }

    // MARK: Waiting

    private func join(_ call: ContractCall, by deadline: MonotonicTime) -> CallWaiter {
        let waiter = CallWaiter(since: loop.now, deadline: deadline)
        metrics.contractCalls.increment()
        let placed: PlacedCall
        if let waiting = queued[call] {
            metrics.sharedContractCalls.increment()
            placed = waiting
            pending[waiting]?.priority?.raiseWithCurrent()
        } else if pending.count < Self.capacity {
            placed = place(call)
        } else {
            waiter.settle(CallSettlement(ending: .overloaded, trace: ResolutionTrace()))
            return waiter
        }
        pending[placed]?.waiters.append(waiter)
        waiter.timer = loop.schedule(at: deadline) { self.assumeIsolated { $0.expire(placed) } }
        return waiter
    }

    private func place(_ call: ContractCall) -> PlacedCall {
        lastNumber += 1
        let placed = PlacedCall(call: call, number: lastNumber)
        pending[placed] = PendingCall(for: FlightLog.current)
        queued[call] = placed
        enqueue(placed)
        return placed
    }

    /// Calls in the background leave behind all others.
    private func enqueue(_ call: PlacedCall) {
        let now = loop.now
        guard let priority = UpstreamPriority.forPart() else {
            newest.other = now
            return queue.insert((call, now), at: queue.count - backgroundCount)
        }
        newest.background = now
        queue.append((call, now))
        backgroundCount += 1
        pending[call]?.priority = priority
        priority.whenRaised { [weak self, loop] in
            loop.execute { [weak self] in self?.assumeIsolated { $0.bringForward(call) } }
        }
    }

    /// Lets a call in the background leave with all others.
    private func bringForward(_ call: PlacedCall) {
        let front = queue.count - backgroundCount
        guard let index = queue[front...].firstIndex(where: { $0.call == call }) else { return }
        queue.insert(queue.remove(at: index), at: front)
        backgroundCount -= 1
        considerDeparture()
    }

    /// Ends the wait of those whose deadline has passed. The call goes on for the others.
    private func expire(_ call: PlacedCall) {
        guard let call = pending[call] else { return }
        let now = loop.now
        let expired = call.waiters.filter { $0.deadline <= now }
        call.waiters.removeAll { $0.deadline <= now }
        for waiter in expired {
            var trace = call.trace
            if let url = call.endpoint ?? route?.chain.rpc.first?.url {
                trace.note("rpc", url, FetchFailure(.timeout, "", "no answer by the deadline"), since: waiter.since)
            }
            waiter.settle(CallSettlement(ending: .unanswered, trace: trace))
        }
    }

    /// Those of the calls that somebody still waits for. The others are dropped.
    func awaited(_ calls: [PlacedCall]) -> [PlacedCall] {
        calls.filter { call in
            guard let waiting = pending[call] else { return false }
            if waiting.waiters.isEmpty { pending[call] = nil }
            return !waiting.waiters.isEmpty
        }
    }

    /// When nobody waits any more for any of the calls.
    func deadline(of calls: [PlacedCall]) -> MonotonicTime {
        calls.compactMap { pending[$0]?.deadline }.max() ?? loop.now
    }

    func settle(_ call: PlacedCall, _ ending: CallSettlement.Ending) {
        guard let settled = pending.removeValue(forKey: call) else { return }
        let settlement = CallSettlement(ending: ending, trace: settled.trace)
        for waiter in settled.waiters { waiter.settle(settlement) }
    }

    /// Notes who is asked for some calls.
    func noteAsking(_ calls: [PlacedCall], at url: String) {
        for call in calls { pending[call]?.endpoint = url }
    }

    /// Notes that an attempt at some calls came to nothing.
    func note(_ calls: [PlacedCall], mayBeAskedAgain: Bool, _ note: (inout ResolutionTrace) -> Void) {
        for call in calls.compactMap({ pending[$0] }) {
            call.mayBeAskedAgain = mayBeAskedAgain
            note(&call.trace)
        }
    }

    /// Those that asked for some calls first.
    func flights(of calls: [PlacedCall]) -> [FlightLog] {
        let flights = calls.compactMap { pending[$0]?.flight }
        return Dictionary(flights.map { (ObjectIdentifier($0), $0) }) { first, _ in first }.values.map(\.self)
    }

    func mayBeAskedAgain(_ call: PlacedCall) -> Bool { pending[call]?.mayBeAskedAgain ?? false }

    // MARK: Departures

    private func considerDeparture() {
        guard let route else { return }
        let batching = route.chain.batching
        let size = route.chain.rpc.first.map { limits.calls(at: $0.url, upTo: batching.effectiveSize, loop.now) } ?? 1
        let rule = DepartureRule(window: batching.window, size: size)
        while let oldest = queue.first {
            let isBackground = backgroundCount == queue.count
            let situation = DepartureRule.Situation(
                waiting: queue.count, age: loop.now - oldest.since,
                calm: loop.now - (isBackground ? newest.background : newest.other), requests: requests,
                backgroundRequests: backgroundRequests, isBackground: isBackground)
            guard rule.isDue(situation) else { break }
            depart(min(size, queue.count), route)
        }
        guard !queue.isEmpty, timer == nil else { return }
        timer = loop.schedule(after: max(batching.window, .milliseconds(1))) {
            self.assumeIsolated { gatherer in
                gatherer.timer = nil
                gatherer.considerDeparture()
            }
        }
    }

    private func depart(_ count: Int, _ route: ChainRoute) {
        let calls = queue.prefix(count).map(\.call)
        queue.removeFirst(count)
        backgroundCount = min(backgroundCount, queue.count)
        for call in calls { queued[call.call] = nil }
        let priority = priority(of: calls)
        let isBackground = priority.isBackground
        beginRequest(inBackground: isBackground)
        Task(executorPreference: loop) {
            await UpstreamPriority.$current.withValue(priority) { await self.settle(calls, route, at: Stage()) }
            await self.endRequest(inBackground: isBackground)
        }
    }

    /// Calls that leave together may wait for others while all of them may.
    private func priority(of calls: [PlacedCall]) -> UpstreamPriority? {
        let waiting = calls.compactMap { pending[$0] }
        let priorities = waiting.compactMap(\.priority)
        guard !priorities.isEmpty, priorities.count == waiting.count else { return nil }
        let common = UpstreamPriority()
        for priority in priorities { priority.whenRaised { common.raise() } }
        return common
    }

    /// Sends calls that left together on their way in parts, each from where the whole had come to.
    func disperse(_ calls: [PlacedCall], by size: Int, _ route: ChainRoute, at stage: Stage) {
        for start in stride(from: 0, to: calls.count, by: size) {
            let part = Array(calls[start..<min(start + size, calls.count)])
            let priority = priority(of: part)
            Task(executorPreference: loop) {
                let isBackground = await self.takeTurn(priority)
                await UpstreamPriority.$current.withValue(priority) { await self.settle(part, route, at: stage) }
                await self.endRequest(inBackground: isBackground)
            }
        }
    }

    /// Whether the turn was taken in the background.
    private func takeTurn(_ priority: UpstreamPriority?) async -> Bool {
        priority?.whenRaised { [weak self, loop] in
            loop.execute { [weak self] in self?.assumeIsolated { $0.admitParts() } }
        }
        await withCheckedContinuation { turn in
            line.append((turn, priority))
            admitParts()
        }
        let isBackground = priority.isBackground
        if isBackground { backgroundRequests += 1 }
        return isBackground
    }

    private func admitParts() {
        while let index = line.firstIndex(where: { requests < DepartureRule.places($0.priority.isBackground) }) {
            requests += 1
            line.remove(at: index).turn.resume()
        }
    }

    // Counted at once: the next departure depends on it.
    private func beginRequest(inBackground isBackground: Bool) {
        requests += 1
        if isBackground { backgroundRequests += 1 }
    }

    private func endRequest(inBackground isBackground: Bool) {
        requests -= 1
        if isBackground { backgroundRequests -= 1 }
        admitParts()
        considerDeparture()
    }
}

extension UpstreamPriority? {
    fileprivate var isBackground: Bool { self.map { !$0.isRaised } ?? false }
}

/// The gatherers of all chains, made when they are first needed. Bounded by what configurations name.
final class CallGatherers: Sendable {
    private let loop: EventLoop
    private let metrics: Metrics
    private let gatherers = Mutex<[UInt64: CallGatherer]>([:])

    init(loop: EventLoop, metrics: Metrics) {
        self.loop = loop
        self.metrics = metrics
    }

    subscript(chain: Configuration.Chain) -> CallGatherer {
        gatherers.withLock { gatherers in
            if let gatherer = gatherers[chain.id] { return gatherer }
            let gatherer = CallGatherer(loop: loop, metrics: metrics)
            gatherers[chain.id] = gatherer
            return gatherer
        }
    }
}
