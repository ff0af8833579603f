/// Writes contracts in the one shape that clients see.
public enum ContractView {
    /// The contract object: identity, what the contract says, the normalised fields of its ERC-7572 document, that
    /// document, and where and when it was read. It says that it is not stale.
    ///
    /// - Parameters:
    ///   - document: nil when the contract has none, or none that can be read.
    ///   - fetchedAt: milliseconds since 1970.
    ///   - gateways: the URL for content on IPFS and Arweave.
    public static func contractObject(
        for facts: ContractFacts, document: [UInt8]?, source: String, fetchedAt: Int64,
        gateways: (TokenURI) -> String?
    ) -> [UInt8] {
        let document = document.flatMap { try? JSONRepair.document(from: $0).document }
            .flatMap { $0.root.kind == .object ? $0 : nil }
        return withoutActuallyEscaping(gateways) { gateways in
            // The document is about no token, so {id} has no meaning in it.
            let media = MediaResolution(reading: MediaReading(token: TokenIdentifier(0), use: .image)) { uri in
                if case .data(let mediaType, let bytes) = uri {
                    return "data:\(mediaType);base64," + String(decoding: Base64.encode(bytes), as: UTF8.self)
                }
                return gateways(uri)
            }
            var writing = ContractObjectWriting(facts: facts, document: document, media: media)
            return writing.write(source: source, fetchedAt: fetchedAt)
        }
    }

    /// A contract object that says whether it is older than its lifetime.
    public static func marked(_ object: [UInt8], stale: Bool) -> [UInt8] {
        for ending in ContractObjectWriting.endings where object.suffix(ending.count).elementsEqual(ending) {
            return object.dropLast(ending.count) + ContractObjectWriting.ending(stale: stale)
        }
        return object
    }
}
