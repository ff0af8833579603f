import Foundation
import Synchronization

/// A folder for one test, removed with all its contents when the last reference goes, at the latest when the process
/// exits.
public final class TemporaryDirectory: Sendable {
    /// The absolute path, without a trailing slash.
    public let path: String

    /// Makes an empty folder, readable by its owner alone, under the system's folder for temporary files.
    public init() throws {
        var template = Array("\(NSTemporaryDirectory())/mintcache-test.XXXXXX".utf8CString)
        guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw TestSupportError("cannot make a temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(cString: made)
        Leftovers.shared.add(path)
    }

    deinit {
        Leftovers.shared.remove(path)
    }

    /// The path of something inside.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file inside, readable by its owner alone, and answers its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        chmod(file(name), 0o600)
        return file(name)
    }
}

/// The folders to remove at exit, because objects that live until then are never deinitialised.
private final class Leftovers: Sendable {
    static let shared = Leftovers()

    private let paths = Mutex<Set<String>>([])

    private init() {
        atexit { Leftovers.shared.removeAll() }
    }

    func add(_ path: String) {
        _ = paths.withLock { $0.insert(path) }
    }

    func remove(_ path: String) {
        _ = paths.withLock { $0.remove(path) }
        try? FileManager.default.removeItem(atPath: path)
    }

    func removeAll() {
        for path in paths.withLock({ $0 }) { remove(path) }
    }
}
