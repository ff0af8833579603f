import Foundation

/// A file system of a test's own in memory, so small that it can be filled; unmounted with the last reference. Takes the
/// right to mount, which tests have when they run as root outside of most containers.
public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public var path: String { folder.path }
    private let folder: TemporaryDirectory

    /// Whether one can be had here.
    public static let isPossible = (try? SmallDisk(bytes: 64 << 10)) != nil

    public init(bytes: Int) throws {
        folder = try TemporaryDirectory()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw TestSupportError("cannot mount a file system: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        umount2(folder.path, Int32(MNT_DETACH))
    }

    /// Takes all the room that is left.
    public func fill() throws {
        let descriptor = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TestSupportError("cannot write to \(path)") }
        defer { close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, zeros, zeros.count) > 0 {}
        guard errno == ENOSPC else {
            throw TestSupportError("cannot fill \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Gives back what ``fill()`` took.
    public func makeRoom() {
        unlink(ballast)
    }

    private var ballast: String { "\(path)/ballast" }
}
