import CZlib
import Caching
import HTTPCaching
import Tokens

/// The key of token `number` in the tests.
func key(_ number: Int) -> [UInt8] { Array("eip155:1/erc721:0x01/\(number)".utf8) }

/// A body of `size` bytes as it is.
func representation(size: Int = 1_024) -> Representation {
    Representation(
        SharedBytes(count: size) { $0.initializeMemory(as: UInt8.self, repeating: 0x61) },
        entityTag: Array("\"0123456789abcdef\"".utf8))
}

/// An answer that may be compressed; by default to about half its size.
func compressible(
    _ key: [UInt8], _ body: [UInt8] = digits(2_000), fetchedAt: Int64 = 0, record: TokenRecord? = nil
) -> CacheEntry {
    let identity = Representation(SharedBytes(copying: body), entityTag: Array("\"0123456789abcdef\"".utf8))
    let answer = CacheEntry.Answer(
        status: 200, head: .empty, identity: identity, compressed: CompressedForms(of: identity))
    return CacheEntry(
        key: key, answer: answer,
        times: CacheEntry.Times(
            storedAt: fetchedAt, fetchedAt: fetchedAt, freshUntil: fetchedAt + 60_000, memoryUntil: fetchedAt + 60_000),
        record: record, tier: .redis)
}

/// Random decimal digits, each of which carries less than half of the bits it takes.
func digits(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0x30...0x39) } }

func accepting(_ field: String) -> AcceptEncoding { Array(field.utf8).withUnsafeBytes { AcceptEncoding($0) } }

func entry(
    _ key: [UInt8], size: Int = 1_024, fetchedAt: Int64 = 0, memoryUntil: Int64 = 60_000, record: TokenRecord? = nil
) -> CacheEntry {
    CacheEntry(
        key: key, answer: CacheEntry.Answer(status: 200, head: .empty, identity: representation(size: size)),
        times: CacheEntry.Times(
            storedAt: fetchedAt, fetchedAt: fetchedAt, freshUntil: fetchedAt + 60_000, memoryUntil: memoryUntil
        ),
        record: record, tier: .source
    )
}

extension MemoryCache {
    func entry(_ number: Int, at now: Int64 = 1) -> CacheEntry? {
        key(number).withUnsafeBytes { entry(forKey: $0, at: now) }
    }

    @discardableResult func remove(_ number: Int) -> Bool { key(number).withUnsafeBytes { remove(forKey: $0) } }

    func lastKnownEntry(_ number: Int) -> CacheEntry? { key(number).withUnsafeBytes { lastKnownEntry(forKey: $0) } }
}

/// A record with every field set.
func record(
    token: UInt64 = 7, outcome: TokenRecord.Outcome = .document, document: [UInt8] = Array(#"{"name":"é"}"#.utf8),
    contentType: String? = "application/json", etag: String = "0123456789abcdef0123456789abcdef"
) throws -> TokenRecord {
    TokenRecord(
        reference: TokenReference(
            chain: ChainIdentifier(eip155: 1),
            contract: try ContractAddress(parsing: "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"),
            token: TokenIdentifier(token)
        ),
        outcome: outcome, standard: .erc721, tokenURI: "ipfs://QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq/7",
        source: "onchain", document: document, contentType: contentType, etag: etag,
        validators: SourceValidators(
            entityTag: "W/\"7\"", lastModified: "Fri, \(token % 28 + 1) Jan 2026 03:04:05 GMT"),
        repetitions: 3, fetchedAt: 1_767_323_045_123,
        freshUntil: 1_767_409_445_123
    )
}

/// `bytes` with a checksum that fits.
func sealed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let content = Array(bytes)
    let checksum = UInt32(truncatingIfNeeded: crc32_z(0, content, content.count))
    return content + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
}
