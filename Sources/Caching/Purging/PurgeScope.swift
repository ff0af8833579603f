public import Tokens

/// What a purge is about.
public enum PurgeScope: Sendable, Hashable {
    case everything
    /// A contract: all its tokens, and what it says about itself.
    case contract(ChainIdentifier, ContractAddress)
    case token(TokenReference)
    /// Everything on a route, by its name.
    case route(String)
    /// The URLs on a route whose path and query begin so.
    case prefix(String, route: String)
    /// One URL on a route, by its path and query, on whatever host.
    case url(String, route: String)
    /// The answers that their origins gave this tag, on all routes.
    case tag(String)

    /// The next wider scope that covers this one; nil for everything.
    public var parent: PurgeScope? {
        switch self {
        case .everything: nil
        case .contract, .route, .tag: .everything
        case .token(let reference): .contract(reference.chain, reference.contract)
        case .prefix(_, let route), .url(_, let route): .route(route)
        }
    }

    /// Whether the scope is about tokens, which have a longest time of use; false for routes, and for everything.
    public var isOfTokens: Bool {
        switch self {
        case .contract, .token: true
        case .everything, .route, .prefix, .url, .tag: false
        }
    }

    /// Whether it covers a token.
    public func covers(_ reference: TokenReference) -> Bool {
        switch self {
        case .everything: true
        case .contract(let chain, let contract): reference.chain == chain && reference.contract == contract
        case .token(let other): reference == other
        case .route, .prefix, .url, .tag: false
        }
    }
}

extension PurgeScope: CustomStringConvertible {
    /// The scope as text, such as `contract eip155:1/0x…` or `prefix opensea /upstream/…`. ``init(_:)`` reads it back.
    public var description: String {
        switch self {
        case .everything: "everything"
        case .contract(let chain, let contract): "contract \(chain)/\(contract.lowercase)"
        case .token(let reference): "token \(reference)"
        case .route(let name): "route \(name)"
        case .prefix(let prefix, let route): "prefix \(route) \(prefix)"
        case .url(let url, let route): "url \(route) \(url)"
        case .tag(let tag): "tag \(tag)"
        }
    }

    /// Reads a scope from its text; nil when it is none that this release knows.
    public init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let kind = parts.first else { return nil }
        let rest = parts.count == 2 ? parts[1] : ""
        switch kind {
        case "everything" where rest.isEmpty: self = .everything
        case "contract":
            guard let (chain, contract, others) = Self.contract(in: rest), others.isEmpty else { return nil }
            self = .contract(chain, contract)
        case "token":
            guard let (chain, contract, others) = Self.contract(in: rest), others.count == 1,
                let token = try? TokenIdentifier(parsing: others[0])
            else { return nil }
            self = .token(TokenReference(chain: chain, contract: contract, token: token))
        case "route" where !rest.isEmpty: self = .route(rest)
        case "prefix":
            guard let (route, prefix) = Self.pair(in: rest) else { return nil }
            self = .prefix(prefix, route: route)
        case "url":
            guard let (route, url) = Self.pair(in: rest) else { return nil }
            self = .url(url, route: route)
        case "tag" where !rest.isEmpty: self = .tag(rest)
        case _: return nil
        }
    }

    private static func contract(in text: String) -> (ChainIdentifier, ContractAddress, others: [String])? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 2, let chain = try? ChainIdentifier(caip2: parts[0]),
            let contract = try? ContractAddress(parsing: parts[1])
        else { return nil }
        return (chain, contract, Array(parts[2...]))
    }

    private static func pair(in text: String) -> (String, String)? {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
