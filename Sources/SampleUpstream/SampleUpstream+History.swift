public import Tokens

// What tests let happen on the chain.
extension SampleUpstream {
    /// The number of the newest block.
    public var head: UInt64 { state.history.head }

    /// Adds empty blocks.
    public func mine(_ blocks: Int = 1) {
        state.history.mine(blocks)
    }

    /// Adds a block with these events of a contract.
    public func emit(_ events: SampleEvent..., by contract: ContractAddress) {
        state.history.emit(events, by: contract)
    }

    /// Replaces the last blocks by as many others.
    ///
    /// - Parameter keepingEvents: whether what happened in them happened all the same, in the last of them.
    public func reorganise(_ blocks: Int, keepingEvents: Bool = true) {
        state.history.reorganise(blocks, keepingEvents: keepingEvents)
    }

    /// Refuses `eth_getLogs` that ask for more; `nil` for no limit.
    public func limitLogs(blocks: Int? = nil, results: Int? = nil, contracts: Int? = nil) {
        state.history.limit(.init(blocks: blocks, results: results, contracts: contracts))
    }
}
