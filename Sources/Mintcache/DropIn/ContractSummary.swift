import Caching
import Tokens

/// What providers tell of a contract, as far as the contract itself tells it.
struct ContractSummary: Sendable, Equatable {
    var name: String?
    var symbol: String?
    /// Decimal digits.
    var totalSupply: String?
    var standard: TokenStandard?
    /// What the contract says of its collection (ERC-7572).
    var collection = Collection()

    struct Collection: Sendable, Equatable {
        var name: String?
        var description: String?
        var image: String?
        var externalURL: String?
        var bannerImage: String?
    }
}

extension ContractSummary {
    /// Reads what the contract's own route would send; nil for a failure, which says nothing about the contract. One
    /// that is not there has nothing to tell.
    init?(_ entry: CacheEntry) {
        guard !entry.isFailure else { return nil }
        self.init()
        guard entry.answer.status == 200,
            let object = try? JSONDocument(validating: entry.answer.identity.body.array).root
        else { return }
        name = object["name"]?.string
        symbol = object["symbol"]?.string
        totalSupply = object["total_supply"]?.string
        standard = object["standard"]?.string.flatMap { TokenStandard(rawValue: $0) }
        collection = Collection(
            name: object["metadata"]?["name"]?.string, description: object["description"]?.string,
            image: object["image"]?.string, externalURL: object["external_link"]?.string,
            bannerImage: object["banner_image"]?.string)
    }
}
