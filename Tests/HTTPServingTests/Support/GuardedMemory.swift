import Glibc

/// Octets that end where readable memory ends: reading one octet too many crashes the test.
final class GuardedMemory {
    private let start: UnsafeMutableRawPointer
    private let readable: Int
    private let mapped: Int

    init(capacity: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        readable = (capacity + page - 1) / page * page
        mapped = readable + page
        guard let start = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED, mprotect(start + readable, page, PROT_NONE) == 0
        else { preconditionFailure("No memory to guard.") }
        self.start = start
    }

    deinit {
        munmap(start, mapped)
    }

    /// The octets, placed right before the forbidden page. Valid until the next call.
    func place(_ octets: some Collection<UInt8>) -> UnsafeRawBufferPointer {
        let place = start + readable - octets.count
        UnsafeMutableRawBufferPointer(start: place, count: octets.count).copyBytes(from: octets)
        return UnsafeRawBufferPointer(start: place, count: octets.count)
    }
}
