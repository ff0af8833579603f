import Glibc

/// A file descriptor with one owner: closed when the owner lets go of it, so that it can neither leak nor be closed
/// twice.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The kernel's number. Valid only while this value lives.
    public let number: Int32

    /// Takes over a descriptor that nobody else will close.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        _ = Glibc.close(number)
    }

    /// Closes now instead of at the end of the owner's life.
    public consuming func close() {}

    /// Gives the descriptor away: the caller now closes it.
    public consuming func release() -> Int32 {
        let released = number
        discard self
        return released
    }
}
