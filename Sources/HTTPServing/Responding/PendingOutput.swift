import Glibc

/// Output that a socket has not taken yet: copies of small parts, references to large bodies.
struct PendingOutput {
    private enum Part {
        case copied([UInt8])
        case kept(UnsafeRawBufferPointer, owner: AnyObject)
    }

    private static let largestCopy = 64 << 10

    private var parts: [Part] = []
    /// Parts before this one are sent.
    private var first = 0
    /// Octets of the first part that are sent.
    private var sent = 0
    /// Octets that wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(copying bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        if case .copied(var last)? = parts.last, last.count + bytes.count <= Self.largestCopy {
            // Out of the list while it grows, so that it is not shared and grows in place.
            parts.removeLast()
            last.append(contentsOf: bytes)
            parts.append(.copied(last))
        } else if !bytes.isEmpty {
            parts.append(.copied(Array(bytes)))
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, keptAliveBy owner: AnyObject) {
        count += bytes.count
        if !bytes.isEmpty { parts.append(.kept(bytes, owner: owner)) }
    }

    /// Hands out the next run of octets; `body` returns how many of them are done with. False when nothing waits.
    mutating func withNext(_ body: (UnsafeRawBufferPointer) -> Int) -> Bool {
        guard first < parts.count else { return false }
        let length: Int
        let taken: Int
        switch parts[first] {
        case .copied(let bytes):
            length = bytes.count
            taken = bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
        case .kept(let bytes, _):
            length = bytes.count
            taken = body(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
        advance(by: taken, of: length)
        return true
    }

    private mutating func advance(by taken: Int, of length: Int) {
        sent += taken
        count -= taken
        guard sent == length else { return }
        parts[first] = .copied([])
        sent = 0
        first += 1
        if first == parts.count { return removeAll() }
        guard first >= 64 else { return }
        parts.removeFirst(first)
        first = 0
    }

    mutating func removeAll() {
        self = PendingOutput()
    }
}
