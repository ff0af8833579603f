import Glibc

/// Lends the bytes of `text` as a parser gets them from a connection.
func reading<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(text.utf8).withUnsafeBytes(body)
}

/// Collects what `write` puts into a buffer of `size` bytes.
func written(_ size: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) -> String {
    var bytes = [UInt8](repeating: 0, count: size)
    let count = bytes.withUnsafeMutableBytes(write)
    return String(decoding: bytes[..<count], as: UTF8.self)
}

/// A page of memory with an unreadable one behind it: reading past the end of what lies at its end kills the process.
final class GuardedPage {
    private let start: UnsafeMutableRawPointer
    private let size = Int(getpagesize())

    init?() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let memory = mmap(nil, 2 * size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            return nil
        }
        start = memory
        guard mprotect(start + size, size, PROT_NONE) == 0 else { return nil }
    }

    deinit { munmap(start, 2 * size) }

    /// Lends a copy of `bytes` that ends where the readable memory does.
    func reading<Result>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let target = UnsafeMutableRawBufferPointer(start: start + (size - bytes.count), count: bytes.count)
        target.copyBytes(from: bytes)
        return body(UnsafeRawBufferPointer(target))
    }
}
