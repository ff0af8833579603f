import HTTPCaching
import Tokens

/// The head of an answer with content: nothing of a gateway's that is not written here reaches a client.
struct ContentHead: Sendable {
    /// What is known about the bytes.
    enum Verification: String, Sendable {
        /// They are what the address names; checked before anything was sent.
        case yes
        /// They are checked as they are sent: a body that ends well is what the address names.
        case streaming
        /// The address does not tell what the bytes must be.
        case no
    }

    static let verificationField = "Mintcache-Verified"

    let wish: ContentWish
    /// As the gateway sent them.
    let received: HeaderFields
    let content: SafeContent
    let verification: Verification

    /// Of 200, and of 206 with the gateway's `Content-Range`.
    func fields(_ rules: ContentRules) -> HeaderFields {
        var fields = content.fields()
        for name in ["Content-Encoding", "Content-Range"] {
            if let value = received[name] { fields.set(name, value) }
        }
        fields.append("Accept-Ranges", "bytes")
        fields.append(Self.verificationField, verification.rawValue)
        return HeaderFields(fields.lines + addressFields(rules).lines)
    }

    /// What is said of the address whatever is sent of the content: all that a 304 has.
    func addressFields(_ rules: ContentRules) -> HeaderFields {
        var fields = Self.addressFields(wish)
        if let tag = wish.entityTag {
            fields.append("Cache-Control", ContentRules.immutable)
            fields.append("ETag", tag)
        } else {
            let lifetime = rules.nameLifetime(received)
            fields.append("Cache-Control", lifetime.map { "public, max-age=\($0)" } ?? "no-cache")
            if let tag = gatewayTag { fields.append("ETag", tag) }
        }
        return fields
    }

    static func addressFields(_ wish: ContentWish) -> HeaderFields {
        var fields = HeaderFields()
        if wish.network == .ipfs { fields.append("X-Ipfs-Path", wish.path) }
        fields.append("Access-Control-Expose-Headers", "X-Ipfs-Path, \(verificationField)")
        return fields
    }

    /// The gateway's own tag, if it is one.
    private var gatewayTag: String? {
        guard let tag = received["etag"], tag.count <= 128, tag.allSatisfy({ (0x21...0x7E).contains($0) }),
            tag.withUnsafeBytes({ EntityTag.equal($0, $0, comparing: .weak) })
        else { return nil }
        return String(decoding: tag, as: UTF8.self)
    }
}
