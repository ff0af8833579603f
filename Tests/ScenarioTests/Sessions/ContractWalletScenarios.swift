import EventLoops
import MintcacheTesting
import SampleUpstream
import Testing
import Tokens

@testable import Mintcache

@Suite("Wallets that are contracts", .timeLimit(.minutes(1))) struct ContractWalletScenarios {
    private static let yes = "0x1626ba7e" + String(repeating: "0", count: 56)

    private static func result(_ data: String) -> Reply {
        Reply(200, ["Content-Type: application/json"], "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\(data)\"}")
    }

    /// Neither 65 bytes long nor anybody's.
    private static let signature = [UInt8](repeating: 0xAB, count: 130)

    @Test func `sign in when the contract says so, and only then`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            for (data, status) in [(Self.yes, 200), ("0x" + String(repeating: "0", count: 64), 401), ("0x", 401)] {
                scene.origin.always { _ in Self.result(data) }
                let answer = try await page.verify(page.message(try await page.nonce()), Self.signature)
                #expect(answer.status == status, "\(answer.text)")
                let asked = try #require(scene.origin.lastRequest)
                #expect(asked.target == "/rpc" && asked.text.contains("0x1626ba7e"))
                #expect(asked.text.contains(page.wallet.address.lowercased()))
            }
        }
    }

    @Test func `sign in before they are deployed, by a call that deploys them`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            func word(_ digits: String) -> String { String(repeating: "0", count: 64 - digits.count) + digits }
            let body = Self.yes.dropFirst(2)
            // (bool, bytes)[2]: the deployment failed, the signature is good.
            let outcomes =
                word("20") + word("2") + word("40") + word("a0") + word("0") + word("40") + word("0") + word("1")
                + word("40") + word("20") + body
            scene.origin.always { _ in Self.result("0x" + outcomes) }
            let wrapped =
                word("fac7") + word("60") + word("a0") + word("1") + "ab" + String(repeating: "0", count: 62)
                + word("1") + "cd" + String(repeating: "0", count: 62) + String(repeating: "6492", count: 16)
            let message = page.message(try await page.nonce())
            let answer = try await page.ask(
                "POST", "/auth/verify",
                .object([("message", .string(message)), ("signature", .string("0x" + wrapped))]))
            #expect(answer.status == 200, "\(answer.text)")
            let asked = try #require(scene.origin.lastRequest)
            #expect(asked.text.lowercased().contains("ca11bde05977b3631167028862be2a173976ca11"))
            #expect(asked.text.contains("000000000000000000000000000000000000fac7"))
        }
    }

    @Test func `are told to come back when the chain cannot be asked`() async throws {
        try await SessionScene.play { scene in
            var page = SessionPage(scene)
            scene.origin.always(500)
            let answer = try await page.verify(page.message(try await page.nonce()), Self.signature)
            #expect(answer.status == 503 && answer["Retry-After"] == "2", "\(answer.text)")
            #expect(try await scene.metric("mintcache_sign_ins_total{outcome=\"unavailable\"} 1"))
            // A key needs nobody else's word.
            try await page.signIn()
        }
    }

    @Test func `sign in by what a contract reads in the question`() async throws {
        try await Self.onSampleChain { scene in
            var page = SessionPage(scene)
            let wallet = ["address": SampleWallet.deployed.checksummed]
            let message = page.message(try await page.nonce(), wallet)
            let answer = try await page.verify(message, SampleWallet.signature(of: Self.hash(of: message)))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.document["wallet_address"]?.string == SampleWallet.deployed.checksummed)
            var good = SampleWallet.signature(of: Self.hash(of: message))
            for signature in [good, good + [0], good.dropLast()] {
                // The signature of another message, and not even that.
                let other = page.message(try await page.nonce(), wallet)
                #expect(try await page.verify(other, signature).refusal == "sign-in-refused: signature")
            }
            let other = page.message(try await page.nonce(), wallet)
            good = SampleWallet.signature(of: Self.hash(of: other))
            good[good.count - 1] ^= 1
            #expect(try await page.verify(other, good).refusal == "sign-in-refused: signature")
        }
    }

    @Test func `sign in when the deployment that comes along puts them there`() async throws {
        try await Self.onSampleChain { scene in
            var page = SessionPage(scene)
            let wallet = SampleWallet.counterfactual.checksummed
            let (factory, deployment) = (SampleWallet.factory, SampleWallet.deployment)
            func attempt(_ wrap: ([UInt8]) -> [UInt8]) async throws -> HTTPAnswer {
                let message = page.message(try await page.nonce(), ["address": wallet])
                return try await page.verify(message, wrap(SampleWallet.signature(of: Self.hash(of: message))))
            }
            let answer = try await attempt { Self.wrapped($0, factory, deployment) }
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.document["wallet_address"]?.string == wallet)
            for wrap: ([UInt8]) -> [UInt8] in [
                { $0 }, { Self.wrapped($0, SampleWallet.deployed, deployment) },
                { Self.wrapped($0, factory, deployment.dropLast()) },
                { Self.wrapped($0.dropLast(), factory, deployment) },
            ] {
                #expect(try await attempt(wrap).refusal == "sign-in-refused: signature")
            }
        }
    }

    /// A scene whose chains are the sample upstream's, where contracts look into what they are asked.
    private static func onSampleChain(_ scenario: (SessionScene) async throws -> Void) async throws {
        let loop = try EventLoop(label: "sample")
        let upstream = SampleUpstream()
        try await upstream.start(on: [loop])
        try await SessionScene.play(.init(rpc: upstream.rpcURL), scenario)
        await upstream.stop()
        loop.shutdown()
    }

    /// What `personal_sign` signs of a text (EIP-191).
    private static func hash(of text: String) -> [UInt8] {
        Keccak256.hash("\u{19}Ethereum Signed Message:\n\(text.utf8.count)" + text).bigEndianBytes
    }

    /// `(address, bytes, bytes)` and what marks it (ERC-6492).
    private static func wrapped(_ signature: [UInt8], _ factory: ContractAddress, _ data: [UInt8]) -> [UInt8] {
        func word(_ number: Int) -> [UInt8] { UInt256(UInt64(number)).bigEndianBytes }
        func padded(_ bytes: [UInt8]) -> [UInt8] {
            word(bytes.count) + bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
        }
        let first = padded(data)
        let head = [UInt8](repeating: 0, count: 12) + factory.bytes + word(96) + word(96 + first.count)
        return head + first + padded(signature) + (0..<16).flatMap { _ in [0x64, 0x92] as [UInt8] }
    }
}
