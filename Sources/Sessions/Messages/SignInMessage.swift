/// What a wallet signs to sign in (EIP-4361), taken apart.
public struct SignInMessage: Sendable, Equatable {
    /// The longest that is read, in bytes.
    public static let maximumLength = 4096

    /// Of the page that asks, where the message begins with one.
    public var scheme: String?
    /// The host that asks, with its port unless that is the scheme's own.
    public var domain: String
    public var address: WalletAddress
    /// What the person is told; never empty.
    public var statement: String?
    public var uri: String
    /// The EIP-155 number of the chain that the session is about.
    public var chain: UInt64
    public var nonce: String
    /// Milliseconds since 1970, as all times here.
    public var issuedAt: Int64
    public var expirationTime: Int64?
    public var notBefore: Int64?
    public var requestIdentifier: String?
    public var resources: [String] = []

    /// Reads a message by the grammar of EIP-4361, which leaves no freedom: fields in their order, line feeds alone
    /// between them and none at the end.
    ///
    /// - Throws: the first line that breaks it.
    public init(parsing text: String) throws(SignInMessageFault) {
        var reader = try SignInMessageReader(text)
        (scheme, domain) = try reader.opening()
        address = try reader.address()
        statement = try reader.statement()
        uri = try reader.required("URI: ", "a URI", MessageGrammar.isURI)
        _ = try reader.required("Version: ", "1") { $0 == "1" }
        chain = try reader.chain()
        nonce = try reader.required("Nonce: ", "8 to 128 letters and digits", MessageGrammar.isNonce)
        issuedAt = try reader.requiredTime("Issued At: ")
        expirationTime = try reader.time("Expiration Time: ")
        notBefore = try reader.time("Not Before: ")
        requestIdentifier = try reader.optional("Request ID: ", "an identifier", MessageGrammar.isPathCharacters)
        resources = try reader.resources()
        try reader.finish()
    }
}

/// Where a text is not a message of EIP-4361.
public struct SignInMessageFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// What should stand there. Never quotes the text.
    public let expected: String

    public var description: String { "line \(line): expected \(expected)" }
}
