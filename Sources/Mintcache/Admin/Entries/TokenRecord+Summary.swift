import HTTPCaching
import Tokens

extension TokenRecord {
    /// What the admin API tells of a record, without its document.
    var summary: [(String, JSONNode)] {
        var members: [(String, JSONNode)] = []
        switch outcome {
        case .document: members.append(("outcome", "document"))
        case .missing(let reason): members += [("outcome", "missing"), ("reason", .string(reason))]
        case .unusable(let reason): members += [("outcome", "unusable"), ("reason", .string(reason))]
        }
        members += [
            ("source", .string(source)), ("standard", JSONNode(standard?.rawValue)),
            ("token_uri", JSONNode(tokenURI?.shortened)),
        ]
        if outcome == .document {
            members += [
                ("content_type", JSONNode(contentType)), ("bytes", .integer(document.count)), ("etag", .string(etag)),
            ]
        }
        return members
    }
}

extension String {
    /// A URI as operators see it: one that carries its content is told by its beginning and its size.
    var shortened: String {
        guard utf8.count > 512 else { return self }
        return "\(String(decoding: utf8.prefix(64), as: UTF8.self))… (\(utf8.count) bytes)"
    }
}

extension JSONNode {
    /// The members by which a token is named.
    static func members(of reference: TokenReference) -> [(String, JSONNode)] {
        [
            ("chain", .string(reference.chain.description)),
            ("contract", .string(reference.contract.checksummed(on: reference.chain))),
            ("token_id", .string(reference.token.decimal)),
        ]
    }

    /// Milliseconds as seconds with three places.
    static func seconds(_ milliseconds: Int64) -> JSONNode { .number(Double(milliseconds) / 1000) }

    /// Milliseconds since 1970 as a timestamp.
    static func moment(_ milliseconds: Int64) -> JSONNode { .string(InternetTimestamp.text(milliseconds / 1000)) }
}
