/// Bytes that never change and never move, so that a response writer can hand them to the kernel without a copy.
///
/// The pointer is good for as long as somebody holds the object.
///
/// Safe: the memory is written before `init` returns, only read afterwards, and freed once, in `deinit`.
public final class SharedBytes: @unchecked Sendable {
    /// The bytes; valid while the object is held.
    public let bytes: UnsafeRawBufferPointer

    /// No bytes at all.
    public static let empty = SharedBytes(copying: [])

    /// How many bytes there are.
    @inlinable public var count: Int { bytes.count }

    /// Copies `source`.
    public convenience init(copying source: [UInt8]) {
        self.init(count: source.count) { target in source.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Makes room for `count` bytes and has them written.
    ///
    /// - Parameter initialize: writes all of the bytes; the buffer is its own for the call.
    public init(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) -> Void) {
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        initialize(memory)
        bytes = UnsafeRawBufferPointer(memory)
    }

    deinit { bytes.deallocate() }

    /// A copy of the bytes; for places where an allocation does not matter.
    public var array: [UInt8] { Array(bytes) }
}
