import EventLoops
public import Tokens

extension Configuration {
    /// How calls of a chain's contracts are gathered into requests.
    public struct Batching: Sendable, Hashable {
        public enum Mode: String, CaseIterable, Sendable {
            /// JSON-RPC batches.
            case rpc
            /// One `eth_call` of Multicall3.
            case multicall
            /// A request for each call.
            case off
        }

        public var mode = Mode.rpc
        /// How long the first call of a batch waits for others.
        public var window = Duration.milliseconds(2)
        /// Calls in one request, at most.
        public var size = 128
        /// Where Multicall3 is on the chain.
        public var multicall = Self.multicall3

        public init() {}

        /// Where Multicall3 is on nearly every chain.
        static let multicall3 = address("0xcA11bde05977b3631167028862bE2a173976CA11")

        var effectiveSize: Int { mode == .off ? 1 : size }

        private static func address(_ text: String) -> ContractAddress {
            do {
                return try ContractAddress(parsing: text)
            } catch {
                preconditionFailure("The address of Multicall3 is wrong: \(error)")
            }
        }
    }
}

extension Configuration.Batching {
    /// Reads the keys `batch`, `batch_window`, `batch_size` and `multicall` of a chain.
    init(of chain: MappingReader) {
        self.init()
        mode = chain.choice("batch", default: mode)
        window = chain.duration("batch_window", default: window)
        if window > .seconds(1) { chain.report("must be at most 1s", key: "batch_window") }
        size = chain.integer("batch_size", default: size, in: 1...1000)
        multicall = chain.custom(
            "multicall", default: multicall, expected: "must be a contract address: 0x and 40 hex digits",
            text: { MappingReader.quoted($0.checksummed) }, { try? ContractAddress(parsing: $0) })
    }
}

extension Configuration.SpecialContract {
    init(reading reader: MappingReader, chains: Set<String>) {
        chain = reader.string("chain", default: "")
        if !chains.contains(chain) { reader.report("must name a chain of this file", key: "chain") }
        contract = reader.string("contract", default: "")
        if (try? ContractAddress(parsing: contract)) == nil {
            reader.report("must be a contract address: 0x and 40 hex digits", key: "contract")
        }
        uri = reader.string("uri", default: "")
        if !uri.contains("://") || !(uri.contains("{token_id}") || uri.contains("{id}")) {
            reader.report("must be a URI with {token_id} or {id} in it, such as https://host/{token_id}", key: "uri")
        }
        standard = reader.has("standard") ? reader.choice("standard", default: TokenStandard.erc721) : nil
        reader.finish()
    }
}
