import MintcacheTesting
import Testing
import Tokens

@testable import Sessions

@Suite("Signatures of wallets") struct SignatureTests {
    /// By eth-account: the key of 32 bytes `0x46` over "Hello World".
    private static let foreign = (
        address: "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F",
        signature: """
        f445005436439a4398409aee0e0b13702bdee4e3774b6aa67184f0732d3a270a\
        1ef3802a2455afba1374fb2ad23345e89eb7366c9d567fe0e5338df934434e3b1c
        """
    )

    @Test(arguments: [
        ("Hello World", "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2"),
        ("", "5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad"),
        ("\u{FC}ber", "00cca9d564c80e57f3f9413a7e8f26e3d8cc017dad17b77c227b1c20d1dbe973"),
    ])
    func `texts are hashed as EIP-191 has it`(_ text: String, _ hash: String) {
        #expect(Hex.text(PersonalMessage.hash(text)) == hash)
    }

    @Test func `another implementation's signature is recovered`() throws {
        let bytes = try #require(Hex.bytes(Self.foreign.signature[...]))
        let signature = try #require(KeySignature(bytes))
        #expect(signature.signer(of: PersonalMessage.hash("Hello World"))?.checksummed == Self.foreign.address)
        #expect(signature.signer(of: PersonalMessage.hash("Hello world"))?.checksummed != Self.foreign.address)
        #expect(!signature.isMalleable)
    }

    @Test(arguments: [
        (1, "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"), (2, "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"),
    ])
    func `keys have the addresses that are known of them`(_ key: Int, _ address: String) {
        #expect(TestWallet(UInt64(key)).address == address)
    }

    @Test func `v may be 27 and 28 or 0 and 1, and nothing else`() throws {
        let wallet = TestWallet(7)
        for text in ["a", "b", "c", "d"] {
            var bytes = wallet.signature(of: text)
            let hash = PersonalMessage.hash(text)
            #expect(KeySignature(bytes)?.signer(of: hash)?.checksummed == wallet.address)
            bytes[64] -= 27
            #expect(KeySignature(bytes)?.signer(of: hash)?.checksummed == wallet.address)
            for v: UInt8 in [2, 26, 29, 31, 32, 255] {
                bytes[64] = v
                #expect(KeySignature(bytes) == nil)
            }
        }
    }

    @Test func `the mirror of a signature is told from the signature`() throws {
        let wallet = TestWallet(9)
        let mirror = try #require(KeySignature(TestWallet.mirrored(wallet.signature(of: "text"))))
        // It recovers, which is why it has to be refused.
        #expect(mirror.signer(of: PersonalMessage.hash("text"))?.checksummed == wallet.address)
        #expect(mirror.isMalleable)
    }

    @Test func `what is no signature names nobody`() throws {
        let hash = PersonalMessage.hash("text")
        #expect(KeySignature([]) == nil)
        #expect(KeySignature(Array(TestWallet(1).signature(of: "text").dropLast())) == nil)
        for filling: UInt8 in [0, 255] {
            let bytes = [UInt8](repeating: filling, count: 64) + [27]
            #expect(KeySignature(bytes)?.signer(of: hash) == nil && KeySignature(bytes)?.isMalleable == false)
        }
    }

    // MARK: Contracts

    private static let multicall = ContractAddress.of("0xcA11bde05977b3631167028862bE2a173976CA11")
    private static let wallet = WalletAddress(.of("0x00000000000000000000000000000000000000A1"))
    private static let yes = [0x16, 0x26, 0xBA, 0x7E] + [UInt8](repeating: 0, count: 28)

    @Test func `a contract is asked as ERC-1271 has it`() throws {
        let hash = PersonalMessage.hash("text")
        let signature = try #require(ContractSignature([1, 2, 3]))
        let call = signature.call(for: hash, by: Self.wallet, through: Self.multicall)
        #expect(call.contract == Self.wallet.contract)
        let expected = "1626ba7e" + Hex.text(hash) + Self.word("40") + Self.word("3") + "010203"
        #expect(Hex.text(call.data) == expected.padding(to: 8 + 4 * 64))
        #expect(signature.isConfirmed(by: Self.yes))
        #expect(!signature.isConfirmed(by: [UInt8](repeating: 0, count: 32)))
        #expect(!signature.isConfirmed(by: [0x16, 0x26, 0xBA, 0x7E]))
        // What gives back its question.
        #expect(!signature.isConfirmed(by: [0x16, 0x26, 0xBA, 0x7E] + [UInt8](repeating: 7, count: 128)))
    }

    @Test func `a contract that is not there yet is deployed first, in the same call`() throws {
        let inner = [UInt8](repeating: 7, count: 5)
        let text =
            Self.word("fac7") + Self.word("60") + Self.word("a0") + Self.word("2") + "abcd".padding(to: 64)
            + Self.word("5") + Hex.text(inner).padding(to: 64) + String(repeating: "6492", count: 16)
        let signature = try #require(Hex.bytes(text[...]).flatMap { ContractSignature($0) })
        #expect(signature.signature == inner)
        #expect(signature.deployment?.data == [0xAB, 0xCD])
        #expect(signature.deployment?.factory == .of("0x000000000000000000000000000000000000fac7"))
        let call = signature.call(for: PersonalMessage.hash("text"), by: Self.wallet, through: Self.multicall)
        #expect(call.contract == Self.multicall)
        #expect(!signature.isConfirmed(by: Self.yes))
    }

    @Test(arguments: ["", "00", String(repeating: "f", count: 192)])
    func `a deployment that is none is refused`(_ content: String) throws {
        let bytes = try #require(Hex.bytes((content + String(repeating: "6492", count: 16))[...]))
        #expect(ContractSignature(bytes) == nil)
    }

    private static func word(_ digits: String) -> String { String(repeating: "0", count: 64 - digits.count) + digits }
}

extension ContractAddress {
    fileprivate static func of(_ text: String) -> ContractAddress {
        guard let address = try? ContractAddress(parsing: text) else { preconditionFailure("\(text) is no address.") }
        return address
    }
}

extension String {
    fileprivate func padding(to count: Int) -> String { self + String(repeating: "0", count: count - self.count) }
}
