import Testing
import Tokens

@Suite("Multicall3")
struct MulticallTests {
    private static let multicall = "0xcA11bde05977b3631167028862bE2a173976CA11"

    /// One result as a contract would return it.
    private struct Result {
        var isSuccess: Bool
        var data: [UInt8]
    }

    /// `(bool,bytes)[]`, written down independently of the decoder.
    private func encode(_ results: [Result]) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { UInt256(UInt64(value)).bigEndianBytes }
        var heads: [UInt8] = []
        var tails: [UInt8] = []
        for result in results {
            heads += word(results.count * 32 + tails.count)
            let padding = [UInt8](repeating: 0, count: (32 - result.data.count % 32) % 32)
            tails += word(result.isSuccess ? 1 : 0) + word(64) + word(result.data.count) + result.data + padding
        }
        return word(32) + word(results.count) + heads + tails
    }

    private func expected(_ result: Result) -> CallOutcome? {
        if result.isSuccess { return result.data.isEmpty ? .unsupported : .returned(result.data) }
        return result.data.isEmpty ? nil : .reverted(RevertReason(data: result.data))
    }

    private func random(_ generator: inout SeededGenerator) -> [Result] {
        (0..<Int(generator.next() % 12)).map { _ in
            let count = generator.next() % 4 == 0 ? 0 : Int(generator.next() % 200)
            return Result(
                isSuccess: generator.next() % 3 > 0,
                data: (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        }
    }

    @Test("two calls are encoded as Solidity does")
    func encoding() throws {
        let contract = try ContractAddress(parsing: "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d")
        let multicall = try ContractAddress(parsing: Self.multicall)
        let calls = [ContractCall(.name, of: contract), ContractCall.uri(of: TokenIdentifier(258), in: contract)]
        let call = Multicall.call(calls, through: multicall)
        #expect(call.contract == multicall)
        let zeros = { (count: Int) in String(repeating: "0", count: count) }
        let address = zeros(24) + "bc4ca0eda7647a8ab7c2061c2e118a18a936f13d"
        let words = [
            zeros(62) + "20", zeros(63) + "2", zeros(62) + "40", zeros(62) + "e0",
            address, zeros(63) + "1", zeros(62) + "60", zeros(63) + "4", "06fdde03" + zeros(56),
            address, zeros(63) + "1", zeros(62) + "60", zeros(62) + "24", "0e89341c" + zeros(56),
            "00000102" + zeros(56),
        ]
        #expect(call.data == bytes(hex: "82ad56cb" + words.joined()))
    }

    @Test("the selector is the beginning of the signature's digest")
    func selector() throws {
        let address = try ContractAddress(parsing: Self.multicall)
        let signature = FunctionSelector(signature: "aggregate3((address,bool,bytes)[])")
        #expect(Array(Multicall.call([], through: address).data.prefix(4)) == signature.bytes)
    }

    @Test("what was encoded is decoded")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let results = random(&generator)
            #expect(try Multicall.outcomes(of: encode(results), count: results.count) == results.map(expected))
        }
    }

    @Test("a failure without data is left open: a bare revert looks like a lack of gas")
    func ambiguity() throws {
        let data = encode([Result(isSuccess: false, data: []), Result(isSuccess: false, data: bytes(hex: "7e273289"))])
        #expect(try Multicall.outcomes(of: data, count: 2) == [nil, .reverted(.nonexistentToken)])
    }

    @Test("an answer to more or fewer calls is refused")
    func counts() {
        let data = encode([Result(isSuccess: true, data: [1])])
        #expect(throws: ABIError.malformed) { try Multicall.outcomes(of: data, count: 0) }
        #expect(throws: ABIError.malformed) { try Multicall.outcomes(of: data, count: 2) }
        #expect(throws: ABIError.empty) { try Multicall.outcomes(of: [], count: 1) }
    }

    @Test("E-7 offsets and lengths beyond the data are refused without overflow")
    func outOfBounds() {
        let valid = encode([Result(isSuccess: true, data: [1, 2, 3])])
        let hostile = [
            UInt256.max, UInt256(1 << 63, 0, 0, 0), UInt256(.max), UInt256(UInt64(Int.max)), UInt256(1 << 40),
        ]
        for value in hostile {
            for position in stride(from: 0, to: valid.count - 32, by: 32) {
                var data = valid
                data.replaceSubrange(position..<position + 32, with: value.bigEndianBytes)
                #expect(throws: ABIError.malformed) { try Multicall.outcomes(of: data, count: 1) }
            }
        }
    }

    @Test("results that share their bytes cannot make much of little")
    func amplification() {
        func word(_ value: Int) -> [UInt8] { UInt256(UInt64(value)).bigEndianBytes }
        let count = 1000
        let shared = word(1) + word(64) + word(32_000) + [UInt8](repeating: 7, count: 32_000)
        let heads = (0..<count).flatMap { _ in word(count * 32) }
        #expect(throws: ABIError.malformed) {
            try Multicall.outcomes(of: word(32) + word(count) + heads + shared, count: count)
        }
    }

    @Test("no truncation or flipped bit crashes the decoder")
    func mutations() {
        var generator = SeededGenerator(seed: 9)
        let valid = encode([
            Result(isSuccess: true, data: ABI.encodeString("ipfs://x/1")), Result(isSuccess: false, data: []),
        ])
        for length in 0..<valid.count { _ = try? Multicall.outcomes(of: Array(valid.prefix(length)), count: 2) }
        for bit in 0..<valid.count * 8 {
            var mutated = valid
            mutated[bit / 8] ^= 1 << (bit % 8)
            let total = (try? Multicall.outcomes(of: mutated, count: 2))?.reduce(0) { sum, outcome in
                if case .returned(let data) = outcome { sum + data.count } else { sum }
            }
            #expect(total ?? 0 <= mutated.count)
        }
        for _ in 0..<5000 {
            let data = (0..<Int(generator.next() % 400)).map { _ in
                generator.next() % 5 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : 0
            }
            _ = try? Multicall.outcomes(of: data, count: Int(generator.next() % 3))
        }
    }
}
