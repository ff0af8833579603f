import Caching
import EventLoops
import Tokens

/// Reads the events of one chain, block after block, and marks what they make out of date.
///
/// Its position is where it is with that. It goes to the journal together with the marks that led there, so a process
/// that dies in between reads again and loses nothing.
///
/// Pinned to the fetch loop.
actor ChainWatcher {
    /// What a reload may change.
    struct Equipment: Sendable {
        let name: String
        let settings: Configuration.Events
        let reader: ChainReader
        /// How long marks are kept, in milliseconds: as long as something may be fresh.
        let retention: Int64
    }

    private static let longestPause = Duration.seconds(300)
    /// Ranges of blocks in one look, refused ones included.
    private static let rangesPerLook = 24
    /// Positions remembered, to find out how deep a reorganisation went.
    private static let anchors = 64
    /// Marks that may wait for the journal.
    private static let unsavedLimit = 10_000

    nonisolated let chain: ChainIdentifier
    private let tools: EventTools
    private var equipment: Equipment
    private var isPrepared = false
    private var position: ChainPosition?
    /// The newest last.
    private var anchors: [ChainPosition] = []
    private var history = EventHistory()
    private let reading: LogReading
    private var unsaved: [UpdateMark] = []
    private var failures = 0
    private var lastPruning: Int64 = 0
    private(set) var head: UInt64 = 0

    init(chain: ChainIdentifier, tools: EventTools, equipment: Equipment) {
        self.chain = chain
        self.tools = tools
        self.equipment = equipment
        reading = LogReading(counters: tools.counters)
        reading.equip(equipment.settings)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { tools.loop.asUnownedSerialExecutor() }

    func equip(_ equipment: Equipment) {
        self.equipment = equipment
        reading.equip(equipment.settings)
    }

    var status: EventStatus {
        EventStatus(
            chain: equipment.name, position: position?.block ?? 0, head: head,
            contracts: tools.updates.contracts.count(on: chain))
    }

    // MARK: Life

    /// Looks at the chain until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            await tools.loop.sleep(for: pause)
        }
    }

    /// Longer with every failure in a row.
    private var pause: Duration {
        let interval = equipment.settings.interval
        return min(interval * (1 << min(failures, 8)), max(interval, Self.longestPause))
    }

    /// Takes up what the journal remembers. Until that has worked nothing is read: what was marked would be unknown, and
    /// contracts that only the archive holds would be left out.
    @discardableResult
    func prepare() async -> Bool {
        guard !isPrepared else { return true }
        do throws(StoreError) {
            let contents = try await tools.journal.remembered(within: .seconds(5))
            let held = try await tools.journal.contracts(
                on: chain, atMost: HeldContracts.limit, within: .seconds(10))
            take(contents)
            for contract in held { tools.updates.contracts.hold(CollectionKey(chain: chain, contract: contract)) }
            isPrepared = true
        } catch {
            warn("events are not read while the archive is away", ["reason": "\(error.kind)"])
        }
        return isPrepared
    }

    private func take(_ contents: JournalContents) {
        // Another instance's clock may be ahead: a mark of the future would make everything stale until then.
        let now = tools.time.now
        let marks = contents.marks.filter { $0.chain == chain }.map { mark in
            var mark = mark
            mark.moment = min(mark.moment, now)
            return mark
        }
        tools.updates.marks.add(marks.reversed(), on: chain)
        position = contents.positions.first { $0.chain == chain }
        guard let position else { return }
        anchors = [position]
        if position.outdatedBefore > 0 {
            tools.updates.marks.addAll(of: chain, at: min(position.outdatedBefore, now))
        }
    }

    // MARK: Looking

    private func look() async {
        tools.counters.looks.increment()
        reading.beginLook()
        guard await prepare() else {
            failures += 1
            return
        }
        do throws(ReadingFailure) {
            head = try await equipment.reader.head()
            let confirmations = UInt64(equipment.settings.confirmations)
            try await read(upTo: head - min(head, confirmations))
            if failures > 0 { tools.log.info("\(equipment.name): events are read again") }
            failures = 0
        } catch {
            note(error)
        }
        await prune()
    }

    private func note(_ failure: ReadingFailure) {
        tools.counters.failures.increment()
        failures += 1
        guard failures == 1 else { return }
        let (host, reason) =
            switch failure {
            case .tooMuch, .tooManyContracts: ("", "the endpoint refuses even the smallest request")
            case .unanswered(let host, let reason): (host, reason)
            }
        warn("events cannot be read for now", ["host": host, "reason": reason])
    }

    /// A watcher that is told to stop has nothing to complain about.
    private func warn(_ message: String, _ fields: KeyValuePairs<String, String>) {
        guard !Task.isCancelled else { return }
        tools.log.warning("\(equipment.name): \(message)", fields)
    }

    private func read(upTo target: UInt64) async throws(ReadingFailure) {
        let overlap = UInt64(equipment.settings.overlap)
        // A little back, so that a reorganisation of the first blocks has something to be measured by.
        guard let position else { return try await begin(at: target - min(target, overlap)) }
        // An endpoint may be behind the one that was asked before.
        guard target > position.block else { return }
        guard target - position.block <= UInt64(equipment.settings.maximumCatchUp) else {
            return try await skip(to: target, because: "the last look was too long ago")
        }
        guard let ground = try await ground() else {
            return try await skip(to: target, because: "the chain was reorganised further back than is remembered")
        }
        var next = min(ground, position.block - min(position.block, overlap)) + 1
        for _ in 0..<Self.rangesPerLook where next <= target {
            let blocks = next...min(target, next + reading.blocksAtOnce - 1)
            if try await read(blocks) { next = blocks.upperBound + 1 }
        }
    }

    /// The newest block read that the chain still has; nil when it has none of those remembered.
    private func ground() async throws(ReadingFailure) -> UInt64? {
        while let anchor = anchors.last {
            if try await equipment.reader.hash(of: anchor.block) == anchor.hash { return anchor.block }
            tools.counters.reorganisations.increment()
            anchors.removeLast()
        }
        return nil
    }

    /// Where there is nothing to go on from: what is held keeps its lifetime, and events count from here on.
    private func begin(at block: UInt64) async throws(ReadingFailure) {
        let hash = try await equipment.reader.hash(of: block)
        await advance(to: ChainPosition(chain: chain, block: block, hash: hash))
    }

    private func skip(to block: UInt64, because reason: String) async throws(ReadingFailure) {
        let hash = try await equipment.reader.hash(of: block)
        let skipped = block - min(block, position?.block ?? block)
        let now = tools.time.now
        tools.counters.gaps.increment()
        warn(
            "events were skipped: everything held of the chain counts as stale",
            ["reason": reason, "blocks": String(skipped)])
        let before = tools.updates.marks.sequence
        tools.updates.marks.addAll(of: chain, at: now)
        history = EventHistory()
        anchors = []
        await advance(to: ChainPosition(chain: chain, block: block, hash: hash, outdatedBefore: now))
        await tools.expire(on: chain, markedSince: before)
    }

    // MARK: Reading

    /// Reads some blocks; false when that was too much at once, and fewer are to be read next.
    private func read(_ blocks: ClosedRange<UInt64>) async throws(ReadingFailure) -> Bool {
        // First the hash: should the blocks be replaced before the logs come, it shows with the next look.
        let hash = try await equipment.reader.hash(of: blocks.upperBound)
        let contracts = tools.updates.contracts.contracts(on: chain)
        guard let found = try await reading.logs(of: contracts, in: blocks, from: equipment.reader) else {
            return false
        }
        let read = Set(contracts).subtracting(found.unread)
        let changes = history.changes(in: found.logs, of: read, blocks: blocks)
        let reached = ChainPosition(
            chain: chain, block: blocks.upperBound, hash: hash, outdatedBefore: position?.outdatedBefore ?? 0)
        let all = changes.union(found.unread.map { .tokens($0, .all) })
        await apply(await SeenChanges.dated(all, in: found.logs, on: chain, tools), reached)
        return true
    }

    private func apply(_ changes: SeenChanges, _ reached: ChainPosition) async {
        var reached = reached
        let before = tools.updates.marks.sequence
        let outcome = tools.updates.marks.add(changes.marks, on: chain)
        tools.counters.marks.increment(by: UInt64(changes.marks.count))
        unsaved += outcome.marks
        if unsaved.count > Self.unsavedLimit || outcome.chainOutdatedBefore != nil {
            reached.outdatedBefore = tools.time.now
            unsaved = []
        }
        await advance(to: reached)
        if !changes.marks.isEmpty { await tools.expire(on: chain, markedSince: before) }
        for (contract, moment) in changes.contracts {
            await tools.contractUpdates?.contractChanged(CollectionKey(chain: chain, contract: contract), at: moment)
        }
    }

    // MARK: The journal

    /// Moves on. A journal that is away is told later: until then a restart begins where it was last told.
    private func advance(to reached: ChainPosition) async {
        position = reached
        anchors.removeAll { $0.block >= reached.block }
        anchors.append(reached)
        if anchors.count > Self.anchors { anchors.removeFirst() }
        let overlap = UInt64(equipment.settings.overlap)
        history.forget(below: min(anchors[0].block, reached.block - min(reached.block, overlap)))
        do throws(StoreError) {
            try await tools.journal.advance(to: reached, marking: unsaved)
            unsaved = []
        } catch {
            warn("the archive does not take note of events", ["reason": "\(error.kind)"])
        }
    }

    private func prune() async {
        let now = tools.time.now
        guard now - lastPruning >= 3_600_000 else { return }
        lastPruning = now
        tools.updates.marks.forget(before: now - equipment.retention)
        // What cannot be dropped now can be later.
        try? await tools.journal.forgetMarks(before: now - equipment.retention)
    }
}
