private import CLinux
import Glibc

/// A system call that failed, with the reason the kernel gave.
public struct SystemCallError: Error, Sendable, CustomStringConvertible {
    public let call: StaticString
    /// The `errno` value.
    public let code: Int32

    public init(call: StaticString, code: Int32) {
        self.call = call
        self.code = code
    }

    public var description: String {
        guard let words = clinux_describe_error(code) else { return "\(call): error \(code)" }
        return "\(call): \(String(cString: words))"
    }
}

/// Runs a system call that reports failure by a negative result, again when a signal interrupted it.
@inline(__always)
func systemCall(_ name: StaticString, _ body: () -> Int32) throws(SystemCallError) -> Int32 {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemCallError(call: name, code: code) }
    }
}
