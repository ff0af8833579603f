private import CLinux

/// Where a thread is, for the log.
enum ThreadStack {
    private static let capacity: Int32 = 48

    /// The calls that a thread of this process is in, innermost first, each as the file it lies in, the place there, and
    /// its name where the file exports it; empty when the thread does not answer. Takes up to 200 ms.
    static func calls(of thread: Int32) -> [String] {
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: Int(capacity)) { frames in
            // Safe: as many elements are written as are counted.
            let count = clinux_stack(thread, frames.baseAddress, capacity)
            // The first two are the handler's own and the signal's.
            return (0..<Int(count)).dropFirst(2).compactMap { frames[$0].map(description) }
        }
    }

    private static func description(_ address: UnsafeMutableRawPointer) -> String {
        var file: UnsafePointer<CChar>?
        var name: UnsafePointer<CChar>?
        var place: UInt = 0
        guard clinux_locate(address, &file, &place, &name) != 0, let file else { return "\(address)" }
        let path = String(cString: file)
        let text = "\(path.split(separator: "/").last ?? path[...])+0x\(String(place, radix: 16))"
        return name.map { "\(text) \(String(cString: $0))" } ?? text
    }
}
