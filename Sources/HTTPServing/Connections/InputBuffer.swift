import Glibc

/// Octets of one connection that were read but not used yet. Without any it holds no memory.
struct InputBuffer: ~Copyable {
    // Safe: the allocation belongs to this value alone and is freed with it.
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    deinit {
        base?.deallocate()
    }

    var isEmpty: Bool { start == end }
    var count: Int { end - start }

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base.map { UnsafeRawPointer($0 + start) }, count: count)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        room(for: bytes.count).copyMemory(from: bytes)
        end += bytes.count
    }

    /// Reads from a socket, at most up to `limit` octets in all; the result is read(2)'s.
    mutating func read(from descriptor: Int32, limit: Int) -> Int {
        let room = room(for: min(4096, limit - count))
        let result = Glibc.read(descriptor, room.baseAddress, min(room.count, limit - count))
        if result > 0 { end += result }
        return result
    }

    mutating func removeFirst(_ octets: Int) {
        start += octets
        if isEmpty { removeAll() }
    }

    mutating func removeAll() {
        base?.deallocate()
        base = nil
        capacity = 0
        start = 0
        end = 0
    }

    /// Free memory behind the octets, at least `octets` of it.
    private mutating func room(for octets: Int) -> UnsafeMutableRawBufferPointer {
        if capacity - end < octets { grow(by: octets) }
        return UnsafeMutableRawBufferPointer(start: base.map { $0 + end }, count: capacity - end)
    }

    private mutating func grow(by octets: Int) {
        let used = count
        var wanted = max(capacity, 1024)
        while wanted - used < octets { wanted *= 2 }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let base { larger.copyMemory(from: base + start, byteCount: used) }
        base?.deallocate()
        base = larger
        capacity = wanted
        start = 0
        end = used
    }
}
