import EventLoops
import Tokens

extension Configuration {
    /// Tokens that are warmed again and again.
    public struct Warming: Sendable {
        /// Which tokens.
        public enum Selection: Sendable, Hashable {
            case supply
            case archive
            case range(from: String, to: String)
            case tokens([String])
        }

        /// Empty, like the contract, for everything that the archive holds.
        public var chain: String
        public var contract: String
        public var interval: Duration
        public var selection: Selection
        public var concurrency: Int
        public var rate: Int
        public var isRefresh: Bool
    }
}

// Every key of an entry: its name, type, bounds and default.

extension Configuration.Warming {
    static func all(reading reader: MappingReader, chains: [Configuration.Chain]) -> [Self] {
        reader.elements("warm").map { Self(reading: $0.mapping, chains: chains) }
    }

    private init(reading reader: MappingReader, chains: [Configuration.Chain]) {
        interval = reader.duration("every", default: .zero)
        if interval < .seconds(1) { reader.report("is needed: the time between two runs, at least 1s", key: "every") }
        chain = reader.string("chain", default: "")
        contract = reader.string("contract", default: "")
        selection = Self.selection(reader)
        concurrency = reader.integer("concurrency", default: WarmRequest.defaultConcurrency, in: 1...1024)
        rate = reader.integer("rate", default: 0, in: 0...1_000_000)
        isRefresh = reader.boolean("refresh", default: false)
        check(reader, chains)
        reader.finish()
    }

    private static func selection(_ reader: MappingReader) -> Selection {
        let isSupply = reader.boolean("supply", default: false), isArchive = reader.boolean("archive", default: false)
        let from = reader.optional("from") { reader.string($0, default: "") }
        let to = reader.optional("to") { reader.string($0, default: "") }
        let tokens = reader.optional("token_ids") { reader.strings($0, default: []) }
        let ways = [isSupply, isArchive, from != nil || to != nil, tokens != nil]
        guard ways.count(where: { $0 }) == 1, (from == nil) == (to == nil) else {
            reader.report("needs one of supply, archive, token_ids, or from with to", key: "contract")
            return .supply
        }
        if isArchive { return .archive }
        if let from, let to { return .range(from: from, to: to) }
        return tokens.map { .tokens($0) } ?? .supply
    }

    private func check(_ reader: MappingReader, _ chains: [Configuration.Chain]) {
        if isRefresh, selection == .archive {
            reader.report("goes with tokens that are fetched, not with archive", key: "refresh")
        }
        if chain.isEmpty, contract.isEmpty, selection == .archive { return }
        let known = chains.first { $0.name == chain }
        if known == nil { reader.report("must name a chain of this file", key: "chain") }
        do throws(IdentifierError) {
            _ = try ContractAddress(parsing: contract, on: known?.identifier)
        } catch {
            reader.report(error.detail, key: "contract")
        }
        checkTokens(reader)
    }

    private func checkTokens(_ reader: MappingReader) {
        do throws(IdentifierError) {
            switch selection {
            case .supply, .archive: break
            case .range(let from, let to):
                if try TokenIdentifier(parsing: from) > TokenIdentifier(parsing: to) {
                    reader.report("must not be greater than to", key: "from")
                }
            case .tokens(let numbers):
                if !(1...1000).contains(numbers.count) { reader.report("must be 1 to 1000 tokens", key: "token_ids") }
                for number in numbers { _ = try TokenIdentifier(parsing: number) }
            }
        } catch {
            reader.report(error.detail, key: reader.has("from") ? "from" : "token_ids")
        }
    }
}
