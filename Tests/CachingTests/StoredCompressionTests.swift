import Testing
import Tokens

@testable import Caching

@Suite struct StoredCompressionTests {
    private let text = Array(String(repeating: #"{"trait_type":"Background","value":"Blue"},"#, count: 100).utf8)

    private func sample(_ document: [UInt8]) throws -> TokenRecord {
        try record(document: document)
    }

    @Test func `what is longer than the threshold is stored shorter and comes back as it was`() throws {
        let record = try sample(text)
        let plain = RecordCoding.encode(record)
        let compressed = RecordCoding.encode(record, compressingAbove: 1024)
        #expect(compressed.count < plain.count / 2)
        #expect(try RecordCoding.decode(compressed) == record)
        #expect(RecordCoding.encode(record, compressingAbove: plain.count) == plain)
    }

    @Test func `what cannot be made shorter, or would take long, is stored as it is`() throws {
        var generator = SystemRandomNumberGenerator()
        let noise = try sample((0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect(RecordCoding.encode(noise, compressingAbove: 0).count >= 5000)
        let long = try sample([UInt8](repeating: 32, count: 300 << 10))
        #expect(RecordCoding.encode(long, compressingAbove: 0).count > 300 << 10)
        for record in [noise, long] {
            #expect(try RecordCoding.decode(RecordCoding.encode(record, compressingAbove: 0)) == record)
        }
    }

    @Test func `a release that knows nothing of it takes it for another version`() throws {
        let compressed = RecordCoding.encode(try sample(text), compressingAbove: 0)
        #expect(compressed[2] == RecordCoding.version | 0x80)
    }

    @Test func `any truncation and any flipped bit is refused`() throws {
        let bytes = RecordCoding.encode(try sample(text), compressingAbove: 0)
        for length in 0..<bytes.count {
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(Array(bytes[..<length])) }
        }
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(damaged) }
        }
    }

    @Test(arguments: [0, 1, 4000, 64 << 20, (64 << 20) + 1, Int(UInt32.max)])
    func `no more is made of a value than it announces and may have, whatever its checksum says`(count: Int) throws {
        let form = StoredValue(magic: Array("MC".utf8), version: RecordCoding.version, maximumLength: 64 << 20)
        let stream = try #require(text.withUnsafeBytes { Compression.fastBrotli($0) })
        var bytes = form.sealing(capacity: 100, compressingAbove: nil) { output in
            output.append(number: UInt32(count))
            output += stream
        }
        bytes[2] |= 0x80
        bytes.replaceSubrange((bytes.count - 4)..., with: checksum(of: bytes.dropLast(4)))
        #expect(throws: StoredValueError.self) { try RecordCoding.decode(bytes) }
    }

    /// The CRC-32 that a value of no version ends with.
    private func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        let form = StoredValue(magic: Array(bytes.prefix(2)), version: bytes[2], maximumLength: 64 << 20)
        return form.sealing(capacity: 0, compressingAbove: nil) { $0 += bytes.dropFirst(3) }.suffix(4)
    }
}
