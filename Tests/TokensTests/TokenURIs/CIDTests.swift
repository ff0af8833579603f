import Testing

@testable import Tokens

@Suite("Content identifiers")
struct CIDTests {
    @Test(
        "have one canonical form in every version and base",
        arguments: [
            (
                "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o",
                "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
            ),
            (
                "BAFYBEIE2REIZ2Q6RBCUWPY2ETYZTJNCEOLU4RDI7RP3TH2LSKY4R5CKEEY",
                "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
            ),
            (
                "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey",
                "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
            ),
        ]
    )
    func canonical(text: String, canonical: String) {
        let cid = CID(text)
        #expect(cid?.canonical == canonical)
        #expect(cid?.text == text)
        #expect(cid == CID(canonical))
    }

    @Test("in base 16, 36 and 58 are understood")
    func otherBases() {
        let canonical = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        let hex = "f01551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(CID(hex)?.canonical == canonical)
        #expect(CID("zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7") != nil)
        #expect(CID("k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8") != nil)
    }

    @Test(
        "that are truncated, altered or something else are refused",
        arguments: [
            "", "b", "Qm", "folder", "bafy", "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7",
            "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7oo", "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE70",
            "qmyjtig7vjq6xsnujqqjvj7qamccawtrgndahsifofre7o",
            "dafybeie5gq4jxvzmsym6hjlwxej4rwdoxt7wadqvmmwbqi7r27fclha2va",
            "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckee", "banana", "zoo", "f00d", "bitcoin",
            String(repeating: "Q", count: 10_000),
        ]
    )
    func invalid(text: String) {
        #expect(CID(text) == nil)
    }

    @Test("no single changed character of a base 32 identifier is overlooked in the header")
    func mutations() {
        let text = Array("bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey".utf8)
        for position in 0..<text.count {
            var mutated = text
            mutated[position] = UInt8(ascii: "1")
            #expect(CID(String(decoding: mutated, as: UTF8.self)) == nil)
        }
    }
}

@Suite("Base 32 and 64")
struct BaseEncodingTests {
    @Test("bytes survive a round trip")
    func roundTrips() {
        var generator = SeededGenerator(seed: 7)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
            #expect(Base64.decodeLeniently(Base64.encode(bytes)) == bytes)
        }
        #expect(text(Base64.encode(Array("foob".utf8))) == "Zm9vYg==")
        #expect(text(Base32.encode(Array("foob".utf8))) == "mzxw6yq")
    }

    @Test("base 64 is read in both alphabets, without padding, with white space")
    func lenience() {
        #expect(Base64.decodeLeniently(Array("-_ 8\n=".utf8)) == [0xFB, 0xFF])
        #expect(Base64.decodeLeniently(Array("+/8".utf8)) == [0xFB, 0xFF])
        #expect(Base64.decodeLeniently(Array("A".utf8)) == nil)
        #expect(Base64.decodeLeniently(Array("QQ==QQ".utf8)) == nil)
        #expect(Base64.decodeLeniently(Array("Q*".utf8)) == nil)
    }
}
