import Tokens

/// A provider's URL with places for what is asked for. May hold a secret.
struct URLTemplate: Sendable {
    /// What may stand in braces.
    enum Place: String, CaseIterable, Sendable {
        /// What the provider calls the chain.
        case chain
        /// The chain's EIP-155 number.
        case chainNumber = "chain_id"
        /// The address in lower case.
        case contract
        /// The address with the checksum of EIP-55.
        case checksummedContract = "contract_checksummed"
        /// Decimal.
        case token = "token_id"
        /// `0x` and hexadecimal digits without leading zeros.
        case hexadecimalToken = "token_id_hex"
        /// 64 hexadecimal digits, as ERC-1155 has it.
        case paddedToken = "id"
    }

    private enum Piece {
        case text(String)
        case place(Place)
    }

    enum Fault: Error, CustomStringConvertible {
        case unknownPlace(String)
        case unclosedBrace

        var description: String {
            switch self {
            case .unclosedBrace: return "has a { without a }"
            case .unknownPlace(let name):
                // What is no word may be a part of a secret.
                let isWord = name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 } && name.utf8.count <= 32
                let known = Place.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                return "has the unknown place {\(isWord ? name : "…")}; known are {key}, \(known)"
            }
        }
    }

    private let pieces: [Piece]

    init(_ text: String) throws(Fault) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            pieces.append(.text(String(rest[..<open])))
            guard let close = rest[open...].firstIndex(of: "}") else { throw .unclosedBrace }
            let name = String(rest[rest.index(after: open)..<close])
            guard let place = Place(rawValue: name) else { throw .unknownPlace(name) }
            pieces.append(.place(place))
            rest = rest[rest.index(after: close)...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    func has(_ place: Place) -> Bool {
        pieces.contains { if case .place(place) = $0 { true } else { false } }
    }

    /// - Parameter chain: what the provider calls the token's chain.
    func url(of reference: TokenReference, chain: String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .place(let place): Self.value(of: place, reference, chain)
            }
        }.joined()
    }

    private static func value(of place: Place, _ reference: TokenReference, _ chain: String) -> String {
        switch place {
        case .chain: chain
        case .chainNumber: reference.chain.eip155Number.map { String($0) } ?? ""
        case .contract: reference.contract.lowercase
        case .checksummedContract: reference.contract.checksummed
        case .token: reference.token.decimal
        case .hexadecimalToken: hexadecimal(reference.token)
        case .paddedToken: reference.token.paddedHex
        }
    }

    private static func hexadecimal(_ token: TokenIdentifier) -> String {
        let digits = token.paddedHex.drop { $0 == "0" }
        return "0x\(digits.isEmpty ? "0" : digits)"
    }
}
