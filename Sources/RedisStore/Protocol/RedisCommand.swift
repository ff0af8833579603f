private import CHiredis

/// One command with its arguments, as bytes.
public struct RedisCommand: Sendable, Hashable, CustomStringConvertible {
    /// The command's name and its arguments; never empty.
    public private(set) var arguments: [[UInt8]]

    /// A command of text arguments, such as `RedisCommand("GET", "key")`.
    public init(_ name: String, _ arguments: String...) {
        self.arguments = [Array(name.utf8)] + arguments.map { Array($0.utf8) }
    }

    /// A command of many text arguments.
    public init(_ name: String, arguments: [String]) {
        self.arguments = [Array(name.utf8)] + arguments.map { Array($0.utf8) }
    }

    /// The same command with one more argument of any bytes.
    public consuming func with(_ argument: [UInt8]) -> RedisCommand {
        arguments.append(argument)
        return self
    }

    /// The same command with one more argument.
    public consuming func with(_ argument: String) -> RedisCommand {
        with(Array(argument.utf8))
    }

    /// The name and the number of arguments: arguments may be secrets.
    public var description: String {
        let name = arguments.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return "\(name) with \(arguments.count - 1) arguments"
    }
}

extension RedisCommand {
    /// The commands in RESP2, one after the other. Throws ``RedisError/overloaded`` when there is no memory for them.
    static func wireForm(of commands: [RedisCommand]) throws(RedisError) -> [UInt8] {
        var output: [UInt8] = []
        for command in commands {
            guard command.appendWireForm(to: &output) else { throw .overloaded }
        }
        return output
    }

    private func appendWireForm(to output: inout [UInt8]) -> Bool {
        var flat: [UInt8] = []
        flat.reserveCapacity(arguments.reduce(0) { $0 + $1.count })
        for argument in arguments { flat += argument }
        var formatted: UnsafeMutablePointer<CChar>?
        let lengths = arguments.map(\.count)
        let length = flat.withUnsafeBytes { bytes in
            var offset = 0
            var pointers = lengths.map { length in
                defer { offset += length }
                // Safe: hiredis reads `length` bytes from here during the call only, and none when it is 0.
                return bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return redisFormatCommandArgv(&formatted, Int32(lengths.count), &pointers, lengths)
        }
        guard length >= 0, let formatted else { return false }
        defer { redisFreeCommand(formatted) }
        output.append(contentsOf: UnsafeRawBufferPointer(start: formatted, count: Int(length)))
        return true
    }
}
