import Testing

@testable import Sessions

@Suite("Messages of EIP-4361") struct SignInMessageTests {
    static let full = """
        https://app.example.com:8443 wants you to sign in with your Ethereum account:
        0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf

        Sign in to the gallery (v1), please!

        URI: https://app.example.com:8443/login?next=/
        Version: 1
        Chain ID: 137
        Nonce: 5f0c1d0b6c9e4a53
        Issued At: 2026-01-02T03:04:05.678Z
        Expiration Time: 2026-01-02T04:04:05+01:00
        Not Before: 2026-01-02T03:00:00Z
        Request ID: order:7;b@c%20d
        Resources:
        - ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
        - https://example.com/my-web2-claim.json
        """
    static let plain = """
        app.example.com wants you to sign in with your Ethereum account:
        0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf


        URI: https://app.example.com
        Version: 1
        Chain ID: 1
        Nonce: 12345678
        Issued At: 2026-01-02T03:04:05Z
        """

    @Test func `a message with every field is read`() throws {
        let message = try SignInMessage(parsing: Self.full)
        #expect(message.scheme == "https" && message.domain == "app.example.com:8443")
        #expect(message.address.checksummed == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
        #expect(message.statement == "Sign in to the gallery (v1), please!")
        #expect(message.uri == "https://app.example.com:8443/login?next=/")
        #expect(message.chain == 137 && message.nonce == "5f0c1d0b6c9e4a53")
        #expect(message.issuedAt == 1_767_323_045_678)
        #expect(message.expirationTime == 1_767_323_045_000)
        #expect(message.notBefore == 1_767_322_800_000)
        #expect(message.requestIdentifier == "order:7;b@c%20d" && message.resources.count == 2)
    }

    @Test func `a message with what is needed and nothing else is read`() throws {
        let message = try SignInMessage(parsing: Self.plain)
        #expect(message.scheme == nil && message.statement == nil && message.expirationTime == nil)
        #expect(message.requestIdentifier == nil && message.resources.isEmpty)
    }

    @Test(arguments: [
        ("a line feed in the statement", "please!", "please!\nNonce: 00000000", 5),
        ("a line feed at the end", "claim.json", "claim.json\n", 17),
        ("carriage returns", "Version: 1\n", "Version: 1\r\n", 7),
        ("a statement beyond ASCII", "please!", "pl\u{E9}ase!", 4),
        ("quotes in the statement", "please!", "\"please\"", 4),
        ("no empty line before the statement", "Bdf\n\nSign", "Bdf\nSign", 3),
        ("one empty line too many", "please!\n\n", "please!\n\n\n", 6),
        (
            "an address in lower case", "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
            "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", 2
        ),
        ("an address with a wrong checksum", "0x7E5F", "0x7e5F", 2),
        ("another version", "Version: 1\n", "Version: 2\n", 7),
        ("a version with a blank", "Version: 1\n", "Version: 1 \n", 7),
        ("a chain that is no number", "Chain ID: 137", "Chain ID: 0x89", 8),
        ("a chain with a leading zero", "Chain ID: 137", "Chain ID: 0137", 8),
        ("a chain beyond 64 bits", "Chain ID: 137", "Chain ID: 99999999999999999999999", 8),
        ("a short nonce", "Nonce: 5f0c1d0b6c9e4a53", "Nonce: 5f0c1d0", 9),
        ("a nonce with a hyphen", "Nonce: 5f0c1d0b", "Nonce: 5f0c1d-0b", 9),
        ("a time without an offset", "05.678Z", "05.678", 10),
        ("a day that is none", "Issued At: 2026-01-02", "Issued At: 2026-02-29", 10),
        ("fields in another order", "Version: 1\nChain ID: 137\n", "Chain ID: 137\nVersion: 1\n", 7),
        ("a field twice", "Version: 1\n", "Version: 1\nVersion: 1\n", 8),
        ("user information in the domain", "https://app", "https://evil@app", 1),
        ("an empty domain", "https://app.example.com:8443 wants", "https:// wants", 1),
        ("a broken percent-encoding", "c%20d", "c%2", 13),
        ("a URI without a scheme", "URI: https://", "URI: //", 6),
        ("a resource that is no URI", "- ipfs", "- ", 15),
        ("words after the opening", "account:\n", "account: \n", 1),
    ])
    func `a message that breaks the grammar is refused at its line`(
        _ what: String, _ original: String, _ broken: String, _ line: Int
    ) throws {
        let text = Self.full.replacing(original, with: broken, maxReplacements: 1)
        #expect(text != Self.full, "\(what) changes the message")
        let fault = #expect(throws: SignInMessageFault.self) { try SignInMessage(parsing: text) }
        #expect(fault?.line == line, "\(what): \(fault?.description ?? "")")
    }

    @Test func `a message of more than four kibibytes is not read`() {
        let text = Self.plain.replacing("Nonce: ", with: "Nonce: " + String(repeating: "a", count: 4096))
        #expect(throws: SignInMessageFault.self) { try SignInMessage(parsing: text) }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:60Z", 951_868_800_000),
        ("2026-01-02t03:04:05z", 1_767_323_045_000),
        ("2026-01-02T03:04:05.1239Z", 1_767_323_045_123), ("2026-01-02T03:04:05.5Z", 1_767_323_045_500),
        ("2026-01-01T22:04:05-05:00", 1_767_323_045_000), ("1969-12-31T23:59:59Z", -1000),
    ])
    func `times of RFC 3339 are read`(_ text: String, _ milliseconds: Int64) {
        #expect(InternetTime.milliseconds(text[...]) == milliseconds)
    }

    @Test(arguments: [
        "", "2026-01-02", "2026-01-02 03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-32T03:04:05Z",
        "1900-02-29T00:00:00Z",
        "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05Z ", "26-01-02T03:04:05Z", "2026-01-02T03:04:05+24:00",
    ])
    func `what is no time of RFC 3339 is refused`(_ text: String) {
        #expect(InternetTime.milliseconds(text[...]) == nil)
    }
}
