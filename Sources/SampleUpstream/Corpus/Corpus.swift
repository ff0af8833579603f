import EventLoops
import Tokens

/// Real metadata documents from a folder with an `index.json`: an array of objects with `file`, `kind` and, where
/// known, `contract`, `token_id` and `standard`.
///
/// An entry that names no usable contract and token id, or a token that another entry has taken, gets a contract of its
/// own, derived from its file's name; without a usable token id it is numbered by its position in the index. A contract
/// has the standard that the first of its entries with one names, else ERC-721.
public struct Corpus: Sendable {
    /// All documents are held in memory, so they have a limit in all.
    static let totalBytesLimit = 256 << 20
    private static let fileBytesLimit = 64 << 20

    public let entries: [CorpusEntry]

    /// Reads the folder. Blocks; call before serving.
    public init(folder: String) throws(CorpusError) {
        let index = try FileContents.read("\(folder)/index.json", limit: Self.fileBytesLimit)
        let root: JSONValue
        do {
            root = try JSONDocument(validating: index).root
        } catch {
            throw CorpusError(detail: "\(folder)/index.json: \(error)")
        }
        guard root.kind == .array else { throw CorpusError(detail: "\(folder)/index.json: not an array") }
        var entries: [CorpusEntry] = []
        var taken: Set<CorpusToken> = []
        var standards: [ContractAddress: TokenStandard] = [:]
        var total = 0
        for (position, value) in root.elements.enumerated() {
            let entry = try Self.entry(value, position: position, folder: folder, taken: &taken)
            total += entry.bytes.count
            guard total <= Self.totalBytesLimit else { throw CorpusError(detail: "\(folder): too large to hold") }
            entries.append(entry)
            if let standard = Self.standard(value), standards[entry.contract] == nil {
                standards[entry.contract] = standard
            }
        }
        for index in entries.indices { entries[index].standard = standards[entries[index].contract] ?? .erc721 }
        self.entries = entries
    }

    private static func entry(
        _ value: JSONValue, position: Int, folder: String, taken: inout Set<CorpusToken>
    ) throws(CorpusError) -> CorpusEntry {
        guard let file = value["file"]?.string, !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
            throw CorpusError(detail: "entry \(position) of index.json has no \"file\" inside the folder")
        }
        guard let kind = value["kind"]?.string.flatMap({ CorpusEntry.Kind(rawValue: $0) }) else {
            throw CorpusError(detail: "\(file): its \"kind\" is neither metadata nor token_uri")
        }
        let bytes = try FileContents.read("\(folder)/\(file)", limit: fileBytesLimit)
        let id = value["token_id"]?.string.flatMap { try? TokenIdentifier(parsing: $0) }
        let contract = value["contract"]?.string.flatMap { try? ContractAddress(parsing: $0) }
        let derived = CorpusToken(contract: derivedContract(file), token: id ?? TokenIdentifier(UInt64(position)))
        var place = contract.map { CorpusToken(contract: $0, token: derived.token) } ?? derived
        if id == nil || !taken.insert(place).inserted {
            place = derived
            taken.insert(derived)
        }
        return CorpusEntry(
            contract: place.contract, token: place.token, standard: .erc721, kind: kind, file: file, bytes: bytes)
    }

    /// `nil` where the index does not know, or knows a standard of another family.
    private static func standard(_ value: JSONValue) -> TokenStandard? {
        switch value["standard"]?.string {
        case "ERC721": .erc721
        case "ERC1155": .erc1155
        case _: nil
        }
    }

    private static func derivedContract(_ file: String) -> ContractAddress {
        let text = HexText.encode(SHA256.hash(Array("corpus \(file)".utf8)).prefix(20))
        do {
            return try ContractAddress(parsing: text)
        } catch {
            preconditionFailure("Twenty bytes in lower-case hexadecimal are an address: \(error)")
        }
    }
}

/// The place of a corpus entry on the chain.
struct CorpusToken: Hashable {
    let contract: ContractAddress
    let token: TokenIdentifier
}
