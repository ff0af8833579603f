import HTTPServing
import Tokens

/// A call of Alchemy's NFT API v3, read from path, query and body.
enum AlchemyCall: Sendable {
    case token(TokenReference, TokenWish)
    case batch([TokenReference], TokenWish)
    case contract(CollectionKey)
    case refresh(TokenReference)

    /// The most tokens of one batch.
    static let maximumBatch = 100

    /// The calls there are, with the methods of each.
    enum Name: String, CaseIterable, Sendable {
        case token = "getNFTMetadata"
        case batch = "getNFTMetadataBatch"
        case contract = "getContractMetadata"
        case refresh = "refreshNftMetadata"

        var methods: [RequestMethod] {
            switch self {
            case .token, .contract: [.get, .head]
            case .batch: [.post]
            case .refresh: [.get, .post]
            }
        }

        var allowed: String {
            switch self {
            case .token, .contract: "GET, HEAD, OPTIONS"
            case .batch: "POST, OPTIONS"
            case .refresh: "GET, POST, OPTIONS"
            }
        }
    }

    /// Reads a call whose parameters are in the query. Parameters that it does not know are ignored, as the provider
    /// does: clients send them, and nothing of them reaches the answer.
    init(_ name: Name, _ query: QueryParameters, on chain: ChainIdentifier) throws(DropInRefusal) {
        let contract = try Self.contract(query["contractAddress"], on: chain)
        switch name {
        case .contract: self = .contract(CollectionKey(chain: chain, contract: contract))
        case .token, .batch:
            let wish = try TokenWish(milliseconds: query["tokenUriTimeoutInMs"], refresh: query["refreshCache"])
            self = .token(try Self.reference(chain, contract, query["tokenId"]), wish)
        case .refresh: self = .refresh(try Self.reference(chain, contract, query["tokenId"]))
        }
    }

    /// Reads a call whose parameters are in a JSON body.
    init(_ name: Name, body: [UInt8], on chain: ChainIdentifier) throws(DropInRefusal) {
        guard !body.isEmpty else {
            let members = name == .batch ? "tokens" : "contractAddress and tokenId"
            throw DropInRefusal(400, "The body is empty; it must be a JSON object with \(members).")
        }
        let root: JSONValue
        do {
            root = try JSONDocument(validating: body).root
        } catch {
            throw DropInRefusal(400, "The body is not valid JSON: \(error).")
        }
        guard root.kind == .object else { throw DropInRefusal(400, "The body must be a JSON object.") }
        guard name == .batch else {
            self = .refresh(try Self.reference(chain, root, at: ""))
            return
        }
        guard let tokens = root["tokens"], tokens.kind == .array else {
            throw DropInRefusal(400, "tokens must be a list of objects with contractAddress and tokenId.")
        }
        var references: [TokenReference] = []
        for token in tokens.elements {
            guard references.count < Self.maximumBatch else {
                throw DropInRefusal(400, "tokens may have at most \(Self.maximumBatch) elements.")
            }
            references.append(try Self.reference(chain, token, at: "tokens[\(references.count)]."))
        }
        let wish = try TokenWish(
            milliseconds: root["tokenUriTimeoutInMs"]?.parameter, refresh: root["refreshCache"]?.parameter)
        self = .batch(references, wish)
    }

    // MARK: Parameters

    /// - Parameter place: what messages put before the names.
    private static func reference(
        _ chain: ChainIdentifier, _ token: JSONValue, at place: String
    ) throws(DropInRefusal) -> TokenReference {
        let contract = try contract(token["contractAddress"]?.string, on: chain, at: place)
        return try reference(chain, contract, token["tokenId"]?.parameter, at: place)
    }

    private static func reference(
        _ chain: ChainIdentifier, _ contract: ContractAddress, _ token: String?, at place: String = ""
    ) throws(DropInRefusal) -> TokenReference {
        guard let token else {
            throw DropInRefusal(400, "\(place)tokenId is needed: decimal, or hexadecimal after 0x.")
        }
        do throws(IdentifierError) {
            return TokenReference(chain: chain, contract: contract, token: try TokenIdentifier(parsing: token))
        } catch {
            throw DropInRefusal(400, "\(place)tokenId: \(error.detail).")
        }
    }

    private static func contract(
        _ text: String?, on chain: ChainIdentifier, at place: String = ""
    ) throws(DropInRefusal) -> ContractAddress {
        guard let text else {
            throw DropInRefusal(400, "\(place)contractAddress is needed: 0x and 40 hexadecimal digits.")
        }
        do throws(IdentifierError) {
            return try ContractAddress(parsing: text, on: chain)
        } catch {
            throw DropInRefusal(400, "\(place)contractAddress: \(error.detail).")
        }
    }
}

/// How a caller would have tokens.
struct TokenWish: Sendable, Equatable {
    /// How long it waits; nil for as long as any request does. Zero: only what a tier holds.
    var patience: Duration?
    /// Whether the sources are to be asked though there is a copy.
    var isRefresh = false

    init(patience: Duration? = nil, isRefresh: Bool = false) {
        self.patience = patience
        self.isRefresh = isRefresh
    }

    fileprivate init(milliseconds: String?, refresh: String?) throws(DropInRefusal) {
        if let milliseconds {
            guard let value = UInt32(milliseconds) else {
                throw DropInRefusal(400, "tokenUriTimeoutInMs must be a whole number of milliseconds, 0 or more.")
            }
            patience = .milliseconds(Int64(value))
        }
        switch refresh?.lowercased() {
        case nil, "false": isRefresh = false
        case "true": isRefresh = true
        case _: throw DropInRefusal(400, "refreshCache must be true or false.")
        }
    }
}

extension JSONValue {
    /// A parameter, which may be written as a text or as a literal; nil for null. Digits stay as they are written.
    fileprivate var parameter: String? {
        isNull ? nil : string ?? String(decoding: text.prefix(200), as: UTF8.self)
    }
}
