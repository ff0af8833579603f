import Glibc
import Testing

@testable import HTTPServing

@Suite("Output that waits")
struct PendingOutputTests {
    @Test("comes out in its order, however much of it is taken at a time", arguments: [1, 3, 7, 1000, .max])
    func order(_ step: Int) {
        var pending = PendingOutput()
        var expected: [UInt8] = []
        for number in 0..<200 {
            let octets = Octets(count: number % 5 + 1)
            expected += octets.bytes
            octets.bytes.withUnsafeBytes { bytes in
                if number % 3 == 0 {
                    pending.append(bytes, keptAliveBy: octets)
                } else {
                    pending.append(copying: bytes)
                }
            }
        }
        #expect(pending.count == expected.count)
        var found: [UInt8] = []
        while pending.withNext({ runs in
            var taken = 0
            for run in runs {
                let rest = min(run.iov_len, step - taken)
                found += UnsafeRawBufferPointer(start: run.iov_base, count: rest)
                taken += rest
            }
            return taken
        }) {
            #expect(pending.count == expected.count - found.count)
        }
        #expect(found == expected)
        #expect(pending.isEmpty)
    }

    @Test("stays when nothing of it is taken")
    func nothing() {
        var pending = PendingOutput()
        pending.append(copying: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(!pending.withNext { _ in 0 })
        Octets(count: 3).bytes.withUnsafeBytes { pending.append(copying: $0) }
        #expect(pending.withNext { _ in 0 })
        #expect(pending.count == 3)
    }
}
