/// One thing wrong with a configuration, with the place to mend it.
public struct ConfigurationProblem: Error, Sendable, CustomStringConvertible {
    public let file: String
    /// Both count from 1.
    public let line: Int
    public let column: Int
    /// The dotted key, empty for the whole file.
    public let key: String
    public let message: String

    public var description: String {
        "\(file):\(line):\(column): \(key.isEmpty ? "configuration" : key): \(message)"
    }
}

/// Everything wrong with a configuration file, in the order of the file.
public struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
