import Glibc

/// Output that a socket has not taken yet: copies of small parts, references to large bodies.
struct PendingOutput {
    private enum Part {
        case copied([UInt8])
        case kept(UnsafeRawBufferPointer, owner: AnyObject)

        var count: Int {
            switch self {
            case .copied(let bytes): bytes.count
            case .kept(let bytes, _): bytes.count
            }
        }
    }

    /// Runs of octets handed out at once.
    private static let mostRuns = 16

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

    /// Hands out the next runs of octets; `body` returns how many octets of them are done with. False when nothing
    /// waits.
    mutating func withNext(_ body: (UnsafeMutableBufferPointer<iovec>) -> Int) -> Bool {
        guard first < parts.count else { return false }
        let taken = withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.mostRuns) { runs in
            var count = 0
            while count < Self.mostRuns, first + count < parts.count {
                runs.initializeElement(at: count, to: run(at: first + count))
                count += 1
            }
            return body(UnsafeMutableBufferPointer(rebasing: runs[..<count]))
        }
        advance(by: taken)
        return true
    }

    /// Safe: valid until the next change, as nothing moves the octets of an array that `parts` holds.
    private func run(at position: Int) -> iovec {
        let whole =
            switch parts[position] {
            case .copied(let bytes): bytes.withUnsafeBytes { $0 }
            case .kept(let bytes, _): bytes
            }
        let rest = UnsafeRawBufferPointer(rebasing: whole[(position == first ? sent : 0)...])
        return iovec(iov_base: UnsafeMutableRawPointer(mutating: rest.baseAddress), iov_len: rest.count)
    }

    private mutating func advance(by taken: Int) {
        count -= taken
        sent += taken
        while first < parts.count, sent >= parts[first].count {
            sent -= parts[first].count
            parts[first] = .copied([])
            first += 1
        }
        if first == parts.count { return removeAll() }
        guard first >= 64 else { return }
        parts.removeFirst(first)
        first = 0
    }

    mutating func removeAll() {
        self = PendingOutput()
    }
}
