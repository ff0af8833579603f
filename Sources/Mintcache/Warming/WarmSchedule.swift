import Caching
import EventLoops
import Tokens

/// Tokens that are warmed again and again.
struct WarmSchedule: Sendable {
    /// Tells it from all others, and is the same on every instance.
    let name: String
    /// For people.
    let label: String
    let interval: Duration
    let request: WarmRequest

    /// The run that is due at a time in milliseconds since 1970: runs begin at whole multiples of the interval, so that all
    /// instances agree, and of those that were missed only the last is due.
    func number(at now: Int64) -> Int64 { now / max(1, interval.inMilliseconds) }

    /// Those of a configuration.
    static func all(_ configuration: Configuration) -> [WarmSchedule] {
        let chains = ChainDirectory(configuration.chains)
        return configuration.warming.compactMap { WarmSchedule($0, chains) }
    }

    /// `nil` for what the configuration's own checks have refused.
    private init?(_ entry: Configuration.Warming, _ chains: ChainDirectory) {
        guard var request = try? entry.request(chains) else { return nil }
        label = request.collection?.description ?? request.spans.spans.first?.collection.description ?? "archive"
        request.schedule = label
        self.request = request
        interval = entry.interval
        let identity = Array("\(entry.interval.inMilliseconds) ".utf8) + request.bytes + request.spans.bytes
        name = Hex.text(SHA256.hash(identity).prefix(8))
    }
}

extension Configuration.Warming {
    fileprivate func request(_ chains: ChainDirectory) throws -> WarmRequest {
        var request = try plainRequest(chains)
        request.concurrency = concurrency
        request.rate = rate
        request.isRefresh = isRefresh
        return request
    }

    private func plainRequest(_ chains: ChainDirectory) throws -> WarmRequest {
        if chain.isEmpty, case .archive = selection { return WarmRequest(archiveOf: nil) }
        let identifier = try chains.identifier(named: chain)
        let collection = CollectionKey(
            chain: identifier, contract: try ContractAddress(parsing: contract, on: identifier))
        switch selection {
        case .supply: return WarmRequest(supplyOf: collection)
        case .archive: return WarmRequest(archiveOf: collection)
        case .range(let from, let to):
            let range = TokenRange(try TokenIdentifier(parsing: from), try TokenIdentifier(parsing: to))
            return WarmRequest(range: TokenSpan(collection, range))
        case .tokens(let numbers):
            let tokens = try numbers.map {
                TokenSpan(collection, TokenRange(try TokenIdentifier(parsing: $0))).firstToken
            }
            return WarmRequest(tokens: TokenSpans(tokens))
        }
    }
}
