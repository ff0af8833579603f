import Synchronization
import Tokens

/// The blocks of the simulated chain and the logs in them. A block comes only when it is asked for, and a reorganisation
/// when it is wanted.
final class ChainHistory: Sendable {
    /// What `eth_getLogs` refuses; `nil` for no limit.
    struct Limits: Sendable {
        /// Blocks in one request.
        var blocks: Int?
        /// Logs in one answer.
        var results: Int?
        /// Contracts in one request.
        var contracts: Int?
    }

    private struct Log: Sendable {
        let contract: ContractAddress
        let event: SampleEvent
        var block: UInt64
        /// Of all there ever were: so no two in a block have the same.
        let index: UInt64
    }

    private struct State {
        var head: UInt64 = 21_000_000
        /// The first block of each reorganisation: blocks from there on have other hashes than before.
        var forks: [UInt64] = []
        var logs: [Log] = []
        var logCount: UInt64 = 0
        var limits = Limits()
    }

    private let state = Mutex(State())

    var head: UInt64 { state.withLock { $0.head } }

    /// Adds empty blocks.
    func mine(_ count: Int) {
        state.withLock { $0.head += UInt64(max(0, count)) }
    }

    /// Adds a block with these events of a contract.
    func emit(_ events: [SampleEvent], by contract: ContractAddress) {
        state.withLock { state in
            state.head += 1
            for event in events {
                state.logs.append(Log(contract: contract, event: event, block: state.head, index: state.logCount))
                state.logCount += 1
            }
        }
    }

    /// Replaces the last blocks by as many others, with what happened in them (in the last of them) or without it.
    func reorganise(_ count: Int, keepingEvents: Bool) {
        state.withLock { state in
            let start = state.head - UInt64(max(1, count)) + 1
            state.forks.append(start)
            let head = state.head
            guard keepingEvents else { return state.logs.removeAll { $0.block >= start } }
            for index in state.logs.indices where state.logs[index].block >= start { state.logs[index].block = head }
        }
    }

    func limit(_ limits: Limits) {
        state.withLock { $0.limits = limits }
    }

    func reset() {
        state.withLock { $0 = State() }
    }

    /// The JSON of a result.
    func answer(_ question: HistoryQuestion) -> Result<String, RPCError> {
        state.withLock { state in
            switch question {
            case .block(let number):
                guard number <= state.head else { return .success("null") }
                let hash = HexText.encode(Self.hash(number, state).bigEndianBytes)
                return .success(#"{"number":"\#(Self.quantity(number))","hash":"\#(hash)"}"#)
            case .logs(let filter):
                return Self.logs(filter, state).map { logs in
                    var output: [UInt8] = []
                    output.append(text: "[")
                    for (index, log) in logs.enumerated() {
                        if index > 0 { output.append(text: ",") }
                        Self.append(log, state, to: &output)
                    }
                    output.append(text: "]")
                    return String(decoding: output, as: UTF8.self)
                }
            }
        }
    }

    private static func logs(_ filter: HistoryQuestion.Filter, _ state: State) -> Result<[Log], RPCError> {
        guard filter.blocks.upperBound <= state.head else {
            return .failure(RPCError(code: -32602, message: "block range extends beyond current head block"))
        }
        if let limit = state.limits.blocks, filter.blocks.count > limit {
            return .failure(RPCError(code: -32000, message: "exceed maximum block range: \(limit)"))
        }
        if let limit = state.limits.contracts, filter.contracts.count > limit {
            return .failure(
                RPCError(code: -32000, message: "exceed max addresses or topics per search position"))
        }
        let logs = state.logs.filter { log in
            filter.blocks.contains(log.block) && filter.contracts.contains(log.contract)
                && log.event.content.topics.first.map { filter.topics.isEmpty || filter.topics.contains($0) } ?? false
        }
        if let limit = state.limits.results, logs.count > limit {
            return .failure(RPCError(code: -32005, message: "query returned more than \(limit) results"))
        }
        return .success(logs)
    }

    private static func append(_ log: Log, _ state: State, to output: inout [UInt8]) {
        let hash = HexText.encode(hash(log.block, state).bigEndianBytes)
        let (topics, data) = log.event.content
        let texts = topics.map { "\"\(HexText.encode($0.bigEndianBytes))\"" }.joined(separator: ",")
        output.append(text: #"{"address":"\#(log.contract.lowercase)","blockNumber":"\#(quantity(log.block))","#)
        output.append(text: #""blockHash":"\#(hash)","logIndex":"\#(quantity(log.index))","#)
        output.append(text: #""removed":false,"topics":[\#(texts)],"data":"\#(HexText.encode(data))"}"#)
    }

    /// Different for each number, and after each reorganisation that replaced the block.
    private static func hash(_ block: UInt64, _ state: State) -> UInt256 {
        let fork = state.forks.count { $0 <= block }
        return Keccak256.hash("block \(block), fork \(fork)")
    }

    private static func quantity(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
