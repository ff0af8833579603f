import Glibc

/// Where the answers of one batch of requests are put together before one system call sends them all.
///
/// Small parts are copied into a fixed run of memory; large bodies stay where they are and are kept alive by their
/// owner. When the memory or the list of parts is full, what is there goes to the connection, which sends or queues it.
/// One buffer serves all connections of a loop, one batch after the other.
struct OutputBuffer: ~Copyable {
    static let capacity = 256 << 10
    static let segmentCapacity = 64
    /// A body of at least this many octets is sent from where it is: below, copying costs less than another segment.
    static let referenceThreshold = 8 << 10

    // Safe: both allocations live exactly as long as this value, which has one owner.
    private let base: UnsafeMutableRawPointer
    let segments: UnsafeMutablePointer<iovec>
    /// Parallel to `segments`; `nil` for those in this buffer's own memory.
    private(set) var owners: [AnyObject?] = []
    private var count = 0
    /// Where the run of copied octets begins that is not a segment yet.
    private var runStart = 0
    /// The connection whose batch this is.
    // Safe: set by the connection itself at the start of its batch, which it outlives.
    var sink: Unmanaged<ServerConnection>?

    init() {
        base = .allocate(byteCount: Self.capacity, alignment: 64)
        segments = .allocate(capacity: Self.segmentCapacity)
        owners.reserveCapacity(Self.segmentCapacity)
    }

    deinit {
        base.deallocate()
        segments.deallocate()
    }

    var segmentCount: Int { owners.count }

    /// Everything, while there is only the run of copied octets: the usual case, sent without a list of segments.
    var singleRun: UnsafeRawBufferPointer? {
        owners.isEmpty ? UnsafeRawBufferPointer(start: base, count: count) : nil
    }

    // MARK: Adding

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawPointer, _ length: Int) {
        if length <= Self.capacity - count {
            (base + count).copyMemory(from: bytes, byteCount: length)
            count += length
        } else {
            appendInPieces(bytes, length)
        }
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    private mutating func appendInPieces(_ bytes: UnsafeRawPointer, _ length: Int) {
        var taken = 0
        while taken < length {
            if count == Self.capacity { spill() }
            let piece = min(length - taken, Self.capacity - count)
            (base + count).copyMemory(from: bytes + taken, byteCount: piece)
            count += piece
            taken += piece
        }
    }

    /// Adds a piece of a body: a large one without copying it.
    mutating func append(_ piece: [UInt8]) {
        piece.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            if bytes.count < Self.referenceThreshold { return append(start, bytes.count) }
            // Safe: an array's octets stay where they are while somebody holds it and nobody changes it.
            append(bytes, keptAliveBy: HeldPiece(octets: piece))
        }
    }

    /// Adds octets without copying them: `owner` keeps them alive and unchanged.
    mutating func append(_ bytes: UnsafeRawBufferPointer, keptAliveBy owner: AnyObject) {
        if owners.count + 3 > Self.segmentCapacity { spill() }
        seal()
        add(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, owner)
    }

    @inline(__always)
    mutating func appendDecimal(_ number: UInt64) {
        if Self.capacity - count < 20 { spill() }
        var digits = 1
        var power: UInt64 = 10
        while digits < 19, number >= power {
            digits += 1
            power &*= 10
        }
        if number >= 10_000_000_000_000_000_000 { digits = 20 }
        var rest = number
        for position in stride(from: count + digits - 1, through: count, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            (base + position).storeBytes(of: ASCII.zero + UInt8(digit), as: UInt8.self)
            rest = quotient
        }
        count += digits
    }

    mutating func appendHexadecimal(_ number: Int) {
        var digits = String(number, radix: 16)
        digits.withUTF8 { bytes in
            if let start = bytes.baseAddress { append(start, bytes.count) }
        }
    }

    // MARK: Sending

    /// Makes the copied octets since the last segment a segment.
    mutating func seal() {
        if count > runStart { add(base + runStart, count - runStart, nil) }
        runStart = count
    }

    private mutating func add(_ start: UnsafeMutableRawPointer?, _ length: Int, _ owner: AnyObject?) {
        segments[owners.count] = iovec(iov_base: start, iov_len: length)
        owners.append(owner)
    }

    mutating func removeAll() {
        if !owners.isEmpty { owners.removeAll(keepingCapacity: true) }
        count = 0
        runStart = 0
    }

    private mutating func spill() {
        sink?._withUnsafeGuaranteedRef { $0.transmit(&self) }
        removeAll()
    }
}

/// Keeps a piece of a body in place until it is sent.
private final class HeldPiece {
    private let octets: [UInt8]

    init(octets: [UInt8]) {
        self.octets = octets
    }
}
