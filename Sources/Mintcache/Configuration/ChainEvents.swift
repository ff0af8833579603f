extension Configuration {
    /// How a chain is watched for events that tell of changed metadata.
    public struct Events: Sendable, Hashable {
        public var isEnabled = false
        /// Between two looks at the chain.
        public var interval = Duration.seconds(12)
        /// Blocks that must lie on top of a block before its events are read.
        public var confirmations = 2
        /// Blocks read again with every look: shallow reorganisations, and endpoints that lag behind.
        public var overlap = 12
        /// Blocks in one request, at most; fewer where the endpoint refuses.
        public var maximumRange = 2000
        /// Contracts in one request, at most; fewer where the endpoint refuses.
        public var maximumContracts = 200
        /// Blocks that are caught up with; past that everything held of the chain is taken for stale instead.
        public var maximumCatchUp = 50_000

        public init() {}
    }
}

extension Configuration.Events {
    /// Reads `events: true`, or a mapping, which switches them on unless it says otherwise.
    init(of chain: MappingReader) {
        self.init()
        if chain.has("events"), !chain.isMapping("events") {
            isEnabled = chain.boolean("events", default: false)
            return
        }
        let reader = chain.mapping("events")
        isEnabled = reader.boolean("enabled", default: chain.has("events"))
        interval = reader.duration("interval", default: interval)
        if interval < .milliseconds(10) { reader.report("must be at least 10ms", key: "interval") }
        confirmations = reader.integer("confirmations", default: confirmations, in: 0...10_000)
        overlap = reader.integer("overlap", default: overlap, in: 0...10_000)
        maximumRange = reader.integer("max_range", default: maximumRange, in: 1...1_000_000)
        maximumContracts = reader.integer("max_contracts", default: maximumContracts, in: 1...5000)
        maximumCatchUp = reader.integer("max_catch_up", default: maximumCatchUp, in: 1...100_000_000)
        reader.finish()
    }
}
