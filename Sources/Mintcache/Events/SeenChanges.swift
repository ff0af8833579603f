import Caching
import Tokens

/// What a reading of blocks says has changed, and since when.
///
/// Instances read the same event at different times. They agree on the first of these times, so that what one of them has
/// fetched because of the event is not fetched by each of the others again when these see it.
struct SeenChanges: Sendable {
    /// Blocks that are agreed on at once; of more, each instance goes by itself.
    static let limit = 256

    let marks: [UpdateMark]
    let contracts: [(contract: ContractAddress, moment: Int64)]

    /// - Parameters:
    ///   - changes: those that are new.
    ///   - logs: where they were read; what is not among them was taken back, and that was seen now.
    static func dated(
        _ changes: Set<MetadataChange>, in logs: [EventLog], on chain: ChainIdentifier, _ tools: EventTools
    ) async -> SeenChanges {
        let now = tools.time.now
        var blocks: [MetadataChange: Set<UInt256>] = [:]
        for log in logs where changes.contains(log.change) { blocks[log.change, default: []].insert(log.blockHash) }
        let all = blocks.values.reduce(into: Set()) { $0.formUnion($1) }
        let agreed = await tools.firstReading(of: all, on: chain, at: now)
        var ranges: [Seen: [TokenRange]] = [:]
        var contracts: [(ContractAddress, Int64)] = []
        for change in changes {
            // Another instance's clock may be ahead.
            let moment = min(blocks[change]?.map { agreed[$0] ?? now }.max() ?? now, now)
            switch change {
            case .tokens(let contract, let range):
                ranges[Seen(contract: contract, moment: moment), default: []].append(range)
            case .contract(let contract):
                contracts.append((contract, moment))
            }
        }
        let marks = ranges.flatMap { seen, ranges in
            TokenRange.merged(ranges).map {
                UpdateMark(chain: chain, contract: seen.contract, tokens: $0, moment: seen.moment)
            }
        }
        return SeenChanges(marks: marks, contracts: contracts)
    }

    private struct Seen: Hashable {
        let contract: ContractAddress
        let moment: Int64
    }
}

extension EventTools {
    /// Nothing when the others cannot be asked.
    fileprivate func firstReading(
        of blocks: Set<UInt256>, on chain: ChainIdentifier, at now: Int64
    ) async -> [UInt256: Int64] {
        guard let moments, !blocks.isEmpty, blocks.count <= SeenChanges.limit else { return [:] }
        do throws(StoreError) {
            return try await moments.firstReading(of: Array(blocks), on: chain, at: now)
        } catch {
            return [:]
        }
    }
}
