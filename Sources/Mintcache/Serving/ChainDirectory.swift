import Tokens

/// The configured chains, found by name or by CAIP-2 identifier.
struct ChainDirectory: Sendable {
    struct Entry: Sendable {
        let name: [UInt8]
        let caip2: [UInt8]
        let identifier: ChainIdentifier
    }

    let entries: [Entry]

    init(_ chains: [Configuration.Chain]) {
        entries = chains.map { chain in
            let identifier = chain.identifier
            return Entry(
                name: Array(chain.name.utf8), caip2: Array(identifier.description.utf8), identifier: identifier)
        }
    }

    /// The chain that a path segment names. Allocates nothing.
    func identifier(ascii text: UnsafeRawBufferPointer) -> ChainIdentifier? {
        for entry in entries where text.elementsEqual(entry.name) || text.elementsEqual(entry.caip2) {
            return entry.identifier
        }
        return nil
    }

    func identifier(named name: String) throws(Problem) -> ChainIdentifier {
        var name = name
        let found = name.withUTF8 { identifier(ascii: UnsafeRawBufferPointer($0)) }
        guard let found else { throw unknown(String(name.prefix(64))) }
        return found
    }

    func unknown(_ name: String) -> Problem {
        .unknownChain(name, known: entries.map { String(decoding: $0.name, as: UTF8.self) })
    }

    /// Reads a token of a JSON body: a CAIP-19 text, or an object with `chain`, `contract` and `token_id`, which is a
    /// string unless it is small.
    func reference(reading value: JSONValue) throws(Problem) -> TokenReference {
        if let text = value.string { return try reference(caip19: text) }
        guard value.kind == .object else {
            throw .invalidRequest("A token is a CAIP-19 text or an object with chain, contract and token_id.")
        }
        guard let chain = value["chain"]?.string, let contract = value["contract"]?.string,
            let token = value["token_id"]
        else { throw .invalidRequest("A token object needs chain, contract and token_id.") }
        try Self.checkExactness(token)
        let identifier = try identifier(named: chain)
        return TokenReference(
            chain: identifier, contract: try Self.contract(parsing: contract, on: identifier),
            token: try Self.token(reading: token))
    }

    func reference(caip19 text: String) throws(Problem) -> TokenReference {
        let reference: TokenReference
        do throws(IdentifierError) {
            reference = try TokenReference(caip19: text)
        } catch {
            throw .invalidRequest("\(text.prefix(200)) is not a CAIP-19 token: \(error.detail)")
        }
        _ = try identifier(named: reference.chain.description)
        return reference
    }

    static func contract(parsing text: String, on chain: ChainIdentifier) throws(Problem) -> ContractAddress {
        do throws(IdentifierError) {
            return try ContractAddress(parsing: text, on: chain)
        } catch {
            throw .invalidContract(error)
        }
    }

    /// The largest integer that every reader and writer of JSON keeps (RFC 8259, section 6).
    private static let largestExactNumber: Int64 = 1 << 53 - 1

    /// Refuses a number that a client in JavaScript may have rounded before it came here, to another token's.
    private static func checkExactness(_ value: JSONValue) throws(Problem) {
        guard value.kind == .number, value.integer.map({ $0 > largestExactNumber }) ?? true else { return }
        throw .invalidTokenIdentifier(
            .invalidToken(
                detail: "as a JSON number a token id is an integer up to 2^53 - 1; write larger ones as a string"))
    }

    /// A token's number: a string, or a JSON number whose digits are taken exactly as they are written.
    static func token(reading value: JSONValue) throws(Problem) -> TokenIdentifier {
        let text = value.string ?? String(decoding: value.text, as: UTF8.self)
        do throws(IdentifierError) {
            return try TokenIdentifier(parsing: text)
        } catch {
            throw .invalidTokenIdentifier(error)
        }
    }
}

extension Configuration.Chain {
    var identifier: ChainIdentifier { ChainIdentifier(eip155: id) }
}

extension Problem {
    static func invalidContract(_ error: IdentifierError) -> Problem {
        Problem(400, "invalid-contract", "Invalid contract", detail: error.detail)
    }

    static func invalidTokenIdentifier(_ error: IdentifierError) -> Problem {
        Problem(400, "invalid-token-id", "Invalid token id", detail: error.detail)
    }
}
