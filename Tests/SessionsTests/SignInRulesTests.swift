import Testing

@testable import Sessions

@Suite("What a message must say") struct SignInRulesTests {
    private static let now: Int64 = 1_767_323_045_000
    private static let rules = SignInRules(
        domain: "app.example.com", origins: ["https://app.example.com", "http://localhost:3000"], chains: [1, 137],
        window: 300_000)

    private static func message(_ change: (inout SignInMessage) -> Void = { _ in }) throws -> SignInMessage {
        var message = try SignInMessage(parsing: SignInMessageTests.plain)
        change(&message)
        return message
    }

    private func refusal(_ change: (inout SignInMessage) -> Void) throws -> SignInRefusal? {
        let message = try Self.message(change)
        do throws(SignInRefusal) {
            try Self.rules.judge(message, at: Self.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `one that fits is believed`() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.scheme = "https" } == nil)
        #expect(try refusal { $0.uri = "http://localhost:3000/login" } == nil)
    }

    @Test(arguments: ["evil.example", "app.example.com.evil.example", "app.example.com:8443", "APP.example.com"])
    func `another domain is refused`(_ domain: String) throws {
        #expect(try refusal { $0.domain = domain } == .domain)
    }

    @Test(arguments: [
        "https://app.example.com.evil.example/", "https://app.example.com@evil.example/", "http://app.example.com/",
        "https://app.example.com:8443/", "data:text/plain,x",
    ])
    func `another site's URI is refused`(_ uri: String) throws {
        #expect(try refusal { $0.uri = uri } == .uri)
    }

    @Test func `another scheme or chain is refused`() throws {
        #expect(try refusal { $0.scheme = "http" } == .scheme)
        #expect(try refusal { $0.chain = 5 } == .chain)
    }

    @Test func `times are held against the clock, to the millisecond`() throws {
        #expect(try refusal { $0.issuedAt = Self.now - 299_999 } == nil)
        #expect(try refusal { $0.issuedAt = Self.now - 300_000 } == .issuedAt)
        #expect(try refusal { $0.issuedAt = Self.now + 60_000 } == nil)
        #expect(try refusal { $0.issuedAt = Self.now + 60_001 } == .issuedAt)
        #expect(try refusal { $0.expirationTime = Self.now + 1 } == nil)
        #expect(try refusal { $0.expirationTime = Self.now } == .expired)
        #expect(try refusal { $0.notBefore = Self.now } == nil)
        #expect(try refusal { $0.notBefore = Self.now + 1 } == .notYetValid)
    }
}
