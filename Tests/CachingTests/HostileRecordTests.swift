import Caching
import Testing
import Tokens

/// Records whose checksum is right and whose content is not: what somebody with access to the shared cache could write.
@Suite struct HostileRecordTests {
    @Test func `any truncation with a fitting checksum is refused`() throws {
        let content = RecordCoding.encode(try record()).dropLast(4)
        for length in 3..<content.count {
            #expect(throws: StoredValueError.self) { try RecordCoding.decode(sealed(content.prefix(length))) }
        }
        #expect(throws: StoredValueError.invalid("length")) { try RecordCoding.decode(sealed(content + [0])) }
        #expect(throws: Never.self) { try RecordCoding.decode(sealed(content)) }
    }

    @Test func `any changed byte with a fitting checksum gives a record or an error, never a crash`() throws {
        let content = Array(RecordCoding.encode(try record()).dropLast(4))
        var decoded = 0
        for position in content.indices {
            for value in [0, 1, 2, 3, 0x0A, 0x7F, 0x80, 0xFF, content[position] ^ 0x20] as [UInt8] {
                var changed = content
                changed[position] = value
                do throws(StoredValueError) {
                    let record = try RecordCoding.decode(sealed(changed))
                    #expect(record.contentType?.utf8.contains { $0 < 0x20 } != true)
                    decoded += 1
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
        #expect(decoded > 0)
    }

    @Test(arguments: [(3, 3), (4, 3), (5, 4)] as [(Int, UInt8)])
    func `an unknown code is refused`(_ position: Int, _ value: UInt8) throws {
        var content = Array(RecordCoding.encode(try record()).dropLast(4))
        content[position] = value
        #expect(throws: StoredValueError.self) { try RecordCoding.decode(sealed(content)) }
    }

    @Test func `lengths that reach past the end are refused`() throws {
        var content = Array(RecordCoding.encode(try record()).dropLast(4))
        // The reason's length stands behind the fixed fields.
        for index in 130..<134 { content[index] = 0xFF }
        #expect(throws: StoredValueError.truncated) { try RecordCoding.decode(sealed(content)) }
    }
}
