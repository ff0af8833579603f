import Glibc

/// Where the project's own files are, seen from a test.
enum Repository {
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/")
    }()

    /// A program of this build.
    static func program(_ name: String) -> String {
        "\(root)/.build/debug/\(name)"
    }
}

/// Where a scene's log goes.
let discarded: Int32 = open("/dev/null", O_WRONLY | O_CLOEXEC)
