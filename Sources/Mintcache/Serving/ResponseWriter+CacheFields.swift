import HTTPCaching
import HTTPServing

/// Fields of the caching rules, written in place. Allocates nothing.
extension ResponseWriter {
    func writeCacheStatus(_ status: CacheStatus) {
        withUnsafeTemporaryAllocation(byteCount: CacheStatus.maximumLength, alignment: 1) { buffer in
            let count = status.write(into: buffer)
            writeField("Cache-Status", UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }

    /// - Parameter format: writes the value into ``ContentRange/maximumLength`` bytes and returns how many it took.
    func writeContentRange(_ format: (UnsafeMutableRawBufferPointer) -> Int) {
        withUnsafeTemporaryAllocation(byteCount: ContentRange.maximumLength, alignment: 1) { buffer in
            let count = format(buffer)
            writeField("Content-Range", UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }
}
