import Caching
import Tokens

/// The names by which a CDN in front can forget answers: `Vercel-Cache-Tag`. Each token's answers have its contract's
/// and its own, such as `eip155-1-0xbc4c…` and `eip155-1-0xbc4c…-7`; far below the 256 octets and 128 names that Vercel
/// takes.
enum CDNTags {
    static func line(for reference: TokenReference) -> String {
        let contract = name(of: CollectionKey(reference))
        return "Vercel-Cache-Tag: \(contract),\(contract)-\(reference.token.decimal)\r\n"
    }

    static func line(for key: CollectionKey) -> String { "Vercel-Cache-Tag: \(name(of: key))\r\n" }

    private static func name(of key: CollectionKey) -> String {
        "\(key.chain)".replacing(":", with: "-") + "-\(key.contract.lowercase)"
    }
}

extension CacheEntry.Answer {
    /// The same answer with one more header line, that of the CDN's tags.
    func tagged(_ line: String) -> CacheEntry.Answer {
        var answer = self
        answer.head = SharedBytes(copying: head.array + Array(line.utf8))
        return answer
    }
}
