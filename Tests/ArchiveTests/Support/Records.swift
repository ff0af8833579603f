import Tokens

/// A reference to a token of a contract that these tests make up.
func token(_ number: UInt64) -> TokenReference {
    let contract = try? ContractAddress(parsing: "0x00000000000000000000000000000000000000aa")
    guard let contract else { preconditionFailure("The address is well-formed.") }
    return TokenReference(chain: ChainIdentifier(eip155: 1), contract: contract, token: TokenIdentifier(number))
}

/// A record as a fetch makes it, fresh for a day.
func record(
    _ number: UInt64, document: [UInt8] = Array(#"{"name":"One"}"#.utf8), fetchedAt: Int64 = 1_700_000_000_123
) -> TokenRecord {
    TokenRecord(
        reference: token(number), outcome: .document, standard: .erc721, tokenURI: "ipfs://folder/\(number)",
        document: document, contentType: "application/json", etag: "abc\(number)",
        validators: SourceValidators(entityTag: "\"v\(number)\""), repetitions: Int(number % 3), fetchedAt: fetchedAt,
        freshUntil: fetchedAt + 86_400_000)
}

func record(_ number: UInt64, json: String, fetchedAt: Int64 = 1_700_000_000_123) -> TokenRecord {
    record(number, document: Array(json.utf8), fetchedAt: fetchedAt)
}
