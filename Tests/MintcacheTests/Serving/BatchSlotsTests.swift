import Caching
import Testing

@testable import Mintcache

@Suite struct `The slots of a batch` {
    private let delivery = BatchDelivery(.notCached)
    private var size: Int { delivery.body.count }

    private func asked(_ slots: inout BatchSlots) -> [Int] {
        var asked: [Int] = []
        while let slot = slots.takeUnasked() {
            slots.lookUp(slot)
            asked.append(slot)
        }
        return asked
    }

    @Test func `are asked for in order, but for those that are there`() {
        var slots = BatchSlots(count: 4, budget: 10 * size, format: .json)
        let isHeld = slots.take(delivery, for: 1)
        #expect(isHeld && slots.unaskedCount == 3)
        let asked = asked(&slots)
        #expect(asked == [0, 2, 3] && slots.unaskedCount == 0)
    }

    @Test func `hold so many bytes, and let go of what comes beyond, but for the one whose turn it is`() {
        var slots = BatchSlots(count: 4, budget: 2 * size, format: .lines)
        let held = [3, 1, 0].map { slots.take(delivery, for: $0) }
        #expect(held == [true, true, false])
        #expect(slots.heldBytes == 2 * size)
        slots.awaited = 2
        let isHeld = slots.take(delivery, for: 2)
        let gone = [slots.takeGone(), slots.takeGone()]
        #expect(isHeld && gone == [0, nil])
        for slot in [3, 1, 2] {
            let arrival = slots.takeArrival()
            #expect(arrival?.slot == slot)
            slots.written(slot)
        }
        #expect(slots.heldBytes == 0 && !slots.hasArrivals)
    }

    @Test func `that were let go of come before all others`() {
        var slots = BatchSlots(count: 3, budget: size, format: .json)
        let held = [0, 1].map { slots.take(delivery, for: $0) }
        #expect(held == [true, false])
        slots.queueAgain(1)
        let first = asked(&slots)
        #expect(first == [1, 2])
        slots.queueAgain(2)
        let second = asked(&slots)
        #expect(second == [2])
    }
}

@Suite struct `The output of a batch` {
    @Test func `leaves in small pieces, whole and in order`() {
        var output = BatchOutput(isCompressed: false)
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        output.append { $0 += bytes }
        #expect(output.isPieceFull)
        var sent: [UInt8] = []
        while let piece = output.takePiece(flushing: false) {
            #expect(piece.count <= 32 << 10)
            sent += piece
        }
        #expect(sent == bytes && !output.isPieceFull)
        output.append { $0 += [1, 2] }
        let last = output.takePiece(flushing: true)
        #expect(last == [1, 2])
        #expect(output.end().isEmpty)
    }
}
