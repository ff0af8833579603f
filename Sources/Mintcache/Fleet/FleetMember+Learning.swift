import Caching

/// What Redis remembers of purges, and this instance's part in that.
extension FleetMember {
    /// Reads what it does not know for sure; why it could not.
    func learn(from links: Links) async -> StoreError? {
        if isHearing, isInformed { return nil }
        do throws(StoreError) {
            try await inform(by: links)
            return nil
        } catch {
            return error
        }
    }

    /// Learns anew from Redis, and puts back what it has lost. What fails is tried again with the next sign of life.
    func recover(from links: Links) async {
        do throws(StoreError) {
            try await inform(by: links)
        } catch {
            tools.metrics.redisFailures.increment()
        }
    }

    /// Reads what is remembered of purges, and puts back what Redis has lost.
    func inform(by links: Links) async throws(StoreError) {
        let (isInTime, before, known) = (isHearing, gaps, tools.purges.all)
        let memory = try await links.purges.remembered()
        for mark in memory.marks { follow(mark) }
        try await restore(known, to: memory, by: links)
        // What is announced from now on is heard, unless it was not when this began: then it has to be read again.
        isInformed = isInTime && isHearing && gaps == before
        followed = max(followed, isInformed ? max(memory.sequence, heard) : memory.sequence)
        tools.purges.knowledge = .complete
    }

    /// Whether the memory of purges in Redis is not the one that was read last: it was lost, or another instance has put
    /// back what was.
    func hasLost(_ pulse: FleetPulse) -> Bool {
        pulse.purgeGeneration != generation || pulse.purgeGeneration == nil && tools.purges.count > 0
    }

    /// Of the same memory what is missing was replaced; of another one it is lost.
    private func restore(_ known: [PurgeMark], to memory: PurgeMemory, by links: Links) async throws(StoreError) {
        if memory.generation != nil, memory.generation == generation { return }
        let held = Dictionary(memory.marks.map { ($0.key, $0.sequence) }, uniquingKeysWith: max)
        let lost = known.filter { held[$0.key, default: 0] < $0.sequence }
        guard !lost.isEmpty || memory.generation == nil && !memory.marks.isEmpty else {
            return generation = memory.generation
        }
        generation = try await links.purges.restore(lost)
        if lost.isEmpty { return }
        tools.metrics.restoredPurges.increment(by: UInt64(lost.count))
        tools.log.warning("Redis has lost purges, which were put back", ["purges": "\(lost.count)"])
    }

    /// What it means that purges of before could not be read.
    func note(_ refusal: StoreError?) {
        guard tools.purges.knowledge != .complete else { return }
        guard let refusal, isAnswered else { return tools.purges.knowledge = .pending }
        if tools.purges.knowledge == .pending {
            tools.log.warning(
                "Redis does not tell what was purged: what it and the archive hold counts as stale",
                ["reason": "\(refusal)"])
        }
        tools.purges.knowledge = .missing
    }

    /// Replaces in Redis what was replaced here. What fails is tried again with the next sign of life.
    func settle(by links: Links) async {
        let replacement = tools.purges.takeReplacement()
        guard isAnswered, !replacement.isEmpty else { return tools.purges.giveBack(replacement) }
        do throws(StoreError) {
            try await links.purges.replace(replacement)
        } catch {
            tools.purges.giveBack(replacement)
            tools.metrics.redisFailures.increment()
        }
    }

    /// Tells the others how far purges were followed. What fails is tried again with the next sign of life.
    func acknowledge() async {
        guard let links, followed > told else { return }
        let sequence = followed
        do throws(StoreError) {
            try await links.channel.publish(.acknowledged(sequence: sequence, instance: name))
            told = max(told, sequence)
        } catch {
            tools.metrics.redisFailures.increment()
        }
    }
}

extension PurgeMark {
    /// A purge of the same scope and strength replaces this one.
    fileprivate var key: String { "\(isSoft ? "soft" : "hard") \(scope)" }
}
