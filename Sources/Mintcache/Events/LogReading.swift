import Tokens

/// Reads the logs of many contracts in as few requests as the endpoints allow. Confined to its watcher.
final class LogReading {
    /// What some blocks said.
    struct Found {
        var logs: [EventLog] = []
        /// Contracts whose events were too much even in one block: nothing is known of them.
        var unread: Set<ContractAddress> = []
    }

    private enum PartOutcome {
        case read([EventLog])
        case fewerBlocks
        case fewerContracts
        case nothingLess
    }

    /// Requests in one look. A chain that needs more falls behind, and in the end skips events.
    private static let requestsPerLook = 256

    private let counters: EventCounters
    private var blockCount = RequestSize(limit: 1)
    private var contractCount = RequestSize(limit: 1)
    private var requestsLeft = 0

    init(counters: EventCounters) {
        self.counters = counters
    }

    /// Blocks to ask for at once.
    var blocksAtOnce: UInt64 { UInt64(blockCount.current) }

    func equip(_ settings: Configuration.Events) {
        blockCount = RequestSize(limit: settings.maximumRange)
        contractCount = RequestSize(limit: settings.maximumContracts)
    }

    func beginLook() {
        requestsLeft = Self.requestsPerLook
    }

    /// The logs of these contracts in these blocks; nil when that was too much, and fewer blocks are to be asked for.
    func logs(
        of contracts: [ContractAddress], in blocks: ClosedRange<UInt64>, from reader: ChainReader
    ) async throws(ReadingFailure) -> Found? {
        var found = Found()
        var rest = contracts[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(contractCount.current))
            switch try await logs(ofPart: part, in: blocks, from: reader) {
            case .read(let logs):
                found.logs += logs
                rest = rest.dropFirst(part.count)
            case .fewerBlocks: return nil
            case .fewerContracts: continue
            case .nothingLess:
                found.unread.formUnion(part)
                rest = rest.dropFirst(part.count)
            }
        }
        blockCount.accepted(blocks.count)
        return found
    }

    private func logs(
        ofPart contracts: [ContractAddress], in blocks: ClosedRange<UInt64>, from reader: ChainReader
    ) async throws(ReadingFailure) -> PartOutcome {
        guard requestsLeft > 0 else {
            throw .unanswered(host: "", reason: "more requests are needed than one look may make")
        }
        requestsLeft -= 1
        do throws(ReadingFailure) {
            let found = try await reader.logs(of: contracts, in: blocks)
            contractCount.accepted(contracts.count)
            counters.logs.increment(by: UInt64(found.logs.count))
            counters.unreadableLogs.increment(by: UInt64(found.unreadable))
            return .read(found.logs)
        } catch {
            switch error {
            case .tooMuch:
                counters.refusals.increment()
                if blockCount.refused(blocks.count) { return .fewerBlocks }
                return contractCount.refused(contracts.count) ? .fewerContracts : .nothingLess
            case .tooManyContracts:
                counters.refusals.increment()
                guard contractCount.refused(contracts.count) else { throw error }
                return .fewerContracts
            case .unanswered:
                // It may have been too much without anybody saying so.
                _ = blockCount.refused(blocks.count)
                throw error
            }
        }
    }
}
