import Foundation
import MintcacheTesting

/// How much more a process has held than when the figure was made, in KiB (proc_pid_status(5)).
struct ProcessMemoryFigure {
    private let identifier: Int32
    private let start: Int

    init(_ identifier: Int32) throws {
        self.identifier = identifier
        // 5 sets the peak back to what is held now (proc_pid_clear_refs(5)).
        try "5".write(toFile: "/proc/\(identifier)/clear_refs", atomically: false, encoding: .utf8)
        start = try Self.read("VmRSS", of: identifier)
    }

    var growth: Int {
        get throws { try Self.read("VmHWM", of: identifier) - start }
    }

    private static func read(_ name: String, of identifier: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        guard let number = line?.split(separator: " ").dropLast().last.flatMap({ Int($0.drop { !$0.isNumber }) }) else {
            throw TestSupportError("no \(name) in the status of \(identifier)")
        }
        return number
    }
}
