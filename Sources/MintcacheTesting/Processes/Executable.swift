import Foundation

/// Programs that tests start.
public enum Executable {
    /// The absolute path of a program, looked for on `PATH`, in the folders for daemons, and in `extra` folders first.
    ///
    /// - Parameter package: the Debian package to name in the error when the program is missing.
    public static func find(_ name: String, package: String, extra: [String] = []) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = extra + path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw TestSupportError("\(name) is not installed: `make setup` or `apt-get install \(package)` brings it")
    }
}
